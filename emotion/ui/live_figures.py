"""The figures of the live video: rate, delay, the time of each step, whether it keeps up."""

import streamlit as st

from emotion.ui.language import translate as _
from emotion.ui.live_controls import is_paused
from emotion.ui.live_meter import Figures
from emotion.ui.live_reading import Reading


def figures_panel(figures: Figures, reading: Reading | None = None) -> None:
    """A chip, the figures that matter, and all others on request."""
    with st.container(horizontal=True, vertical_alignment="center"):
        _chip(figures)
        _cadence(figures.looks_every)
    with st.container():  # always there, so that what follows keeps its place
        _advice(figures)
    with st.container(horizontal=True, gap="medium"):
        st.metric(_("Frames per second"), f"{figures.results_per_s:.0f}", width="content")
        st.metric(
            _("Delay"),
            _ms(figures.delay_ms),
            width="content",
            help=_(
                "Estimated, from the camera to this page: two frames for the way there and "
                "back, and the time that a frame waits on the server."
            ),
        )
        st.metric(
            _("Processing"),
            _ms(figures.process_ms),
            width="content",
            help=_("Median time to find the faces of one frame and read their expressions."),
        )
    with st.expander(_("More figures"), key="live_more_figures", on_change="ignore"):
        st.table(
            {
                _("Frames received"): f"{figures.received} ({figures.received_per_s:.0f}/s)",
                _("Frames processed"): f"{figures.processed} ({figures.results_per_s:.0f}/s)",
                _("Frames dropped"): f"{figures.dropped}",
                _("Detection"): _ms(figures.detect_ms),
                _("Classification"): _ms(figures.classify_ms),
                **({} if figures.trial_ms is None else {_("Trial"): _ms(figures.trial_ms)}),
                _("Drawing"): _ms(figures.draw_ms),
                **({} if reading is None else {_("Labels are shown from"): _threshold(reading)}),
            },
            border="horizontal",
        )


def _chip(figures: Figures) -> None:
    """Whether the machine keeps up, in words, with an icon and a colour."""
    if is_paused():
        st.badge(_("Paused"), icon=":material/pause:", color="gray")
    elif figures.keeps_up:
        st.badge(_("Keeps up"), icon=":material/check:", color="green")
    else:
        st.badge(_("Too slow"), icon=":material/warning:", color="orange")


def _cadence(period: int) -> None:
    """That faces are not looked for on every frame, where it is so."""
    if period < 2 or is_paused():
        return
    st.badge(
        _("Faces are looked for on every second frame")
        if period == 2
        else _("Faces are looked for on every third frame"),
        icon=":material/skip_next:",
        color="gray",
        help=_(
            "There is no time to look for faces on every frame. Between, they are moved on as they "
            "moved, and their expressions are read on every frame all the same."
        ),
    )


def _advice(figures: Figures) -> None:
    """What to change where the machine does not keep up."""
    if not is_paused() and not figures.keeps_up:
        st.caption(
            _(
                "Only {read} of {received} frames a second are read. Choose a smaller "
                "resolution or a smaller model, or close other programs."
            ).format(read=f"{figures.results_per_s:.0f}", received=f"{figures.received_per_s:.0f}")
        )


def _threshold(reading: Reading) -> str:
    """The confidence from which labels are shown, and where it comes from."""
    least, record = f"{reading.least_confidence:.0%}", reading.threshold
    if record is None:
        return _("{least} confidence, the default: the model's card names none").format(least=least)
    if record.accuracy is None:
        return _("{least} confidence. By the model's card no label is right often enough").format(
            least=least
        )
    return _(
        "{least} confidence. By the model's card {shown} of its labels are shown, and {right} of "
        "those are right"
    ).format(least=least, right=f"{record.accuracy:.0%}", shown=f"{record.coverage:.0%}")


def _ms(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.0f} ms" if value >= 10 else f"{value:.1f} ms"
