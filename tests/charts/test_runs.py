import pytest

from emotion.charts.runs import baseline_runs, with_runs
from tests.charts.reduced import reduced


def test_neighbours_of_one_face_with_one_label_are_one_row() -> None:
    runs = with_runs(reduced({1: ["sad", "sad", "happy"], 2: ["happy"]}))
    assert runs["expression"].tolist() == ["sad", "happy", "happy"]
    assert runs["length_s"].tolist() == [1.0, 0.5, 0.5]


def test_a_baseline_goes_on_over_labels_and_ends_where_it_was_off_or_the_face_away() -> None:
    table = reduced({1: ["sad", "happy", "sad", "sad", "fear"], 2: ["sad"]})
    table = table.assign(baseline=[0.0, 1.0, 0.5, 1.0, 0.0, 0.0], stretch=[0, 0, 0, 1, 1, 0])
    runs = baseline_runs(table)
    assert runs[["face", "seconds", "end_s"]].to_numpy().tolist() == [[1, 0.5, 1.5], [1, 1.5, 2.0]]
    assert runs["baseline"].tolist() == pytest.approx([0.75, 1.0])


def test_without_a_baseline_there_is_nothing() -> None:
    assert baseline_runs(reduced({1: ["sad"]})).empty
    assert baseline_runs(reduced({1: ["sad"]})[:0]).empty
