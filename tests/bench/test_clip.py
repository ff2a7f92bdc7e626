import sys

import numpy as np
import pytest

from emotion.bench.clip import HEIGHT, WIDTH, moving_faces, portrait_bgr
from emotion.errors import SettingsError


@pytest.mark.parametrize("faces", [1, 2, 4])
def test_no_picture_of_the_clip_is_like_the_last_one(faces: int) -> None:
    clip = moving_faces(faces, 8)
    assert {frame.shape for frame in clip} == {(HEIGHT, WIDTH, 3)}
    for before, after in zip(clip, [*clip[1:], clip[0]], strict=True):
        changed = (before != after).any(axis=2)
        assert changed.mean() > 0.1


def test_without_the_portraits_package_a_sentence_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "skimage", None)
    with pytest.raises(SettingsError, match=r"scikit-image.*requirements-dev\.txt"):
        portrait_bgr()


def test_the_portrait_is_blue_green_red() -> None:
    suit = portrait_bgr()[400:500, 20:80].reshape(-1, 3).mean(axis=0)
    assert np.argmax(suit) == 2, "the suit is orange"
