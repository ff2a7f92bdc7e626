import numpy as np
import pandas as pd
import pytest

from emotion.charts.base import MAX_ROWS
from emotion.charts.overview import BRUSH, faces_chart, overview_chart
from emotion.labels import KEYS
from tests.charts.reduced import NO_MARKS, one_mark, reduced
from tests.charts.spec import Spec, is_ready_for_a_page, layer, rows_of, spanish, words

NAMES = {1: "Ana", 2: "Face 2"}


def strip(table: pd.DataFrame, **options: object) -> Spec:
    given = {"marks": NO_MARKS} | options
    return overview_chart(table, 5.0, NAMES, "es", spanish, **given).to_dict()  # type: ignore[arg-type]


def test_neighbours_with_one_label_are_one_piece_of_the_strip() -> None:
    spec = strip(reduced({1: ["sad", "sad", "happy", "sad"], 2: ["sad", "sad"]}))
    assert is_ready_for_a_page(spec)
    pieces = [
        (row["name"], row["expression"], row["seconds"], row["end_s"], row["length_s"])
        for row in rows_of(spec, layer(spec, "bar"))
    ]
    assert pieces == [
        ("Ana", "triste", 0.0, 1.0, 1.0),
        ("Ana", "feliz", 1.0, 1.5, 0.5),
        ("Ana", "triste", 1.5, 2.0, 0.5),
        ("Face 2", "triste", 0.0, 1.0, 1.0),
    ]


def test_each_face_stands_in_its_row_by_its_name() -> None:
    y = layer(strip(reduced({1: ["sad"], 2: ["sad"]})), "bar")["encoding"]["y"]
    assert (y["field"], y["sort"]) == ("name", ["Ana", "Face 2"])


@pytest.mark.parametrize("brush", [None, (1.0, 2.5)])
def test_a_part_can_be_brushed_and_the_brush_begins_where_it_is_told(
    brush: tuple[float, float] | None,
) -> None:
    (param,) = strip(reduced({1: ["sad"]}), brush=brush)["params"]
    assert param["name"] == BRUSH
    assert param["select"] == {"type": "interval", "encodings": ["x"]}
    assert param.get("value") == (brush and {"x": list(brush)})


def test_a_line_below_a_face_says_where_its_neutral_baseline_was_on() -> None:
    table = reduced({1: ["sad", "happy"], 2: ["sad", "sad"]})
    spec = strip(table.assign(baseline=[0.0, 0.0, 0.0, 1.0]))
    assert is_ready_for_a_page(spec)
    ribbons, line = (part for part in spec["layer"] if part["mark"]["type"] == "bar")
    (row,) = rows_of(spec, line)
    assert (row["name"], row["seconds"], row["end_s"]) == ("Face 2", 0.5, 1.0)
    assert line["encoding"]["y"] == ribbons["encoding"]["y"]
    assert len(strip(table)["layer"]) == 1  # without one there is no line


def test_markers_stand_above_the_strip() -> None:
    spec = strip(reduced({1: ["sad"]}), marks=one_mark())
    assert all(word.startswith("«") for word in words(spec))
    (row,) = rows_of(spec, layer(spec, "rule"))
    assert (row["seconds"], row["label"]) == (0.7, "bell")


def test_a_strip_never_carries_too_many_rows() -> None:
    spec = strip(reduced({1: [KEYS[step % 7] for step in range(5000)]}))
    assert MAX_ROWS / 2 < len(rows_of(spec, layer(spec, "bar"))) <= MAX_ROWS


@pytest.mark.parametrize(("seen", "top"), [([0, 3, 1], 3), ([0, 0], 1), ([], 1)])
def test_the_number_of_faces_starts_at_zero_and_has_whole_steps(seen: list[int], top: int) -> None:
    frames = pd.DataFrame(
        {
            "time": pd.to_datetime(["2026-03-14T09:26:53Z"] * len(seen)),
            "seconds": np.arange(len(seen), dtype=float),
            "faces": np.array(seen, dtype=int),
        }
    )
    spec = faces_chart(frames, (0.0, 3.0), spanish).to_dict()
    assert is_ready_for_a_page(spec)
    assert spec["encoding"]["x"]["scale"]["domain"] == [0.0, 3.0]
    assert spec["encoding"]["y"]["scale"]["domainMin"] == 0
    assert spec["encoding"]["y"]["scale"]["domainMax"] == top
    assert spec["encoding"]["y"]["axis"]["tickMinStep"] == 1
    assert spec["mark"]["interpolate"] == "step-after"
