import pandas as pd
import pytest

from emotion.charts.base import MAX_ROWS
from emotion.charts.timeline import Kind, recent_chart, timeline_chart
from emotion.labels import EXPRESSIONS, KEYS, name
from tests.charts.reduced import NO_MARKS, one_mark, reduced
from tests.charts.spec import Spec, is_ready_for_a_page, layer, rows_of, spanish, words

NO_GAPS = pd.DataFrame({"face": [], "start_s": [], "end_s": [], "reasons": []})


def drawn(table: pd.DataFrame, language: str = "es", **options: object) -> Spec:
    """The chart of the first ten seconds of `table`."""
    given = {"marks": NO_MARKS, "gaps": NO_GAPS} | options
    return timeline_chart(table, (0.0, 10.0), language, spanish, **given).to_dict()  # type: ignore[arg-type]


def rects(spec: Spec) -> list[Spec]:
    return [part for part in spec["layer"] if part["mark"]["type"] == "rect"]


def test_the_timeline_has_seven_areas_and_a_ribbon_above() -> None:
    spec = drawn(reduced({1: ["sad", "sad", "happy"]}))
    assert is_ready_for_a_page(spec)
    areas = layer(spec, "area")
    assert areas["transform"][0]["fold"] == [name(key, "es") for key in KEYS]
    assert areas["encoding"]["color"]["scale"]["range"] == [e.color for e in EXPRESSIONS]
    ribbon = layer(spec, "rect")
    assert ribbon["encoding"]["y"]["datum"] >= 1  # above the areas
    assert ribbon["encoding"]["y2"]["datum"] <= areas["encoding"]["y"]["scale"]["domain"][1]
    assert [row["name"] for row in rows_of(spec, ribbon)] == ["triste", "feliz"]


def test_the_axis_shows_the_part_that_was_chosen_in_every_layer() -> None:
    spec = drawn(reduced({1: ["sad"] * 4}), marks=one_mark())
    for part in spec["layer"]:
        if "x" in part["encoding"]:
            assert part["encoding"]["x"]["scale"]["domain"] == [0.0, 10.0]


def test_an_area_does_not_reach_over_the_time_a_face_was_away() -> None:
    spec = drawn(reduced({1: ["sad"] * 4}).assign(stretch=[0, 0, 1, 1]))
    assert layer(spec, "area")["encoding"]["detail"]["field"] == "stretch"
    # Vega-Lite's own stack would fill the gap with a slope.
    assert layer(spec, "area")["encoding"]["y"]["field"] == "low"
    assert len(rows_of(spec, layer(spec, "rect"))) == 2


@pytest.mark.parametrize(("kind", "mark"), [("areas", "area"), ("lines", "line")])
def test_only_the_expressions_that_were_chosen_are_drawn(kind: Kind, mark: str) -> None:
    spec = drawn(reduced({1: ["sad", "fear"]}), kind=kind, shown=["sad", "happy"])
    assert layer(spec, mark)["transform"][0]["fold"] == ["feliz", "triste"]
    assert [tip["field"] for tip in layer(spec, "rule")["encoding"]["tooltip"]][-2:] == [
        "feliz",
        "triste",
    ]


def test_the_pointer_tells_the_time_and_all_values_of_the_nearest_moment() -> None:
    spec = drawn(reduced({1: ["sad", "fear"]}))
    rule = layer(spec, "rule")
    fields = [tip["field"] for tip in rule["encoding"]["tooltip"]]
    assert fields == ["clock", "time", "expression", *(name(key, "es") for key in KEYS)]
    (near,) = [one for one in spec["params"] if one["name"] == "near"]
    assert near["select"]["nearest"] and near["select"]["fields"] == ["seconds"]


def test_a_gap_in_quality_is_grey_over_the_probabilities_and_under_the_ribbon() -> None:
    gaps = pd.DataFrame({"face": [1], "start_s": [0.5], "end_s": [1.5], "reasons": ["blurred"]})
    spec = drawn(reduced({1: ["sad"] * 4}), gaps=gaps)
    marks = [part["mark"]["type"] for part in spec["layer"]]
    assert marks == ["area", "rect", "rect", "rule"]
    band = layer(spec, "rect")
    (row,) = rows_of(spec, band)
    assert (row["seconds"], row["end_s"]) == (0.5, 1.5)
    assert (band["encoding"]["y"]["datum"], band["encoding"]["y2"]["datum"]) == (0, 1)


