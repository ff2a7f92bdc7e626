import numpy as np
import pytest

from emotion.charts.confusion_difference import difference_chart
from tests.charts.spec import is_ready_for_a_page, layer, rows, spanish


def test_more_hits_and_fewer_mistakes_are_both_better() -> None:
    change = np.zeros((7, 7), int)
    change[1, 1], change[1, 4], change[0, 1] = 5, -5, 3
    spec = difference_chart(change, "en", spanish).to_dict()
    assert is_ready_for_a_page(spec)
    cells = {(row["true"], row["predicted"]): row for row in rows(spec)}
    assert len(cells) == 49
    better = {cell: row["better"] for cell, row in cells.items() if row["change"]}
    assert better == {
        ("afraid", "afraid"): 5,
        ("afraid", "sad"): 5,
        ("surprised", "afraid"): -3,
    }
    assert layer(spec, "rect")["encoding"]["color"]["scale"]["domain"] == [-5, 0, 5]


def test_two_models_that_agree_have_a_chart_as_well() -> None:
    spec = difference_chart(np.zeros((7, 7), int), "es", spanish).to_dict()
    assert layer(spec, "rect")["encoding"]["color"]["scale"]["domain"] == [-1, 0, 1]


def test_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\(3, 3\)"):
        difference_chart(np.zeros((3, 3), int), "en", str)
