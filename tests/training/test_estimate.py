from pathlib import Path
from typing import Any

import pytest

from emotion.training.estimate import estimate
from tests.conftest import tiny_config
from tests.training.made import run_with

STAGES = ({"epochs": 2, "size": 32}, {"epochs": 1, "size": 64})
FROZEN = {"frozen": True, "start": "shipped"}


def epoch(size: int, seconds: float) -> tuple[str, dict[str, Any]]:
    return "epoch", {"epoch": 0, "size": size, "seconds": seconds}


STARTED = ("started", {"fit": 90, "validation": 10, "epoch": 0})


def test_the_time_of_another_run_is_taken_by_pictures_and_area(tmp_path: Path) -> None:
    """100 pictures of 32 pixels took 2 s, of 64 pixels 8 s: 200 take twice as long."""
    before = run_with(tmp_path, STARTED, epoch(32, 2.0), epoch(64, 8.0), name="before")
    told = estimate(tiny_config(tmp_path, stages=STAGES), 200, [before])
    assert told is not None
    assert (told.run, told.seconds) == ("before", pytest.approx(2 * (2 * 2 + 8)))


def test_kept_views_are_told_by_what_the_backbone_saw(tmp_path: Path) -> None:
    features = ("features", {"done": 1, "of": 1, "pictures_per_s": 50.0})
    before = run_with(tmp_path, STARTED, features, epoch(32, 99.0), views=1, **FROZEN)
    config = tiny_config(tmp_path, views=4, stages=({"epochs": 30, "size": 32},), **FROZEN)
    told = estimate(config, 100, [before])
    assert told is not None
    assert told.seconds == pytest.approx(100 * 5 / 50)


@pytest.mark.parametrize(
    "changes", [{"network": "mobilenet_v2"}, FROZEN, {"precision": "bfloat16"}, {"threads": 1}]
)
def test_a_run_of_another_kind_tells_nothing(tmp_path: Path, changes: dict[str, Any]) -> None:
    before = run_with(tmp_path, STARTED, epoch(32, 2.0), **changes)
    assert estimate(tiny_config(tmp_path), 200, [before]) is None


def test_a_run_without_an_epoch_tells_nothing(tmp_path: Path) -> None:
    assert estimate(tiny_config(tmp_path), 200, [run_with(tmp_path, STARTED)]) is None
    assert estimate(tiny_config(tmp_path), 200, []) is None
