"""What one session showed: figures, downloads, timeline, statistics."""

from dataclasses import replace
from datetime import tzinfo

import pandas as pd
import streamlit as st

from emotion.report.words import clock, marks
from emotion.sessions.schema import RECORDING
from emotion.sessions.statistics import Summary
from emotion.sessions.store import SessionInfo, SessionStore
from emotion.ui.analysis_downloads import downloads
from emotion.ui.analysis_sessions_data import Recorded
from emotion.ui.analysis_sessions_faces import edits_of
from emotion.ui.analysis_sessions_html import report_button
from emotion.ui.analysis_sessions_statistics import statistics_view
from emotion.ui.analysis_sessions_timeline import choose_faces, timeline_view
from emotion.ui.analysis_show import show_figures
from emotion.ui.analysis_words import file_stem, plain
from emotion.ui.language import translate as _
from emotion.ui.messages import stop_on_error


def report(store: SessionStore, session: SessionInfo, zone: tzinfo) -> None:
    """The whole report of `session`. Raises `SessionError` when it cannot be read."""
    recorded = Recorded(store, session, edits_of(session.id))
    whole = recorded.numbers(None, None)
    _figures(session, whole.summary)
    if not whole.summary.faces:
        _nothing(session, whole.summary)
        return
    markers = store.read_markers(session.id)
    downloads(store, session, zone)
    _markers(markers)
    _explore(recorded, markers, marks(markers, store.read_pauses(session.id), _), zone)


@st.fragment
def _explore(recorded: Recorded, markers: pd.DataFrame, drawn: pd.DataFrame, zone: tzinfo) -> None:
    """All that follows the part that is brushed: only this runs anew then."""
    recorded = replace(recorded, edits=edits_of(recorded.session.id))
    with stop_on_error():  # a fragment runs without the page around it
        st.subheader(_("Timeline"), anchor=False)
        faces = recorded.faces(_)
        picked = choose_faces(recorded, faces)
        part = timeline_view(recorded, faces, picked, markers, drawn)
        st.subheader(_("Statistics"), anchor=False)
        if part is not None:
            text = _("Of the part from {begin} to {end}.")
            st.caption(text.format(begin=clock(part[0]), end=clock(part[1])))
        report_button(recorded, picked, part, drawn, zone)
        statistics_view(recorded.numbers(part, picked), file_stem(recorded.session))


def _figures(session: SessionInfo, summary: Summary) -> None:
    confidence = summary.mean_confidence
    figures = (
        (_("Length"), clock(session.duration_s), None),
        (
            _("Faces"),
            str(summary.faces),
            _("Faces that were followed. One who leaves and comes back counts as a new face."),
        ),
        (_("In view at once"), f"{summary.faces_mean:.1f}", _("Mean number of faces over time.")),
        (
            _("Samples"),
            f"{session.samples:,}",
            _("Rows of the table: one for each face at each recorded moment."),
        ),
        (
            _("Mean confidence"),
            "–" if confidence is None else f"{confidence:.0%}",
            _("Mean probability of the label that was shown."),
        ),
    )
    show_figures(figures)


def _nothing(session: SessionInfo, summary: Summary) -> None:
    if session.state == RECORDING:
        text = _("No face has been seen so far. Press Refresh to look again.")
    elif not summary.recorded_s:
        text = _("This session is empty: it ended before the first picture was analysed.")
    else:
        text = _(
            "No face was seen in this session. Sit nearer to the camera, with light on your "
            "face, and record another."
        )
    st.info(text, icon=":material/face:")


def _markers(markers: pd.DataFrame) -> None:
    if len(markers):
        moments = [f"{clock(row.seconds)} {plain(row.label)}" for row in markers.itertuples()]
        st.caption(_("Markers: {list}").format(list=" · ".join(moments)))
