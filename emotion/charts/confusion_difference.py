"""Where two models' confusion matrices on the same pictures differ."""

from typing import Final

import altair as alt
import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion.charts.base import Translate, finished
from emotion.charts.confusion import matrix_base, matrix_cells

SHADES: Final = ("#b35806", "#f7f7f7", "#2166ac")
"""The second is worse, the same, better: told apart also by who sees no red or green."""
WHITE_ABOVE: Final = 0.75
"""From this share of the largest difference on white text reads better than black."""


def difference_chart(
    change: npt.NDArray[np.integer], language: str, translate: Translate
) -> alt.LayerChart:
    """`change` `(7, 7)`: pictures in each cell with the second model less with the first.

    The number is that; the colour says whether it is for the better: more in the diagonal,
    fewer beside it.
    """
    table = _table(change, language)
    most = max(int(np.abs(change).max()), 1)
    base = matrix_base(table, language, translate)
    squares = base.mark_rect(stroke="white").encode(
        color=alt.Color(
            "better:Q",
            scale=alt.Scale(domain=[-most, 0, most], range=list(SHADES), interpolate="rgb"),
            legend=None,
        ),
        tooltip=[
            alt.Tooltip("true:N", title=translate("True")),
            alt.Tooltip("predicted:N", title=translate("Predicted")),
            alt.Tooltip("change:Q", title=translate("More pictures"), format="+,"),
        ],
    )
    # The cells are ours, so their text follows them and not the theme.
    white = f"abs(datum.better) > {WHITE_ABOVE * most}"
    numbers = (
        base.transform_calculate(label="datum.change ? format(datum.change, '+,') : '0'")
        .mark_text(fontSize=12, aria=False)
        .encode(
            text="label:N",
            color=alt.condition(white, alt.value("white"), alt.value("black")),
        )
    )
    return finished(alt.LayerChart(layer=[squares, numbers]), 380)


def _table(change: npt.NDArray[np.integer], language: str) -> pd.DataFrame:
    """One row for each cell; `better` is `change` with the sign of what it means."""
    cells = matrix_cells(change, language).rename(columns={"count": "change"})
    sign = np.where(cells["row"] == cells["column"], 1, -1)
    return cells.assign(better=sign * cells["change"])
