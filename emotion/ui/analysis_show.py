"""What both halves of the analysis page show in the same way: figures, tables and charts."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Final

import altair as alt
import pandas as pd
import streamlit as st

from emotion.charts.pictures import as_png, as_svg
from emotion.ui.drawing import Drawing, draw_once
from emotion.ui.language import translate as _

AnyChart = alt.Chart | alt.LayerChart
BOM: Final = "\ufeff"
"""Spreadsheets read a file that begins with it as UTF-8."""


Figure = tuple[str, str, str | None] | tuple[str, str, str | None, str | None]
"""Title, value, explanation, and what stands below the value."""


def show_figures(figures: Iterable[Figure]) -> None:
    """A row of numbers that wraps on a small screen."""
    with st.container(horizontal=True, gap="medium"):
        for title, value, explanation, *below in figures:
            st.metric(
                title,
                value,
                below[0] if below else None,
                delta_color="off",
                delta_arrow="off",
                help=explanation,
                width="content",
            )


def show_chart(
    draw: Drawing,
    key: str,
    description: str,
    stem: str | None = None,
    table: pd.DataFrame | None = None,
    on_select: Callable[[], None] | None = None,
    picture: Callable[[], AnyChart] | None = None,
) -> None:
    """The chart that `draw` makes, as wide as its place; `description` is for those who cannot
    see it. It is made once for what `draw` is given, of which only the words may be functions.

    With `stem` it can be downloaded as pictures of that name, and `table` as CSV; `picture`
    gives what stands in the pictures, where that is more than on the page. `on_select` is
    called before the script when something in it is selected.
    """
    key = f"analysis-{key}"
    if on_select is None:
        draw_once(draw, key, description)
    else:
        chart = draw()
        st.altair_chart(chart, width="stretch", key=key, alt=description, on_select=on_select)
    if stem is None:
        return
    with st.container(horizontal=True, gap="small", horizontal_alignment="right"):
        if table is not None:
            _csv(table, stem)
        # Made when they are asked for: the first takes a second.
        for_file = picture or draw
        _download("PNG", lambda: as_png(for_file()), f"{stem}.png", "image/png")
        _download("SVG", lambda: as_svg(for_file()), f"{stem}.svg", "image/svg+xml")


def show_table(shown: pd.DataFrame, content: pd.DataFrame, stem: str) -> None:
    """`shown` in words; `content`, its numbers in full, can be downloaded as CSV."""
    st.table(shown, hide_index=True, border="horizontal")
    with st.container(horizontal=True, horizontal_alignment="right"):
        _csv(content, stem)


def csv_bytes(table: pd.DataFrame) -> bytes:
    """`table` as a CSV file in UTF-8 that spreadsheets open with its accents (RFC 4180)."""
    return (BOM + str(table.to_csv(index=False, lineterminator="\r\n"))).encode()


def _csv(table: pd.DataFrame, stem: str) -> None:
    _download("CSV", partial(csv_bytes, table), f"{stem}.csv", "text/csv")


def _download(kind: str, content: Callable[[], bytes | str], file_name: str, mime: str) -> None:
    st.download_button(
        kind,
        content,
        file_name,
        mime,
        icon=":material/download:",
        on_click="ignore",
        type="tertiary",
        key=f"download {file_name}",
        help=_("Download as {kind}").format(kind=kind),
    )
