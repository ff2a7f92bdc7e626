"""Charts of training."""

import pandas as pd
import pytest

from emotion.charts.training import MOST_POINTS, recall_chart, runs_chart, training_chart
from emotion.labels import KEYS
from tests.charts.spec import Spec, is_ready_for_a_page, rows, spanish


def table(*series: str, n: int = 3, smooth: float = 0.0) -> pd.DataFrame:
    return pd.DataFrame(
        [(x, one, x / 10, x / 10 + smooth) for one in series for x in range(n)],
        columns=["x", "series", "value", "smooth"],
    )


def colors(spec: Spec) -> dict[str, str]:
    scale = spec["layer"][-1]["encoding"]["color"]["scale"]
    return dict(zip(scale["domain"], scale["range"], strict=True))


@pytest.mark.parametrize(("metric", "from_zero"), [("loss", True), ("macro_f1", False)])
def test_training_and_validation_are_lines_of_one_metric(metric: str, from_zero: bool) -> None:
    spec = training_chart(table("train", "validation"), metric, "epoch", spanish).to_dict()
    assert is_ready_for_a_page(spec)
    assert {row["series"] for row in rows(spec)} == {"«Training»", "«Validation»"}
    assert spec["layer"][0]["encoding"]["y"]["scale"]["zero"] is from_zero


def test_a_line_keeps_its_colour_where_the_other_is_missing() -> None:
    both = training_chart(table("train", "validation"), "loss", "step", spanish).to_dict()
    one = training_chart(table("validation"), "loss", "step", spanish).to_dict()
    assert colors(one) == {"«Validation»": colors(both)["«Validation»"]}


def test_what_was_measured_lies_pale_behind_the_smooth_line() -> None:
    plain = training_chart(table("train"), "loss", "minutes", spanish).to_dict()
    assert [part["encoding"]["y"]["field"] for part in plain["layer"]] == ["smooth"]
    spec = training_chart(table("train", smooth=0.5), "loss", "minutes", spanish).to_dict()
    assert [part["encoding"]["y"]["field"] for part in spec["layer"]] == ["value", "smooth"]
    assert spec["layer"][0]["mark"]["opacity"] < 1


def test_runs_lie_over_each_other_each_in_its_own_colour() -> None:
    spec = runs_chart(table("first", "second"), "accuracy", "epoch", spanish).to_dict()
    assert is_ready_for_a_page(spec)
    assert list(colors(spec)) == ["first", "second"]
    assert len(set(colors(spec).values())) == 2


def test_a_long_run_is_thinned_and_no_line_is_lost() -> None:
    long = pd.concat([table("train", n=30_000), table("validation", n=3)])
    shown = rows(training_chart(long, "loss", "step", spanish).to_dict())
    assert len(shown) <= 2 * MOST_POINTS
    assert [row["x"] for row in shown if row["series"] == "«Validation»"] == [0, 1, 2]


def test_each_expression_has_a_line_of_its_recall_in_its_colour() -> None:
    recalls = pd.DataFrame(
        [(epoch, key, 0.5) for epoch in (1, 2) for key in KEYS],
        columns=["epoch", "expression", "recall"],
    )
    spec = recall_chart(recalls, "es", spanish).to_dict()
    assert is_ready_for_a_page(spec)
    assert spec["encoding"]["y"]["scale"]["domain"] == [0, 1]
    assert len(set(spec["encoding"]["color"]["scale"]["range"])) == 7
