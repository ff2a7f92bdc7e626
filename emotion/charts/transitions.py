"""The chart of transitions: which expression followed which."""

import altair as alt
import pandas as pd

from emotion.charts.base import Translate, finished, names
from emotion.charts.confusion import SHADES, WHITE_ABOVE
from emotion.labels import name


def transitions_chart(counts: pd.DataFrame, language: str, translate: Translate) -> alt.LayerChart:
    """A heat map with the counts. The colour is the share of the row, so that what a rare
    expression leads to is seen as well.

    `counts` is `(7, 7)`, rows from, columns to, both keys in folder order.
    """
    sums = counts.sum(axis=1)
    table = pd.DataFrame(
        [
            {
                "from": name(begin, language),
                "to": name(end, language),
                "count": int(counts.loc[begin, end]),
                "share": float(counts.loc[begin, end] / max(sums[begin], 1)),
            }
            for begin in counts.index
            for end in counts.columns
            if begin != end
        ]
    )
    domain = names(language)
    base = alt.Chart(table).encode(
        x=alt.X(
            "to:N",
            title=translate("Followed by"),
            scale=alt.Scale(domain=domain),
            axis=alt.Axis(labelAngle=-40, labelOverlap=False),
        ),
        y=alt.Y("from:N", title=translate("Expression"), scale=alt.Scale(domain=domain)),
        tooltip=[
            alt.Tooltip("from:N", title=translate("Expression")),
            alt.Tooltip("to:N", title=translate("Followed by")),
            alt.Tooltip("count:Q", title=translate("Transitions")),
            alt.Tooltip("share:Q", title=translate("Share of the row"), format=".0%"),
        ],
    )
    cells = base.mark_rect(stroke="white", strokeWidth=1).encode(
        color=alt.Color(
            "share:Q",
            scale=alt.Scale(domain=[0, 1], range=list(SHADES), interpolate="rgb"),
            legend=None,
        )
    )
    numbers = (
        base.transform_filter("datum.count > 0")
        .mark_text(fontSize=12)
        .encode(
            text="count:Q",
            color=alt.condition(
                f"datum.share > {WHITE_ABOVE}", alt.value("white"), alt.value("black")
            ),
        )
    )
    return finished(alt.LayerChart(layer=[cells, numbers]), 300)
