"""What worse pictures cost a model."""

from typing import Final

import altair as alt
import pandas as pd

from emotion.charts.base import SERIES_COLORS, TEXT_COLOR, Translate, finished

ROW_PX: Final = 30
"""Height of a row."""


def robustness_chart(changes: pd.DataFrame, translate: Translate) -> alt.LayerChart:
    """The change of the accuracy by what was done to the pictures, with its interval.

    `changes` has a row for each alteration: `pictures` (what it is called), `change`, `low` and
    `high`, as differences of shares: -0.05 is five points less.
    """
    words = translate("Change of accuracy in points")
    points = changes.assign(**{end: 100 * changes[end] for end in ("change", "low", "high")})
    base = alt.Chart(points).encode(
        y=alt.Y("pictures:N", title=None, sort=None),
        tooltip=[
            alt.Tooltip("pictures:N", title=translate("Pictures")),
            alt.Tooltip("change:Q", title=words, format="+.1f"),
            alt.Tooltip("low:Q", title=translate("From"), format="+.1f"),
            alt.Tooltip("high:Q", title=translate("To"), format="+.1f"),
        ],
    )
    bars = base.mark_bar(color=SERIES_COLORS[0], opacity=0.7).encode(
        x=alt.X("change:Q", title=words, axis=alt.Axis(tickCount=6))
    )
    spans = base.mark_rule(color=TEXT_COLOR, strokeWidth=2).encode(x="low:Q", x2="high:Q")
    return finished(alt.LayerChart(layer=[bars, spans]), ROW_PX * len(points))
