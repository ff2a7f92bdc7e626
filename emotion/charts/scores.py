"""Charts of a model's scores: those of each class."""

from typing import Final

import altair as alt
import pandas as pd

from emotion.charts.base import SERIES_COLORS, TEXT_COLOR, Translate, finished, named, names

_SCORES: Final = ("precision", "recall", "f1")


def per_class_chart(scores: pd.DataFrame, language: str, translate: Translate) -> alt.LayerChart:
    """Precision, recall and F1 of each class as bars, with their intervals.

    `scores` has `expression` (key), `support` (pictures), and for each score, 0 to 1, empty
    where undefined, `precision`, `precision_low`, `precision_high`, and so on.
    """
    titles = [translate("Precision"), translate("Recall"), translate("F1")]
    base = alt.Chart(named(_long(scores, titles), language)).encode(
        y=alt.Y("expression:N", title=None, sort=names(language)),
        yOffset=alt.YOffset("score:N", sort=titles),
        tooltip=[
            alt.Tooltip("expression:N", title=translate("Expression")),
            alt.Tooltip("score:N", title=translate("Score")),
            alt.Tooltip("value:Q", title=translate("Value"), format=".1%"),
            alt.Tooltip("low:Q", title=translate("From"), format=".1%"),
            alt.Tooltip("high:Q", title=translate("To"), format=".1%"),
            alt.Tooltip("support:Q", title=translate("Pictures"), format=","),
        ],
    )
    bars = base.mark_bar().encode(
        x=alt.X(
            "value:Q",
            title=None,
            scale=alt.Scale(domain=[0, 1]),
            axis=alt.Axis(format="%", tickCount=5, grid=False),
        ),
        color=alt.Color(
            "score:N",
            scale=alt.Scale(domain=titles, range=list(SERIES_COLORS[: len(titles)])),
            legend=alt.Legend(title=None, orient="bottom"),
        ),
    )
    spans = base.mark_rule(color=TEXT_COLOR, strokeWidth=2).encode(x="low:Q", x2="high:Q")
    return finished(alt.LayerChart(layer=[bars, spans]), 380)


def _long(scores: pd.DataFrame, titles: list[str]) -> pd.DataFrame:
    """One row for each class and score."""
    parts = [
        pd.DataFrame(
            {
                "expression": scores["expression"],
                "score": title,
                "value": scores[column],
                "low": scores[f"{column}_low"],
                "high": scores[f"{column}_high"],
                "support": scores["support"],
            }
        )
        for column, title in zip(_SCORES, titles, strict=True)
    ]
    return pd.concat(parts, ignore_index=True)
