"""What is drawn of a run."""

from pathlib import Path

import pandas as pd
import pytest

from emotion.ui.train_points import METRICS, curve, points, recalls
from tests.training.made import READING, STARTED, epoch, run_with, step

COURSE = (
    READING,
    STARTED,
    step(0, 5, step_loss=2.0),
    step(0, 10, step_loss=1.5),
    epoch(0, 0.5),
    step(1, 5, step_loss=1.0),
)


def test_a_point_lies_where_it_was_made_over_each_axis(tmp_path: Path) -> None:
    table = points(run_with(tmp_path, *COURSE))
    losses = table[(table["metric"] == "loss") & (table["series"] == "train")]
    assert losses["epoch"].tolist() == [0.5, 1.0, 1.5]
    assert losses["step"].tolist() == [5, 10, 15]
    assert losses["value"].tolist() == [2.0, 1.5, 1.0]
    assert losses["minutes"].is_monotonic_increasing
    scores = table[(table["metric"] == "macro_f1") & (table["series"] == "validation")]
    assert scores[["epoch", "step", "value"]].values.tolist() == [[1, 10, 0.5]]
    assert set(table["metric"]) == set(METRICS)


def test_what_was_done_again_is_drawn_once(tmp_path: Path) -> None:
    again = (READING, STARTED, step(0, 5, step_loss=9.0), step(0, 10, step_loss=8.0), epoch(0, 0.9))
    table = points(run_with(tmp_path, *COURSE, *again))
    losses = table[(table["metric"] == "loss") & (table["series"] == "train")]
    assert losses["value"].tolist() == [9.0, 8.0]
    accuracy = table[(table["metric"] == "accuracy") & (table["series"] == "validation")]
    assert accuracy["value"].tolist() == [0.9]


def test_a_run_of_an_older_version_is_drawn_with_the_mean_of_its_epoch(tmp_path: Path) -> None:
    table = points(run_with(tmp_path, STARTED, step(0, 5, loss=3.0)))
    assert table[table["metric"] == "loss"]["value"].tolist() == [3.0]


def test_a_run_that_has_not_begun_has_no_points(tmp_path: Path) -> None:
    assert points(run_with(tmp_path)).empty
    assert curve(points(run_with(tmp_path)), "loss", "epoch", 0.5).empty


def test_smoothing_averages_each_line_by_itself_and_keeps_what_was_measured() -> None:
    table = pd.DataFrame(
        {
            "metric": "loss",
            "series": ["train", "train", "validation", "train"],
            "epoch": [1, 2, 2, 3],
            "value": [4.0, 2.0, 7.0, 2.0],
        }
    )
    none = curve(table, "loss", "epoch", 0.0)
    assert none["smooth"].equals(none["value"])
    half = curve(table, "loss", "epoch", 0.5)
    assert half["value"].tolist() == [4.0, 2.0, 7.0, 2.0]
    # Weights 1/2 for each step back, made to sum to 1: (2 + 4/2) / 1.5, (2 + 2/2 + 4/4) / 1.75.
    assert half["smooth"].tolist() == pytest.approx([4.0, 4 / 1.5, 7.0, 4 / 1.75])


def test_the_recall_of_a_class_without_pictures_is_not_drawn(tmp_path: Path) -> None:
    counts = [[0] * 7 for _ in range(7)]
    counts[0][0], counts[0][3], counts[3][3] = 3, 1, 5
    table = recalls(run_with(tmp_path, epoch(0, 0.5, confusion=counts)).epochs)
    assert table.values.tolist() == [[1, "surprise", 0.75], [1, "happy", 1.0]]
