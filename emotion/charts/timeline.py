"""Charts over time: of one face in detail, of the last minute.

`marks` are moments to draw over a chart: `seconds`, `time` (UTC) and `label`.
"""

from collections.abc import Sequence
from typing import Final, Literal

import altair as alt
import pandas as pd

from emotion.charts.base import (
    LEFT_PX,
    TEXT_COLOR,
    TIME_FORMAT,
    Translate,
    baseline_tip,
    baseline_word,
    clock_of,
    color_scale,
    finished,
    folded,
    has_unsure,
    legend,
    limited,
    marked,
    named,
    names,
    seconds_axis,
)
from emotion.charts.runs import baseline_runs, with_runs
from emotion.labels import KEYS, name

Kind = Literal["areas", "lines"]
RECENT_S: Final = 60
DASHES: Final = ([2, 2], [7, 3, 2, 3], [10, 2], [5, 2], [7, 3, 2, 3, 2, 3], [12, 4, 4, 4], [1, 0])
"""Of the seven expressions' lines in folder order; the commonest, neutral, is solid."""
HEIGHT: Final = 200
_RIBBON: Final = (1.04, 1.12)  # above the areas, which end at 1
_BASELINE: Final = (1.135, 1.165)  # above the ribbon, where a baseline was on
_GAP_COLOR: Final = "#c9c9c9"  # far lighter than the grey of "neutral" and "not sure"


def timeline_chart(
    reduced: pd.DataFrame,
    part: tuple[float, float],
    language: str,
    translate: Translate,
    marks: pd.DataFrame,
    gaps: pd.DataFrame,
    kind: Kind = "areas",
    shown: Sequence[str] = KEYS,
    explained: bool = True,
) -> alt.LayerChart:
    """The probabilities of one face as stacked areas or as lines, with the label shown as a
    ribbon above, over it a thin line where the neutral baseline was on, and all values of a
    moment where the pointer is.

    `reduced` are the rows of one face: `seconds`, `end_s`, `stretch` (areas end where the
    face was away), `time` (UTC), `expression` (key or "unsure"), `confidence`, seven `p_*` and
    `baseline` (0 to 1), in order of time. `part` is the time that the axis shows, in seconds;
    `gaps` has `start_s` and `end_s` of the time in which the picture was not good enough;
    `shown` are the keys of the expressions to draw. `explained` says whether the colours have
    a legend.
    """
    rows = limited(reduced)
    table = named(rows, language)
    x = seconds_axis(translate, part)
    titles = [name(key, language) for key in KEYS if key in shown]
    ribbon = named(with_runs(rows), language).rename(columns={"expression": "name"})
    calibrated = baseline_runs(rows)
    word = baseline_word(translate) if len(calibrated) else ""
    color = alt.Color(
        "name:N",
        scale=color_scale(language, unsure=has_unsure(rows), baseline=word),
        legend=legend(translate) if explained else None,
    )
    y = _probability(kind, translate, (_BASELINE if len(calibrated) else _RIBBON)[1])
    layers = [
        _values(table, titles, x, y, color, kind),
        *([_gaps(gaps, x)] if len(gaps) else []),
        _band(ribbon, x, color, _RIBBON),
        *([_band(calibrated.assign(name=word), x, color, _BASELINE)] if len(calibrated) else []),
        *marked(marks, x, translate),
        _pointer(table, titles, x, translate, bool(len(calibrated))),
    ]
    return finished(alt.LayerChart(layer=layers), HEIGHT)


