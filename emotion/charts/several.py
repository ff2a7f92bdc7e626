"""Charts of several sessions: their numbers side by side, their response to a marker."""

from typing import Final, Literal

import altair as alt
import pandas as pd

from emotion.charts.base import (
    LEFT_PX,
    SERIES_COLORS,
    TEXT_COLOR,
    Translate,
    color_scale,
    finished,
    has_unsure,
    legend,
    limited,
    named,
)

Measure = Literal["share", "per_minute"]
MOST: Final = len(SERIES_COLORS)
"""Sessions that can be told apart in one chart."""


def sides_chart(
    sides: pd.DataFrame, measure: Measure, language: str, translate: Translate
) -> alt.LayerChart:
    """The share of time, or the episodes per minute, of each label in each session, as bars
    with their intervals.

    `sides` as in `emotion.sessions.several.side`, with the session's name in `name`; NaN
    where there is nothing to draw.
    """
    is_share = measure == "share"
    unit = translate("Share of time") if is_share else translate("Episodes per minute")
    form = ".1%" if is_share else ".2f"
    rows = sides[sides[measure].notna()]
    titles = list(sides["name"].unique())
    domain = color_scale(language, unsure=has_unsure(rows)).domain
    x = alt.X(
        f"{measure}:Q",
        title=unit,
        scale=alt.Scale(domainMin=0),
        axis=alt.Axis(format="%" if is_share else "", tickCount=5, grid=False),
    )
    base = alt.Chart(named(rows, language)).encode(
        y=alt.Y("expression:N", title=None, sort=domain),
        yOffset=alt.YOffset("name:N", sort=titles),
        tooltip=[
            alt.Tooltip("name:N", title=translate("Session")),
            alt.Tooltip("expression:N", title=translate("Expression")),
            alt.Tooltip(f"{measure}:Q", title=unit, format=form),
            alt.Tooltip(f"{measure}_low:Q", title=translate("From"), format=form),
            alt.Tooltip(f"{measure}_high:Q", title=translate("To"), format=form),
        ],
    )
    bars = base.mark_bar().encode(
        x=x,
        color=alt.Color(
            "name:N",
            scale=alt.Scale(domain=titles, range=list(SERIES_COLORS[: len(titles)])),
            legend=alt.Legend(title=None, orient="bottom", columns=2, labelLimit=300),
        ),
    )
    spans = base.mark_rule(color=TEXT_COLOR, strokeWidth=2).encode(
        x=f"{measure}_low:Q", x2=f"{measure}_high:Q"
    )
    height = rows["expression"].nunique() * (14 + 12 * len(titles))
    return finished(alt.LayerChart(layer=[bars, spans]), height)


def response_chart(response: pd.DataFrame, language: str, translate: Translate) -> alt.LayerChart:
    """The mean probability of each expression around a marker as a line, its interval over
    sessions as a band.

    `response` as in `emotion.sessions.several.mean_response`, of the expressions to draw.
    """
    steps = sorted(response["seconds"].unique())
    half_s = (steps[1] - steps[0]) / 2 if len(steps) > 1 else 0.0
    x = alt.X(
        "seconds:Q",
        title=translate("Seconds from the marker"),
        scale=alt.Scale(domain=[steps[0] - half_s, steps[-1] + half_s], nice=False),
        axis=alt.Axis(grid=False),
    )
    y_axis = alt.Axis(format="%", tickCount=5, minExtent=LEFT_PX)
    colors = legend(translate)
    colors["symbolOpacity"] = 1  # else as faint as the bands
    color = alt.Color("expression:N", scale=color_scale(language), legend=colors)
    base = alt.Chart(limited(named(response, language))).encode(x=x, color=color)
    bands = base.mark_area(opacity=0.15).encode(
        y=alt.Y(
            "low:Q", title=translate("Probability"), scale=alt.Scale(domain=[0, 1]), axis=y_axis
        ),
        y2="high:Q",
    )
    lines = base.mark_line(strokeWidth=2, point=alt.OverlayMarkDef(opacity=0, size=80)).encode(
        y="mean:Q",
        tooltip=[
            alt.Tooltip("expression:N", title=translate("Expression")),
            alt.Tooltip("seconds:Q", title=translate("Seconds from the marker"), format=".2f"),
            alt.Tooltip("mean:Q", title=translate("Probability"), format=".0%"),
            alt.Tooltip("low:Q", title=translate("From"), format=".0%"),
            alt.Tooltip("high:Q", title=translate("To"), format=".0%"),
            alt.Tooltip("sessions:Q", title=translate("Sessions")),
        ],
    )
    zero = (
        alt.Chart(pd.DataFrame({"seconds": [0.0]}))
        .mark_rule(color=TEXT_COLOR, strokeWidth=2, strokeDash=[4, 3])
        .encode(x=x)
    )
    return finished(alt.LayerChart(layer=[bands, zero, lines]), 280)
