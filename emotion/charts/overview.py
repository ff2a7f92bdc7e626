"""Charts of a whole session at a glance: what each face showed, how many faces there were."""

from collections.abc import Mapping
from typing import Any, Final

import altair as alt
import pandas as pd

from emotion.charts.base import (
    LEFT_PX,
    TIME_FORMAT,
    Translate,
    baseline_tip,
    baseline_word,
    color_scale,
    finished,
    has_unsure,
    legend,
    limited,
    marked,
    named,
    seconds_axis,
)
from emotion.charts.runs import baseline_runs, with_runs
from emotion.labels import EXPRESSIONS

BRUSH: Final = "part"
"""Name of the selection; it gives `{"seconds": [begin, end]}`."""
_ROW_PX: Final = 26
_FACES_COLOR: Final = EXPRESSIONS[4].color


def overview_chart(
    reduced: pd.DataFrame,
    end_s: float,
    face_names: Mapping[int, str],
    language: str,
    translate: Translate,
    marks: pd.DataFrame,
    brush: tuple[float, float] | None = None,
    part: tuple[float, float] | None = None,
) -> alt.LayerChart:
    """One ribbon for each face: when it was seen, coloured by the label shown, with a thin line
    below where its neutral baseline was on; a part of the time can be chosen with the pointer.

    `reduced` as for `runs.with_runs`, `end_s` is the session's length, `face_names` face ->
    words, `brush` what is chosen at first, `part` the time that the axis shows (all without).
    """
    seen = limited(reduced)
    rows, calibrated = (
        runs.assign(name=runs["face"].map(face_names))
        for runs in (named(with_runs(seen), language), baseline_runs(seen))
    )
    x = seconds_axis(translate, part or (0.0, end_s))
    word = baseline_word(translate) if len(calibrated) else ""
    scale = color_scale(language, unsure=has_unsure(reduced), baseline=word)
    color = alt.Color("expression:N", scale=scale, legend=legend(translate))
    chosen: Any = {"x": brush} if brush else alt.Undefined
    y = alt.Y(
        "name:N",
        title=translate("Face"),
        sort=list(face_names.values()),
        axis=alt.Axis(minExtent=LEFT_PX, maxExtent=LEFT_PX, labelLimit=LEFT_PX),
    )
    ribbons = (
        alt.Chart(rows)
        .mark_bar(clip=True, height=alt.RelativeBandSize(0.8))
        .encode(
            x=x,
            x2="end_s:Q",
            y=y,
            color=color,
            tooltip=[
                alt.Tooltip("name:N", title=translate("Face")),
                alt.Tooltip("time:T", title=translate("Time (UTC)"), format=TIME_FORMAT),
                alt.Tooltip("expression:N", title=translate("Expression")),
                alt.Tooltip("length_s:Q", title=translate("Seconds"), format=".1f"),
                alt.Tooltip("confidence:Q", title=translate("Confidence"), format=".0%"),
            ],
        )
        .add_params(alt.selection_interval(name=BRUSH, encodings=["x"], value=chosen))
    )
    lines = _baseline(calibrated.assign(expression=word), x, y, color, translate)
    layers = [ribbons, *lines, *marked(marks, x, translate)]
    height = _ROW_PX * max(rows["face"].nunique(), 1) + 8
    return finished(alt.LayerChart(layer=layers), height)


def _baseline(
    runs: pd.DataFrame, x: alt.X, y: alt.Y, color: alt.Color, translate: Translate
) -> list[alt.Chart]:
    """Where the neutral baseline was on, between a face's ribbon and the next one."""
    if runs.empty:
        return []
    line = alt.Chart(limited(runs)).mark_bar(clip=True, height=3, yOffset=_ROW_PX / 2)
    tips = [
        alt.Tooltip("name:N", title=translate("Face")),
        alt.Tooltip("time:T", title=translate("Time (UTC)"), format=TIME_FORMAT),
        alt.Tooltip("length_s:Q", title=translate("Seconds"), format=".1f"),
        baseline_tip(translate),
    ]
    return [line.encode(x=x, x2="end_s:Q", y=y, color=color, tooltip=tips)]


def faces_chart(frames: pd.DataFrame, part: tuple[float, float], translate: Translate) -> alt.Chart:
    """The number of faces over time. `frames` has `seconds`, `time` (UTC) and `faces`,
    `part` is the time that the axis shows."""
    chart: alt.Chart = (
        alt.Chart(limited(frames))
        .mark_area(
            interpolate="step-after",
            color=_FACES_COLOR,
            opacity=0.35,
            line={"color": _FACES_COLOR},
            clip=True,
        )
        .encode(
            x=seconds_axis(translate, part),
            y=alt.Y(
                "faces:Q",
                title=translate("Faces"),
                axis=alt.Axis(tickMinStep=1, format="d", minExtent=LEFT_PX),
                scale=alt.Scale(
                    domainMin=0, domainMax=max(int(frames["faces"].max()), 1) if len(frames) else 1
                ),
            ),
            tooltip=[
                alt.Tooltip("time:T", title=translate("Time (UTC)"), format=TIME_FORMAT),
                alt.Tooltip("faces:Q", title=translate("Faces")),
            ],
        )
    )
    return finished(chart, 120)