def recent_chart(recent: pd.DataFrame, language: str, translate: Translate) -> alt.Chart:
    """The seven probabilities of one face over the last minute, as lines that are told apart by
    their dashes as well.

    `recent` has `seconds` (0 is now, the past is negative) and seven `p_*`.
    """
    rows = limited(named(recent[recent["seconds"] >= -RECENT_S], language))
    lines = legend(translate)
    lines.symbolType, lines.symbolSize = "stroke", 900  # long enough for their dashes
    chart: alt.Chart = (
        folded(alt.Chart(rows), names(language), "name", "probability")
        .mark_line(strokeWidth=2, interpolate="linear", clip=True)
        .encode(
            x=alt.X(
                "seconds:Q",
                title=translate("Seconds"),
                scale=alt.Scale(domain=[-RECENT_S, 0]),
            ),
            y=alt.Y(
                "probability:Q",
                title=translate("Probability"),
                scale=alt.Scale(domain=[0, 1]),
                axis=alt.Axis(format="%", tickCount=5),
            ),
            color=alt.Color("name:N", scale=color_scale(language), legend=lines),
            strokeDash=alt.StrokeDash(
                "name:N",
                scale=alt.Scale(domain=names(language), range=DASHES),
                legend=lines,
            ),
            tooltip=[
                alt.Tooltip("name:N", title=translate("Expression")),
                alt.Tooltip("probability:Q", title=translate("Probability"), format=".0%"),
            ],
        )
    )
    return finished(chart, 180)


def _values(
    table: pd.DataFrame,
    titles: list[str],
    x: alt.X,
    y: alt.Y,
    color: alt.Color,
    kind: Kind,
) -> alt.Chart:
    """The probabilities of the expressions called `titles`."""
    base = folded(alt.Chart(table), titles, "name", "probability")
    if kind == "lines":
        lines: alt.Chart = base.mark_line(strokeWidth=1.5, clip=True).encode(
            x=x, y=y, color=color, detail="stretch:N"
        )
        return lines
    # The browser's own stacking would fill the gaps between stretches.
    areas: alt.Chart = (
        base.transform_calculate(order=f"indexof({titles}, datum.name)")
        .transform_stack(
            stack="probability",
            as_=["low", "high"],
            groupby=["seconds"],
            sort=[alt.SortField("order", "ascending")],
        )
        .mark_area(opacity=0.85, clip=True)
        .encode(x=x, y=y, y2="high:Q", color=color, detail="stretch:N")
    )
    return areas


def _probability(kind: Kind, translate: Translate, top: float) -> alt.Y:
    return alt.Y(
        "probability:Q" if kind == "lines" else "low:Q",
        title=translate("Probability"),
        scale=alt.Scale(domain=[0, top]),
        axis=alt.Axis(format="%", values=[0, 0.25, 0.5, 0.75, 1], minExtent=LEFT_PX),
    )


def _band(runs: pd.DataFrame, x: alt.X, color: alt.Color, edges: tuple[float, float]) -> alt.Chart:
    """Pieces of time from `seconds` to `end_s`, coloured by `name`, between two heights."""
    band: alt.Chart = (
        alt.Chart(runs)
        .mark_rect(clip=True)
        .encode(x=x, x2="end_s:Q", y=alt.datum(edges[0]), y2=alt.datum(edges[1]), color=color)
    )
    return band


def _gaps(gaps: pd.DataFrame, x: alt.X) -> alt.Chart:
    """Grey where the picture was not good enough."""
    bands: alt.Chart = (
        alt.Chart(limited(gaps.rename(columns={"start_s": "seconds"})))
        .mark_rect(color=_GAP_COLOR, opacity=0.75, clip=True)
        .encode(x=x, x2="end_s:Q", y=alt.datum(0), y2=alt.datum(1))
    )
    return bands


def _pointer(
    table: pd.DataFrame, titles: list[str], x: alt.X, translate: Translate, calibrated: bool
) -> alt.Chart:
    """A line at the moment nearest to the pointer, with its time and values."""
    near = alt.selection_point(
        name="near",
        fields=["seconds"],
        nearest=True,
        on="pointerover",
        clear="pointerout",
        empty=False,
    )
    rule: alt.Chart = (
        alt.Chart(table)
        .transform_calculate(clock=clock_of("datum.seconds"))
        .mark_rule(color=TEXT_COLOR, strokeWidth=1)
        .encode(
            x=x,
            opacity=alt.condition(near, alt.value(1), alt.value(0)),
            tooltip=[
                alt.Tooltip("clock:N", title=translate("Time since the start")),
                alt.Tooltip("time:T", title=translate("Time (UTC)"), format=TIME_FORMAT),
                alt.Tooltip("expression:N", title=translate("Shown")),
                *(alt.Tooltip(f"{title}:Q", format=".0%") for title in titles),
                *([baseline_tip(translate)] if calibrated else []),
            ],
        )
        .add_params(near)
    )
    return rule