@pytest.mark.parametrize("kind", ["areas", "lines"])
def test_a_neutral_baseline_is_a_line_above_the_ribbon_where_it_was_on(kind: Kind) -> None:
    table = reduced({1: ["sad", "happy", "happy", "sad"]}).assign(baseline=[0.0, 1.0, 1.0, 0.0])
    spec = drawn(table, kind=kind)
    assert is_ready_for_a_page(spec)
    ribbon, line = rects(spec)
    (row,) = rows_of(spec, line)
    assert (row["seconds"], row["end_s"]) == (0.5, 1.5)
    assert line["encoding"]["y"]["datum"] > ribbon["encoding"]["y2"]["datum"]
    top = spec["layer"][0]["encoding"]["y"]["scale"]["domain"][1]
    assert line["encoding"]["y2"]["datum"] <= top
    assert line["encoding"]["color"] == ribbon["encoding"]["color"]
    assert row["name"] == line["encoding"]["color"]["scale"]["domain"][-1]
    assert layer(spec, "rule")["encoding"]["tooltip"][-1]["field"] == "baseline"


def test_without_a_neutral_baseline_nothing_is_said_of_one() -> None:
    spec = drawn(reduced({1: ["sad"] * 4}))
    assert [part["mark"]["type"] for part in spec["layer"]] == ["area", "rect", "rule"]
    assert not any("aseline" in word for word in words(spec))


def test_markers_are_rules_with_their_labels() -> None:
    spec = drawn(reduced({1: ["sad", "happy"]}), marks=one_mark())
    assert all(word.startswith("«") for word in words(spec))
    rule, text = layer(spec, "rule"), layer(spec, "text")
    (row,) = rows_of(spec, rule)
    assert (row["seconds"], row["label"]) == (0.7, "bell")
    assert text["encoding"]["text"]["field"] == "label"


def test_what_was_not_sure_has_a_colour_and_a_name_only_where_it_occurs() -> None:
    table = reduced({1: ["sad", "unsure"]})
    for shown in (table, table[:1]):
        scale = layer(drawn(shown), "rect")["encoding"]["color"]["scale"]
        assert ("no seguro" in scale["domain"]) == (len(shown) == 2)
        assert len(scale["domain"]) == len(scale["range"])


def test_the_legend_is_left_out_where_the_colours_are_explained_already() -> None:
    for explained in (True, False):
        color = layer(drawn(reduced({1: ["sad"]}), explained=explained), "area")["encoding"][
            "color"
        ]
        assert (color["legend"] is not None) == explained


def test_a_chart_never_carries_too_many_rows() -> None:
    table = reduced({1: [KEYS[step % 7] for step in range(5000)]})
    for spec in (
        drawn(table),
        recent_chart(table.assign(seconds=-1.0), "es", spanish).to_dict(),
    ):
        for rows in spec["datasets"].values():
            assert MAX_ROWS / 2 < len(rows) <= MAX_ROWS


def test_the_last_minute_leaves_older_rows_out_and_keeps_its_axes() -> None:
    table = reduced({1: ["happy"] * 4}).assign(seconds=[-200.0, -60.0, -1.0, 0.0])
    spec = recent_chart(table, "en", spanish).to_dict()
    assert is_ready_for_a_page(spec)
    rows = next(iter(spec["datasets"].values()))
    assert [row["seconds"] for row in rows] == [-60.0, -1.0, 0.0]
    assert spec["encoding"]["x"]["scale"]["domain"] == [-60, 0]
    assert spec["encoding"]["y"]["scale"]["domain"] == [0, 1]
    assert rows[0]["happy"] == 0.7


def test_the_lines_of_the_last_minute_are_told_apart_without_colour() -> None:
    spec = recent_chart(reduced({1: ["happy"]}).assign(seconds=-1.0), "es", spanish).to_dict()
    dashes, colors = (spec["encoding"][channel] for channel in ("strokeDash", "color"))
    assert dashes["scale"]["domain"] == colors["scale"]["domain"]
    assert len({tuple(dash) for dash in dashes["scale"]["range"]}) == 7
    assert dashes["legend"] == colors["legend"], "or there would be two"
