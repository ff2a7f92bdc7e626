"""The confusion matrix as a chart whose cells can be chosen."""

from typing import Final, Literal

import altair as alt
import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion.charts.base import Translate, finished, names
from emotion.labels import KEYS, name

Cells = Literal["counts", "rows", "columns"]
"""Pictures; share of the true class (recall); share of the predicted class (precision)."""
SELECTION: Final = "cell"
"""Name of the chart's selection; a point of it has `row` and `column`, 0 to 6."""
SHADES: Final = ("#deebf7", "#08306b")
"""Colours of a cell with the share 0 and 1."""
CHOSEN: Final = "#f58518"
WHITE_ABOVE: Final = 0.62
"""From this share on white text reads better than black; either has 4.5:1 at least."""
_FORMATS: Final = {
    "counts": "format(datum.count, ',')",
    "rows": "isValid(datum.of_row) ? format(datum.of_row, '.0%') : '–'",
    "columns": "isValid(datum.of_column) ? format(datum.of_column, '.0%') : '–'",
}


def confusion_chart(
    counts: npt.NDArray[np.integer],
    language: str,
    translate: Translate,
    cells: Cells = "rows",
    chosen: tuple[int, int] | None = None,
    *,
    clickable: bool = False,
) -> alt.LayerChart:
    """The confusion matrix as a heat map with its numbers; `clickable`, a click picks a cell.

    `counts` is `(7, 7)`: rows the true class, columns the predicted one, in folder order.
    The colour is a share, of the predicted class with `cells` "columns" and else of the true
    one, so that a rare class is seen as well as a common one. A class without pictures has no
    share: its cells say so with a dash. `chosen` (row, column) gets a frame.
    """
    base = matrix_base(_table(counts, language, cells, chosen), language, translate)
    # Without a tooltip of their own the numbers let clicks and hovers through to the cells.
    numbers = (
        base.transform_calculate(label=_FORMATS[cells])
        .mark_text(fontSize=12, aria=False)
        .encode(
            text="label:N",
            # The cells are ours, so their text follows them and not the theme.
            color=alt.condition(
                f"datum.shade > {WHITE_ABOVE}", alt.value("white"), alt.value("black")
            ),
        )
    )
    return finished(alt.LayerChart(layer=[_squares(base, translate, clickable), numbers]), 380)


def matrix_cells(counts: npt.NDArray[np.integer], language: str) -> pd.DataFrame:
    """One row for each cell of a matrix `(7, 7)` in folder order: `row`, `column`, the names
    `true` and `predicted`, and `count`."""
    if counts.shape != (len(KEYS), len(KEYS)):
        raise ValueError(f"counts have the shape {counts.shape}, not (7, 7)")
    rows, columns = (indices.ravel().tolist() for indices in np.indices(counts.shape))
    return pd.DataFrame(
        {
            "row": rows,
            "column": columns,
            "true": [name(KEYS[row], language) for row in rows],
            "predicted": [name(KEYS[column], language) for column in columns],
            "count": counts.ravel(),
        }
    )


def matrix_base(cells: pd.DataFrame, language: str, translate: Translate) -> alt.Chart:
    """A chart of `matrix_cells` without marks: the true class down, the predicted across."""
    base: alt.Chart = alt.Chart(cells).encode(
        x=alt.X(
            "predicted:N",
            title=translate("Predicted"),
            sort=names(language),
            axis=alt.Axis(labelAngle=-40, labelOverlap=False),
        ),
        y=alt.Y("true:N", title=translate("True"), sort=names(language)),
    )
    return base


def _squares(base: alt.Chart, translate: Translate, clickable: bool) -> alt.Chart:
    squares: alt.Chart = base.mark_rect(cursor="pointer" if clickable else "default").encode(
        color=alt.Color(
            "shade:Q",
            scale=alt.Scale(domain=[0, 1], range=list(SHADES), interpolate="rgb"),
            legend=None,
        ),
        stroke=alt.condition("datum.chosen", alt.value(CHOSEN), alt.value("white")),
        strokeWidth=alt.condition("datum.chosen", alt.value(4), alt.value(1)),
        tooltip=[
            alt.Tooltip("true:N", title=translate("True")),
            alt.Tooltip("predicted:N", title=translate("Predicted")),
            alt.Tooltip("count:Q", title=translate("Pictures"), format=","),
            alt.Tooltip("of_row:Q", title=translate("Share of the true"), format=".1%"),
            alt.Tooltip("of_column:Q", title=translate("Share of the predicted"), format=".1%"),
        ],
    )
    if not clickable:
        return squares
    picked = alt.selection_point(
        name=SELECTION, fields=["row", "column"], toggle=False, empty=False
    )
    with_picked: alt.Chart = squares.add_params(picked)
    return with_picked


def _table(
    counts: npt.NDArray[np.integer], language: str, cells: Cells, chosen: tuple[int, int] | None
) -> pd.DataFrame:
    """One row for each cell, the chosen one last, so that its frame lies on top. A share is
    empty where there are no pictures, and `shade` is 0 there."""
    table = matrix_cells(counts, language)
    places = zip(table["row"], table["column"], strict=True)
    table = table.assign(
        of_row=_shares(counts, 1),
        of_column=_shares(counts, 0),
        chosen=[place == chosen for place in places],
    )
    table["shade"] = table["of_column" if cells == "columns" else "of_row"].fillna(0.0)
    return table.sort_values("chosen", kind="stable")


def _shares(counts: npt.NDArray[np.integer], axis: int) -> npt.NDArray[np.float64]:
    """Each cell as a share of the sum along `axis`; NaN where that is 0."""
    sums = counts.sum(axis=axis, keepdims=True)
    shares = np.where(sums > 0, counts / np.maximum(sums, 1), np.nan)
    return np.asarray(shares.ravel(), np.float64)
