"""The live page's parts that follow the video: they run again on their own, often."""

import time
from typing import Final

import streamlit as st

from emotion.ui import messages
from emotion.ui.language import translate as _
from emotion.ui.live_baseline import baseline_controls
from emotion.ui.live_controls import is_paused
from emotion.ui.live_figures import figures_panel
from emotion.ui.live_panel import faces_panel, last_minute
from emotion.ui.live_stream import LiveStream
from emotion.ui.live_trial import trial_agreement

SILENT_S: Final = 3.0
"""Longer without a frame, and the page says so."""


@st.fragment(run_every=0.25)
def newest(stream: LiveStream, model: str, since: float) -> None:
    """The faces of the newest frame as `model` reads them, and the one on trial, four times a
    second; `since` is when playing began."""
    figures, reading = stream.figures, stream.reading
    silent = figures.silent_s if figures.silent_s is not None else time.monotonic() - since
    if silent > SILENT_S:
        st.warning(
            _(
                "No picture has come from the camera for {seconds} seconds. Is another program "
                "using it, or is the connection blocked? Press stop and start again."
            ).format(seconds=int(silent)),
            icon=":material/videocam_off:",
        )
    if stream.error is not None:
        messages.show(stream.error)
    if is_paused():
        st.info(_("Paused. Nothing is read or recorded."), icon=":material/pause:")
    else:
        result = stream.newest
        trial = reading.trial if reading is not None else None
        names = None if trial is None else (model, trial.name)
        faces_panel(result, reading.least_confidence if reading else None, names)
        if trial is not None:
            trial_agreement(stream.recent, figures.trial_ms)
        if reading is not None:
            baseline_controls(reading, result)
    figures_panel(figures, reading)


@st.fragment(run_every=1.0)
def minute(stream: LiveStream) -> None:
    """The last minute, once a second."""
    last_minute(stream)
