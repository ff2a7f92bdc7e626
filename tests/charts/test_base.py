import pandas as pd
import pytest

from emotion.charts.base import TEXT_COLOR, color_scale, limited, named
from emotion.labels import EXPRESSIONS


def luminance(color: str) -> float:
    """Relative luminance of `#rrggbb` (WCAG 2.2)."""
    parts = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * p for weight, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(first: str, second: str) -> float:
    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("background", ["#ffffff", "#0e1117"])
def test_numbers_are_readable_on_both_themes(background: str) -> None:
    assert contrast(TEXT_COLOR, background) > 3  # WCAG 2.2 for large and bold text


@pytest.mark.parametrize(("language", "first"), [("es", "sorprendido"), ("en", "surprised")])
def test_each_name_has_the_colour_of_its_expression(language: str, first: str) -> None:
    scale = color_scale(language).to_dict()
    assert scale["domain"][0] == first
    assert scale["range"] == [expression.color for expression in EXPRESSIONS]


@pytest.mark.parametrize(("count", "kept"), [(0, 0), (2000, 2000), (2001, 1001), (9999, 2000)])
def test_too_many_rows_are_thinned_evenly(count: int, kept: int) -> None:
    table = limited(pd.DataFrame({"row": range(count)}))
    assert len(table) == kept
    assert table["row"].diff().dropna().nunique() <= 1


def test_expressions_get_their_names_in_columns_and_cells() -> None:
    table = named(pd.DataFrame({"p_happy": [0.5], "expression": ["sad"], "face": [1]}), "es")
    assert table.to_dict("records") == [{"feliz": 0.5, "expression": "triste", "face": 1}]
