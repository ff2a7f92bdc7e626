"""Markers of a recording: a label, a button and a key that set one, and the last ones."""

from typing import Final

import streamlit as st

from emotion.report.words import clock
from emotion.sessions.recording import Recording
from emotion.ui.analysis_words import plain
from emotion.ui.language import translate as _

SHORTCUT: Final = "M"
LABEL: Final = "marker_label"
"""In the session state: what the next markers are called."""
LAST: Final = 5
_LABEL_CHARS: Final = 60


def marker_controls(recording: Recording) -> None:
    """The label of the next marker, its button, and the markers that were set last.

    The label stays, so that one event is marked many times by its key alone.
    """
    label, button = st.columns([3, 2], vertical_alignment="bottom")
    label.text_input(
        _("Label of the marker"),
        key=LABEL,
        placeholder=_("Event {n}").format(n=len(recording.markers) + 1),
        max_chars=_LABEL_CHARS,
    )
    button.button(
        _("Mark this moment"),
        icon=":material/flag:",
        shortcut=SHORTCUT,
        on_click=_mark,
        args=(recording,),
        disabled=recording.is_paused,
        width="stretch",
    )
    last = recording.markers[-LAST:]
    if last:
        st.caption(
            " · ".join(f"{clock(seconds)} {plain(text)}" for seconds, text in reversed(last))
        )


def _mark(recording: Recording) -> None:
    number = len(recording.markers) + 1
    typed = str(st.session_state.get(LABEL, "")).strip()
    recording.mark(typed or _("Event {n}").format(n=number))
