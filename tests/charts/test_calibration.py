import pandas as pd

from emotion.charts.calibration import coverage_chart, reliability_chart
from tests.charts.spec import is_ready_for_a_page, spanish


def bins(accuracy: float) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "low": [0.4],
            "high": [0.5],
            "n": [20],
            "confidence": [0.45],
            "accuracy": [accuracy],
            "accuracy_low": [accuracy - 0.1],
            "accuracy_high": [accuracy + 0.1],
        }
    )


def all_rows(spec: dict) -> list[dict]:
    return [row for dataset in spec["datasets"].values() for row in dataset]


def test_reliability_has_both_series_their_intervals_and_the_diagonal() -> None:
    spec = reliability_chart(bins(0.7), bins(0.5), spanish).to_dict()
    assert is_ready_for_a_page(spec)
    series = {row["series"]: row["accuracy"] for row in all_rows(spec) if "series" in row}
    assert series == {"«before»": 0.7, "«with temperature»": 0.5}
    ends = [(row["confidence"], row["accuracy"]) for row in all_rows(spec) if "series" not in row]
    assert ends == [(0, 0), (1, 1)]
    (spans,) = [part for part in spec["layer"] if part["mark"]["type"] == "rule"]
    assert spans["encoding"]["y2"]["field"] == "accuracy_high"


def test_coverage_marks_the_threshold_in_use_and_the_one_tried() -> None:
    curve = pd.DataFrame({"threshold": [0.9, 0.2], "coverage": [0.1, 1.0], "accuracy": [1.0, 0.8]})
    spec = coverage_chart(curve, curve[:1], curve[1:], spanish).to_dict()
    assert is_ready_for_a_page(spec)
    marks = {row["mark"]: row["threshold"] for row in all_rows(spec) if "mark" in row}
    assert marks == {"«in use»": 0.9, "«tried here»": 0.2}


def test_a_threshold_that_shows_nothing_has_no_mark() -> None:
    curve = pd.DataFrame({"threshold": [0.2], "coverage": [1.0], "accuracy": [0.8]})
    spec = coverage_chart(curve, curve, curve[:0], spanish).to_dict()
    assert [row["mark"] for row in all_rows(spec) if "mark" in row] == ["«in use»"]
