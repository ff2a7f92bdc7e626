"""A chart as a picture, PNG or SVG, made on this computer: nothing is fetched.

vl-convert runs Vega itself, the program that draws the charts on the page, so a picture
shows what the page shows; it stands on white, as paper does.
"""

from typing import Any, Final

import altair as alt

WIDTH_PX: Final = 900
PNG_SCALE: Final = 2.0
"""Pixels of the PNG for each of the chart's: sharp when printed 15 cm wide."""


def as_svg(chart: alt.Chart | alt.LayerChart, width_px: int = WIDTH_PX) -> str:
    """`chart` as SVG, `width_px` wide with its axes, on white."""
    # Imported here, since it takes 84 MB of a server's memory that most visits never need.
    import vl_convert

    return str(vl_convert.vegalite_to_svg(_spec(chart, width_px), allowed_base_urls=[]))


def as_png(chart: alt.Chart | alt.LayerChart, width_px: int = WIDTH_PX) -> bytes:
    """`chart` as PNG, on white, with `PNG_SCALE` pixels for each of its own."""
    import vl_convert

    return bytes(
        vl_convert.vegalite_to_png(_spec(chart, width_px), scale=PNG_SCALE, allowed_base_urls=[])
    )


def _spec(chart: alt.Chart | alt.LayerChart, width_px: int) -> dict[str, Any]:
    """The chart's specification with what a page would give it: a width, a background."""
    spec: dict[str, Any] = chart.to_dict()
    return spec | {"width": width_px, "background": "white"}
