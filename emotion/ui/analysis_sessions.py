"""The recorded sessions on the analysis page: pick one, see it, rename or delete it."""

from datetime import tzinfo
from typing import Final

import streamlit as st

from emotion.errors import SessionError
from emotion.report.words import clock, local_time
from emotion.sessions.schema import INTERRUPTED, NAME_LENGTH, RECORDING
from emotion.sessions.store import NOTE_LENGTH, SessionInfo, SessionStore
from emotion.ui import messages
from emotion.ui.analysis_keep import keep_view
from emotion.ui.analysis_report import report
from emotion.ui.analysis_several import several_view
from emotion.ui.analysis_words import browser_zone, plain, session_label, state_name
from emotion.ui.choice import choose
from emotion.ui.language import translate as _

CHOSEN: Final = "analysis-session"
_BADGES: Final = {
    RECORDING: (":material/radio_button_checked:", "red"),
    INTERRUPTED: (":material/warning:", "orange"),
}


def sessions_view(store: SessionStore) -> None:
    """All that is known of the session that the user picks.

    Raises `SessionError` when the store cannot be read.
    """
    zone = browser_zone()
    sessions = known_sessions(store)
    if not sessions:
        st.info(
            _(
                "No session has been recorded yet. Start the camera on the live page and press "
                "Record: numbers and times are kept, never pictures."
            ),
            icon=":material/videocam:",
        )
        st.page_link("pages/live.py", label=_("Go to the live page"), icon=":material/videocam:")
        keep_view(store, zone, CHOSEN)
        return
    by_id = {session.id: session for session in sessions}
    labels = {session.id: session_label(session, zone) for session in sessions}
    session = by_id[choose(_("Session"), labels, CHOSEN)]
    _head(store, session, zone)
    report(store, session, zone)
    several_view(store, sessions, zone)
    keep_view(store, zone, CHOSEN)


def known_sessions(store: SessionStore) -> list[SessionInfo]:
    """All sessions, the newest first; those whose process is gone count as interrupted."""
    sessions = store.list_sessions()
    if any(session.state == RECORDING for session in sessions) and store.close_interrupted():
        return store.list_sessions()
    return sessions


def _head(store: SessionStore, session: SessionInfo, zone: tzinfo) -> None:
    icon, color = _BADGES.get(session.state, (":material/check:", "green"))
    facts = [
        _("Started {time}").format(time=local_time(session.started_at, zone)),
        _("Time zone {zone}").format(zone=plain(str(zone))),
        _models(store, session),
    ]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(state_name(session.state), icon=icon, color=color)  # type: ignore[arg-type]
        st.caption(" · ".join(facts))
        _actions(store, session)
    if session.note:
        st.text(session.note)
    if session.state == INTERRUPTED:
        st.warning(
            _(
                "The recording did not end by itself: the server stopped or was killed. All up "
                "to the last half second is here."
            ),
            icon=":material/warning:",
        )


def _models(store: SessionStore, session: SessionInfo) -> str:
    """The model that read, and from when on others did."""
    first, *later = store.read_models(session.id)
    told = [_("Model {name}").format(name=plain(first[1]))]
    told += [
        _("{name} from {time} on").format(name=plain(name), time=clock(seconds))
        for seconds, name in later
    ]
    return ", ".join(told)


def _actions(store: SessionStore, session: SessionInfo) -> None:
    recording = session.state == RECORDING
    if recording:
        st.button(
            _("Refresh"),
            icon=":material/refresh:",
            help=_("This session is still being recorded: read what has been added."),
        )
    # A popover of another name is another one, and so closed after the change.
    with st.popover(
        _("Name and note"),
        icon=":material/edit:",
        key=f"rename {session.id} {session.name} {session.note}",
    ):
        _rename(store, session)
    with st.popover(
        _("Delete"),
        icon=":material/delete:",
        key=f"delete {session.id}",
        disabled=recording,
        help=_("Stop the recording on the live page first.") if recording else None,
    ):
        _delete(store, session)


def _rename(store: SessionStore, session: SessionInfo) -> None:
    with st.form(f"rename-form {session.id} {session.name} {session.note}", border=False):
        name = st.text_input(_("Name"), session.name, max_chars=NAME_LENGTH)
        note = st.text_area(_("Note"), session.note, max_chars=NOTE_LENGTH)
        if not st.form_submit_button(_("Save name and note"), type="primary"):
            return
    try:
        store.rename(session.id, name)
        store.set_note(session.id, note)
    except SessionError as error:
        messages.show(error)
    else:
        st.rerun()


def _delete(store: SessionStore, session: SessionInfo) -> None:
    st.write(
        _("Delete {name} with its {samples} samples? This cannot be undone.").format(
            name=f"**{plain(session.name)}**", samples=f"{session.samples:,}"
        )
    )
    if not st.button(_("Delete for ever"), type="primary", key=f"delete-now {session.id}"):
        return
    try:
        store.delete(session.id)
    except SessionError as error:
        messages.show(error)
    else:
        st.rerun()
