"""Charts are made once for what they show and drawn again from then on.

Altair takes the server longer to make and check a chart than all else on a page.
"""

from functools import partial

import altair as alt
import streamlit as st

from emotion.ui.language import language

Drawing = partial[alt.Chart] | partial[alt.LayerChart]
"""A chart's function with all that it is given, of which only the words may be functions."""


def draw_once(draw: Drawing, key: str, description: str) -> None:
    """The chart that `draw` makes, as wide as its place; `description` is for those who cannot
    see it."""
    _drawn(draw, _content(draw), language(), key, description)


@st.cache_data(max_entries=200, show_spinner=False)
def _drawn(
    _draw: Drawing,
    content: tuple[object, ...],  # noqa: ARG001
    code: str,  # noqa: ARG001
    key: str,
    description: str,
) -> None:
    st.altair_chart(_draw(), width="stretch", key=key, alt=description)


def _content(draw: Drawing) -> tuple[object, ...]:
    """What the chart shows: all that `draw` is given, but for the words' translation."""
    name = f"{draw.func.__module__}.{draw.func.__qualname__}"
    given = (value for value in draw.args if not callable(value))
    return (name, *given, sorted(draw.keywords.items()))
