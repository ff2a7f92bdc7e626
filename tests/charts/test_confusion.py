import numpy as np
import pytest

from emotion.charts.confusion import SELECTION, SHADES, WHITE_ABOVE, confusion_chart
from tests.charts.spec import is_ready_for_a_page, layer, rows, spanish
from tests.charts.test_base import contrast

COUNTS = np.diag([90, 30, 40, 200, 80, 60, 0])
COUNTS[0, 3] = 10


def mixed(share: float) -> str:
    """The colour of a cell: from the first shade to the second, in RGB."""
    low, high = ([int(color[i : i + 2], 16) for i in (1, 3, 5)] for color in SHADES)
    parts = [round(a + (b - a) * share) for a, b in zip(low, high, strict=True)]
    return "#" + "".join(f"{part:02x}" for part in parts)


def test_each_cell_has_its_count_and_the_share_of_its_true_class() -> None:
    spec = confusion_chart(COUNTS, "en", spanish).to_dict()
    assert is_ready_for_a_page(spec)
    cells = {(row["true"], row["predicted"]): row for row in rows(spec)}
    assert len(cells) == 49
    assert cells["surprised", "happy"]["count"] == 10
    assert cells["surprised", "happy"]["of_row"] == pytest.approx(0.1)
    assert cells["surprised", "happy"]["of_column"] == pytest.approx(10 / 210)
    assert cells["happy", "surprised"]["count"] == 0


def test_a_class_without_pictures_has_no_share() -> None:
    spec = confusion_chart(COUNTS, "es", spanish).to_dict()
    empty = [row["of_row"] for row in rows(spec) if row["true"] == "serio"]
    assert empty == [None] * 7
    never = [row["of_column"] for row in rows(spec) if row["predicted"] == "serio"]
    assert never == [None] * 7
    assert "'–'" in layer(spec, "text")["transform"][0]["calculate"]


@pytest.mark.parametrize(
    ("cells", "field", "shade"),
    [("rows", "of_row", 0.1), ("columns", "of_column", 10 / 210), ("counts", "count", 0.1)],
)
def test_the_numbers_are_shares_or_pictures(cells: str, field: str, shade: float) -> None:
    spec = confusion_chart(COUNTS, "es", spanish, cells).to_dict()
    assert f"format(datum.{field}" in layer(spec, "text")["transform"][0]["calculate"]
    (one,) = [row for row in rows(spec) if (row["row"], row["column"]) == (0, 3)]
    assert one["shade"] == pytest.approx(shade)


def test_a_click_picks_a_cell_through_its_number() -> None:
    spec = confusion_chart(COUNTS, "en", spanish, chosen=(0, 3), clickable=True).to_dict()
    (picked,) = spec["params"]
    assert picked["name"] == SELECTION
    assert picked["select"]["fields"] == ["row", "column"]
    # A mark with a tooltip of its own would keep the click.
    assert "tooltip" not in layer(spec, "text")["encoding"]
    assert "tooltip" in layer(spec, "rect")["encoding"]
    assert "params" not in confusion_chart(COUNTS, "en", spanish).to_dict()


def test_the_chosen_cell_is_framed_and_drawn_last() -> None:
    table = rows(confusion_chart(COUNTS, "en", spanish, chosen=(0, 3)).to_dict())
    assert [(row["row"], row["column"]) for row in table if row["chosen"]] == [(0, 3)]
    assert table[-1]["chosen"]


def test_every_number_is_readable_on_its_cell_whatever_the_theme() -> None:
    spec = confusion_chart(COUNTS, "es", spanish).to_dict()
    color = layer(spec, "text")["encoding"]["color"]
    assert color["condition"] == {"test": f"datum.shade > {WHITE_ABOVE}", "value": "white"}
    assert color["value"] == "black"
    assert layer(spec, "rect")["encoding"]["color"]["scale"]["range"] == list(SHADES)
    for share in np.linspace(0, 1, 101):
        text = "#ffffff" if share > WHITE_ABOVE else "#000000"
        assert contrast(text, mixed(share)) >= 4.5  # WCAG 2.2, AA


def test_counts_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match=r"\(6, 7\)"):
        confusion_chart(COUNTS[:6], "es", spanish)
