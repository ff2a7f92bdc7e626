"""What all charts share: colours, names, sizes, the limit of rows.

A chart takes a data frame, `language` ("es" or "en") for the names of expressions, and
`translate`, a gettext function, for all other words. Charts fill their container, have
no background, and follow the theme of the page; what lies on our own colours does not.
"""

from collections.abc import Callable
from typing import Final, TypeVar

import altair as alt
import pandas as pd

from emotion.labels import EXPRESSIONS, KEYS, UNSURE, name

Translate = Callable[[str], str]
AnyChart = TypeVar("AnyChart", alt.Chart, alt.LayerChart)
MAX_ROWS: Final = 2000
"""More rows make a browser slow (each is drawn up to seven times)."""
TEXT_COLOR: Final = "#808890"
"""Readable on white (3.6:1) and on the dark theme's #0e1117 (5.2:1)."""
SERIES_COLORS: Final = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00")
"""For what has no colour of its own, such as runs or sessions: Okabe and Ito, "Color Universal
Design", told apart with colour blindness; without its yellow, which is pale on white."""
BASELINE_COLOR: Final = "#00958a"
"""Of the line that says where a neutral baseline was on: none of the expressions' colours."""
TIME_FORMAT: Final = "%Y-%m-%d %H:%M:%S"
_CLOCK: Final = "utcFormat({seconds} * 1000, {seconds} < 3600 ? '%M:%S' : '%H:%M:%S')"
_NARROW_PX: Final = 520
"""Four columns of a legend would be cut off."""
PROBABILITIES: Final = {f"p_{key}": key for key in KEYS}


def names(language: str) -> list[str]:
    """The seven names in folder order, as they stand in legends."""
    return [name(key, language) for key in KEYS]


def folded(chart: alt.Chart, columns: list[str], key: str, value: str) -> alt.Chart:
    """`chart` with one row for each of `columns`, made in the browser: the data that
    travel there keep one row for all of them."""
    return chart.transform_fold(list(columns), as_=[key, value])


def color_scale(language: str, *, unsure: bool = False, baseline: str = "") -> alt.Scale:
    """Each expression's name in its own colour; with `unsure` that label's too, in grey, and
    the word for a neutral `baseline` where there is one."""
    domain, colors = names(language), [expression.color for expression in EXPRESSIONS]
    if unsure:
        domain, colors = [*domain, name(UNSURE, language)], [*colors, TEXT_COLOR]
    if baseline:
        domain, colors = [*domain, baseline], [*colors, BASELINE_COLOR]
    return alt.Scale(domain=domain, range=colors)


def has_unsure(table: pd.DataFrame) -> bool:
    """Whether "unsure" is among the labels in `expression`."""
    return bool((table["expression"] == UNSURE).any())


def legend(translate: Translate) -> alt.Legend:
    """The legend of expressions, below the chart, in fewer columns on a small screen."""
    columns = alt.ExprRef(f"containerSize()[0] < {_NARROW_PX} ? 2 : 4")
    return alt.Legend(title=translate("Expression"), orient="bottom", columns=columns)


def named(table: pd.DataFrame, language: str) -> pd.DataFrame:
    """`table` with the names of expressions: of the `p_*` columns and in `expression`."""
    columns = {column: name(key, language) for column, key in PROBABILITIES.items()}
    table = table.rename(columns=columns)
    if "expression" in table:
        table["expression"] = [name(key, language) for key in table["expression"]]
    return table


def limited(table: pd.DataFrame, max_rows: int = MAX_ROWS) -> pd.DataFrame:
    """`table`, or evenly spaced rows of it so that there are at most `max_rows`."""
    step = -(-len(table) // max_rows)
    return table.iloc[:: max(step, 1)]


def clock_of(seconds: str) -> str:
    """A Vega expression: `seconds`, another one, as `00:42` or `01:02:03`."""
    return _CLOCK.format(seconds=seconds)


LEFT_PX: Final = 70
"""What labels take to the left of a chart over time: as much in all, so that moments stand
below each other."""


def seconds_axis(translate: Translate, part: tuple[float, float]) -> alt.X:
    """The axis of time, over the field `seconds`, from the begin to the end of `part`."""
    # Ticks nearer than a second would have the same label.
    return alt.X(
        "seconds:Q",
        title=translate("Time since the start"),
        scale=alt.Scale(domain=list(part), nice=False, zero=False),
        axis=alt.Axis(labelExpr=clock_of("datum.value"), grid=False, tickMinStep=1),
    )


def marked(marks: pd.DataFrame, x: alt.X, translate: Translate) -> list[alt.Chart]:
    """A rule for each of `marks` (`seconds`, `time`, `label`) with its label beside it, above
    a chart's other layers."""
    if marks.empty:
        return []
    base = alt.Chart(limited(marks)).encode(
        x=x,
        tooltip=[
            alt.Tooltip("time:T", title=translate("Time (UTC)"), format=TIME_FORMAT),
            alt.Tooltip("label:N", title=translate("Marker")),
        ],
    )
    rules: alt.Chart = base.mark_rule(color=TEXT_COLOR, strokeWidth=2, strokeDash=[4, 3], clip=True)
    labels: alt.Chart = base.mark_text(
        color=TEXT_COLOR,
        fontWeight="bold",
        align="left",
        baseline="bottom",
        dx=-2,
        dy=-4,
        limit=110,
    ).encode(y=alt.value(0), text="label:N")
    return [rules, labels]


def baseline_word(translate: Translate) -> str:
    """What the line of a neutral baseline is called."""
    return translate("Neutral baseline on")


def baseline_tip(translate: Translate) -> alt.Tooltip:
    """The share of a time in which a neutral baseline was on."""
    return alt.Tooltip("baseline:Q", title=baseline_word(translate), format=".0%")


def finished(chart: AnyChart, height: int) -> AnyChart:
    """`chart` as wide as its container, its marks `height` pixels high, without background.

    Axes and legend come on top of `height`: Streamlit would take them out of it.
    """
    chart = chart.properties(
        width="container",
        height=height,
        background="transparent",
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
    )
    plain: AnyChart = chart.configure_view(stroke=None).configure_axis(labelLimit=240)
    return plain
