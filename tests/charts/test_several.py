import numpy as np
import pandas as pd
import pytest

from emotion.charts.base import SERIES_COLORS
from emotion.charts.several import Measure, response_chart, sides_chart
from emotion.labels import KEYS, UNSURE, name
from emotion.sessions.several import mean_response, window_edges
from tests.charts.spec import is_ready_for_a_page, layer, rows_of, spanish


def sides() -> pd.DataFrame:
    table = pd.DataFrame({"expression": [*KEYS, UNSURE] * 2, "name": ["b"] * 8 + ["a"] * 8})
    for measure in ("share", "per_minute"):
        for column, value in ((measure, 0.3), (f"{measure}_low", 0.2), (f"{measure}_high", 0.4)):
            table[column] = value
    table.loc[table["expression"] == UNSURE, "per_minute"] = np.nan
    return table


@pytest.mark.parametrize(("measure", "labels"), [("share", 8), ("per_minute", 7)])
def test_each_session_has_its_bar_and_its_interval_at_each_label(
    measure: Measure, labels: int
) -> None:
    spec = sides_chart(sides(), measure, "es", spanish).to_dict()
    assert is_ready_for_a_page(spec)
    bars, spans = layer(spec, "bar"), layer(spec, "rule")
    assert len(rows_of(spec, bars)) == 2 * labels
    assert bars["encoding"]["yOffset"]["sort"] == ["b", "a"]  # as they were chosen
    assert bars["encoding"]["color"]["scale"]["range"] == list(SERIES_COLORS[:2])
    assert len(bars["encoding"]["y"]["sort"]) == labels
    assert spans["encoding"]["x"]["field"] == f"{measure}_low"
    assert spans["encoding"]["x2"]["field"] == f"{measure}_high"


def test_a_response_has_a_line_and_a_band_over_the_whole_window() -> None:
    responses = [np.full((12, 7), value) for value in (0.1, 0.2)]
    table = mean_response(responses, window_edges(1.0, 2.0))
    spec = response_chart(table, "es", spanish).to_dict()
    assert is_ready_for_a_page(spec)
    lines, bands = layer(spec, "line")["encoding"], layer(spec, "area")["encoding"]
    assert lines["x"]["scale"]["domain"] == [-1, 2]
    assert (bands["y"]["field"], bands["y2"]["field"]) == ("low", "high")
    assert rows_of(spec, layer(spec, "rule")) == [{"seconds": 0.0}]
    drawn = rows_of(spec, layer(spec, "line"))
    assert {row["expression"] for row in drawn} == {name(key, "es") for key in KEYS}
    assert len(drawn) == 7 * 12
