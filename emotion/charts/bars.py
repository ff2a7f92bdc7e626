"""Bars, one for each label: its share of a session."""

import altair as alt
import pandas as pd

from emotion.charts.base import (
    LEFT_PX,
    TEXT_COLOR,
    Translate,
    color_scale,
    finished,
    has_unsure,
    named,
)


def share_chart(shares: pd.DataFrame, language: str, translate: Translate) -> alt.LayerChart:
    """The share of time of each label.

    `shares` has `expression` (key or "unsure"), `share` (0 to 1) and `seconds`.
    """
    table = shares.rename(columns={"share": "value"})
    seconds = alt.Tooltip("seconds:Q", title=translate("Seconds"), format=".1f")
    scale = color_scale(language, unsure=has_unsure(table))
    base = alt.Chart(named(table, language)).encode(
        x=alt.X(
            "value:Q",
            title=translate("Share of time"),
            scale=alt.Scale(domain=[0, 1]),
            axis=alt.Axis(format="%", tickCount=5, grid=False),
        ),
        y=alt.Y(
            "expression:N",
            title=None,
            sort=scale.domain,
            # A picture is measured with another font than the one it may be seen with.
            axis=alt.Axis(minExtent=LEFT_PX),
        ),
        tooltip=[
            alt.Tooltip("expression:N", title=translate("Expression")),
            alt.Tooltip("value:Q", title=translate("Share of time"), format=".1%"),
            seconds,
        ],
    )
    bars = base.mark_bar().encode(color=alt.Color("expression:N", scale=scale, legend=None))
    # Beside a short bar, inside the end of a long one, where no room is left beside it.
    beside = base.mark_text(align="left", dx=4, color=TEXT_COLOR, fontWeight="bold").encode(
        text=alt.Text("value:Q", format=".0%"),
        opacity=alt.condition("datum.value <= 0.9", alt.value(1), alt.value(0)),
    )
    inside = base.mark_text(align="right", dx=-4, color="white", fontWeight="bold").encode(
        text=alt.Text("value:Q", format=".0%"),
        opacity=alt.condition("datum.value > 0.9", alt.value(1), alt.value(0)),
    )
    return finished(alt.LayerChart(layer=[bars, beside, inside]), 30 * len(table))
