"""Charts of confidence: is it honest, and what does a threshold of it cost."""

from typing import Final

import altair as alt
import pandas as pd

from emotion.charts.base import TEXT_COLOR, Translate, finished

_COLORS: Final = ("#c77c02", "#3d84d6")
"""Before and after the temperature."""
_NOW, _TRIED = "#d20102", "#3d84d6"


def reliability_chart(
    before: pd.DataFrame, after: pd.DataFrame, translate: Translate
) -> alt.LayerChart:
    """Accuracy by confidence, before and after the temperature; the diagonal is honest.

    Both tables are those of `evaluation.calibration.reliability`: `confidence`, `accuracy`,
    `accuracy_low`, `accuracy_high`, `low`, `high`, `n`.
    """
    titles = [translate("before"), translate("with temperature")]
    table = pd.concat(
        [part.assign(series=title) for part, title in zip((before, after), titles, strict=True)]
    )
    color = alt.Color(
        "series:N",
        scale=alt.Scale(domain=titles, range=list(_COLORS)),
        legend=alt.Legend(title=None, orient="bottom"),
    )
    base = alt.Chart(table).encode(
        x=alt.X(
            "confidence:Q",
            title=translate("Confidence"),
            scale=alt.Scale(domain=[0, 1]),
            axis=alt.Axis(format="%", tickCount=5),
        ),
        color=color,
    )
    line = base.mark_line(strokeWidth=2).encode(y=_accuracy("accuracy", translate))
    points = base.mark_point(filled=True, opacity=1).encode(
        y=_accuracy("accuracy", translate),
        size=alt.Size("n:Q", scale=alt.Scale(range=[20, 200]), legend=None),
        tooltip=[
            alt.Tooltip("series:N", title=translate("Confidence")),
            alt.Tooltip("low:Q", title=translate("From"), format=".0%"),
            alt.Tooltip("high:Q", title=translate("To"), format=".0%"),
            alt.Tooltip("confidence:Q", title=translate("Mean confidence"), format=".1%"),
            alt.Tooltip("accuracy:Q", title=translate("Accuracy"), format=".1%"),
            alt.Tooltip("n:Q", title=translate("Pictures"), format=","),
        ],
    )
    spans = base.mark_rule(strokeWidth=1.5, opacity=0.6).encode(
        y=_accuracy("accuracy_low", translate), y2="accuracy_high:Q"
    )
    ends = pd.DataFrame({"confidence": [0.0, 1.0], "accuracy": [0.0, 1.0]})
    diagonal = (
        alt.Chart(ends)
        .mark_line(color=TEXT_COLOR, strokeDash=[5, 4], strokeWidth=1.5)
        .encode(x="confidence:Q", y="accuracy:Q")
    )
    return finished(alt.LayerChart(layer=[diagonal, spans, line, points]), 340)


def coverage_chart(
    curve: pd.DataFrame, now: pd.DataFrame, tried: pd.DataFrame, translate: Translate
) -> alt.LayerChart:
    """How many labels are shown against how many of these are right, for each threshold.

    All have `threshold`, `coverage` and `accuracy` (0 to 1): `curve` for all thresholds,
    `now` and `tried` one row each, for the threshold in use and the one being tried.
    """
    base = alt.Chart(curve).encode(
        x=alt.X(
            "coverage:Q",
            title=translate("Labels shown"),
            scale=alt.Scale(domain=[0, 1]),
            axis=alt.Axis(format="%", tickCount=5),
        ),
        y=_accuracy("accuracy", translate, zero=False),
        tooltip=[
            alt.Tooltip("threshold:Q", title=translate("Threshold"), format=".2f"),
            alt.Tooltip("coverage:Q", title=translate("Labels shown"), format=".1%"),
            alt.Tooltip("accuracy:Q", title=translate("of these right"), format=".1%"),
        ],
    )
    titles = [translate("in use"), translate("tried here")]
    marked = pd.concat([tried.assign(mark=titles[1]), now.assign(mark=titles[0])])
    points = (
        base.properties(data=marked)
        .mark_point(opacity=1, strokeWidth=2.5)
        .encode(
            # The ring leaves the one in use to be seen where both are the same.
            size=alt.condition(alt.datum.mark == titles[0], alt.value(60), alt.value(260)),
            color=alt.Color(
                "mark:N",
                scale=alt.Scale(domain=titles, range=[_NOW, _TRIED]),
                legend=alt.Legend(title=translate("Threshold"), orient="bottom"),
            ),
            shape=alt.Shape(
                "mark:N", scale=alt.Scale(domain=titles, range=["diamond", "circle"]), legend=None
            ),
        )
    )
    line = base.mark_line(strokeWidth=2, color=TEXT_COLOR)
    return finished(alt.LayerChart(layer=[line, points]), 340)


def _accuracy(column: str, translate: Translate, *, zero: bool = True) -> alt.Y:
    """The axis of accuracy; without `zero` it begins where the data do."""
    scale = alt.Scale(domain=[0, 1]) if zero else alt.Scale(zero=False)
    return alt.Y(
        f"{column}:Q",
        title=translate("Accuracy"),
        scale=scale,
        axis=alt.Axis(format="%", tickCount=5),
    )
