"""A link restores the settings of the picture."""

import pytest

from emotion.ui.live_controls_address import (
    DEFAULT,
    PictureSettings,
    from_address,
    to_address,
)
from emotion.vision.smoothing import DEFAULT_STRENGTH
from emotion.vision.view import ViewOptions

OTHER = PictureSettings(
    "1280x720", mirror=False, overlay=False, hide="mosaic", smallest=20, steadiness=85
)


def test_an_address_without_settings_has_the_default_ones() -> None:
    assert from_address({}) == DEFAULT
    assert to_address(DEFAULT) == {}


def test_settings_come_back_from_their_address() -> None:
    address = to_address(OTHER)
    assert address == {
        "size": "1280x720",
        "mirror": "0",
        "overlay": "0",
        "hide": "mosaic",
        "smallest": "20",
        "steadiness": "85",
    }
    assert from_address(address) == OTHER


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("size", "9999x9999"),
        ("size", ""),
        ("mirror", "yes"),
        ("hide", "<script>"),
        ("smallest", "-5"),
        ("smallest", "7"),
        ("steadiness", "101"),
        ("steadiness", "0.5"),
        ("paused", "1"),
    ],
)
def test_what_is_unknown_or_bad_in_an_address_is_ignored(name: str, value: str) -> None:
    assert from_address({name: value, "overlay": "0"}) == PictureSettings(overlay=False)


def test_the_settings_become_options_of_the_stream() -> None:
    assert OTHER.view(paused=True) == ViewOptions(
        mirrored=False, overlay=False, hide="mosaic", min_face_share=0.2, paused=True
    )
    assert OTHER.size_wh == (1280, 720)
    assert (OTHER.strength, DEFAULT.strength) == (0.85, DEFAULT_STRENGTH)
