"""Charts of training: curves of one run or of several, recall of each expression."""

from typing import Final

import altair as alt
import pandas as pd

from emotion.charts.base import (
    SERIES_COLORS,
    Translate,
    color_scale,
    finished,
    limited,
    named,
)

HEIGHT: Final = 220
MOST_POINTS: Final = 300
"""Of a line: a chart is half a page wide, some 400 to 600 pixels."""
DECIMAL: Final = "~r"
"""Of ticks, as many digits as tell them apart; "~g" would write 10 as 1e+1."""
_PHASE_COLORS: Final = ("#3d84d6", "#c77c02")


def training_chart(
    table: pd.DataFrame, metric: str, axis: str, translate: Translate
) -> alt.LayerChart:
    """`metric` of one run, a line for training and one for validation.

    `table` has `x`, `series` ("train" or "validation"), `value` and `smooth`, which is drawn;
    where it differs, `value` lies pale behind it. `axis` is "epoch", "step" or "minutes".
    """
    phases = {"train": translate("Training"), "validation": translate("Validation")}
    shown = table.assign(series=[phases[series] for series in table["series"]])
    present = [phase for key, phase in phases.items() if key in set(table["series"])]
    colors = dict(zip(phases.values(), _PHASE_COLORS, strict=True))
    scale = alt.Scale(domain=present, range=[colors[phase] for phase in present])
    return _lines(shown, metric, axis, translate, scale, translate("Data"))


def runs_chart(table: pd.DataFrame, metric: str, axis: str, translate: Translate) -> alt.LayerChart:
    """`metric` of several runs over each other; `series` is the name of a run, the others
    columns are those of `training_chart`. The first names keep their colours."""
    names = list(dict.fromkeys(table["series"]))
    colors = [SERIES_COLORS[number % len(SERIES_COLORS)] for number in range(len(names))]
    scale = alt.Scale(domain=names, range=colors)
    return _lines(table, metric, axis, translate, scale, translate("Run"))


def recall_chart(recalls: pd.DataFrame, language: str, translate: Translate) -> alt.Chart:
    """The recall of each expression over the epochs.

    `recalls` has `epoch` (from 1), `expression` (key) and `recall` (0 to 1).
    """
    chart: alt.Chart = (
        alt.Chart(named(limited(recalls), language))
        .mark_line(point=True, strokeWidth=2)
        .encode(
            x=_x("epoch:Q", "epoch", translate),
            y=alt.Y(
                "recall:Q",
                title=translate("Recall"),
                scale=alt.Scale(domain=[0, 1]),
                axis=alt.Axis(format="%", tickCount=5),
            ),
            color=alt.Color(
                "expression:N",
                scale=color_scale(language),
                legend=alt.Legend(title=None, orient="bottom", columns=2),  # more are cut off
            ),
            tooltip=[
                alt.Tooltip("epoch:Q", title=translate("Epoch")),
                alt.Tooltip("expression:N", title=translate("Expression")),
                alt.Tooltip("recall:Q", title=translate("Recall"), format=".1%"),
            ],
        )
    )
    return finished(chart, HEIGHT)


def metric_title(metric: str, translate: Translate) -> str:
    """What a metric is called on an axis."""
    return {
        "loss": translate("Loss"),
        "accuracy": translate("Accuracy"),
        "balanced_accuracy": translate("Balanced accuracy"),
        "macro_f1": translate("Macro-F1"),
        "learning_rate": translate("Learning rate"),
    }[metric]


def _lines(
    table: pd.DataFrame,
    metric: str,
    axis: str,
    translate: Translate,
    colors: alt.Scale,
    series_title: str,
) -> alt.LayerChart:
    shown = thinned(table)
    title = metric_title(metric, translate)
    number = ".2~g" if metric == "learning_rate" else ".3f"
    base = alt.Chart(shown).encode(
        x=_x("x:Q", axis, translate),
        color=alt.Color(
            "series:N",
            scale=colors,
            # One below the other: beside each other the last one is cut off in a narrow chart.
            legend=alt.Legend(
                title=None, orient="top", columns=1, symbolType="stroke", labelLimit=300
            ),
        ),
        tooltip=[
            alt.Tooltip("x:Q", title=_axis_title(axis, translate), format=".1f"),
            alt.Tooltip("series:N", title=series_title),
            alt.Tooltip("value:Q", title=title, format=number),
        ],
    )
    line = base.mark_line(strokeWidth=2, point=len(shown) <= 60).encode(
        y=_y("smooth:Q", metric, title)
    )
    if shown["smooth"].equals(shown["value"]):
        return finished(alt.LayerChart(layer=[line]), HEIGHT)
    pale = base.mark_line(strokeWidth=1, opacity=0.3).encode(y=_y("value:Q", metric, title))
    return finished(alt.LayerChart(layer=[pale, line]), HEIGHT)


def thinned(table: pd.DataFrame) -> pd.DataFrame:
    """`table` (as `training_chart` takes it) with as many points of each series as can be told
    apart, so that a long run's curves change as seldom as it can be seen."""
    parts = [limited(part, MOST_POINTS) for _, part in table.groupby("series", sort=False)]
    return pd.concat(parts) if parts else table


def _axis_title(axis: str, translate: Translate) -> str:
    titles = {
        "epoch": translate("Epoch"),
        "step": translate("Step"),
        "minutes": translate("Minutes of work"),
    }
    return titles[axis]


def _y(field: str, metric: str, title: str) -> alt.Y:
    scale = alt.Scale(zero=metric in ("loss", "learning_rate"))
    return alt.Y(field, title=title, scale=scale, axis=alt.Axis(format=DECIMAL, tickCount=5))


def _x(field: str, axis: str, translate: Translate) -> alt.X:
    return alt.X(
        field,
        title=_axis_title(axis, translate),
        axis=alt.Axis(
            grid=False,
            tickCount=6,
            format="~s" if axis == "step" else DECIMAL,
            tickMinStep=0.1 if axis == "minutes" else 1,
        ),
        scale=alt.Scale(zero=False, nice=False),
    )
