"""Who the faces of a session are: a name for each, and two that are the same person."""

from collections.abc import Callable, Sequence

import streamlit as st

from emotion.errors import SessionError
from emotion.report.session import SeenFace
from emotion.report.words import clock
from emotion.sessions.faces import join_faces, name_face, split_face
from emotion.sessions.schema import NAME_LENGTH
from emotion.ui import messages
from emotion.ui.analysis_sessions_data import Recorded
from emotion.ui.language import translate as _


def edits_of(session_id: int) -> int:
    """How often the faces of the session were changed here: what was read before that is
    old (`Recorded.edits`)."""
    return int(st.session_state.get(_counter(session_id), 0))


def faces_editor(recorded: Recorded, faces: Sequence[SeenFace]) -> None:
    """Name a face, join two, take a joining back. A refusal stands here in words."""
    session_id = recorded.session.id
    words = {face.number: f"{face.name} · {clock(face.seconds)}" for face in faces}
    with st.popover(_("Faces"), icon=":material/groups:", key=f"people {session_id}"):
        error = st.session_state.pop(_failure(session_id), None)
        if error is not None:
            messages.show(error)
        face = st.selectbox(_("Face to change"), list(words), format_func=words.__getitem__)
        called = next(one for one in faces if one.number == face)
        _name(recorded, called)
        others = [number for number in words if number != face]
        if others:
            other = st.selectbox(_("The same person as"), others, format_func=words.__getitem__)
            st.button(
                _("Join the two"),
                icon=":material/merge:",
                on_click=_do,
                args=(session_id, join_faces, recorded.store, session_id, *sorted((face, other))),
                key=f"join {session_id}",
                help=_("From then on they count as one face. It can be taken back."),
            )
        st.button(
            _("Take the joining back"),
            icon=":material/undo:",
            disabled=not called.joined,
            on_click=_do,
            args=(session_id, split_face, recorded.store, session_id, face),
            key=f"split {session_id}",
        )


def _name(recorded: Recorded, face: SeenFace) -> None:
    session_id = recorded.session.id
    key = f"face-name {session_id} {face.number} {face.given}"

    def save() -> None:
        name = str(st.session_state[key])
        _do(session_id, name_face, recorded.store, session_id, face.number, name)

    st.text_input(
        _("Name of the face"),
        face.given,
        max_chars=NAME_LENGTH,
        key=key,
        placeholder=_("Face {id}").format(id=face.number),
        on_change=save,
        help=_("Press Enter to keep it; empty for none. It stays in the database of sessions."),
    )


def _do(session_id: int, change: Callable[..., None], *values: object) -> None:
    """Before the script: change the database, or keep why it refused."""
    try:
        change(*values)
    except SessionError as error:
        st.session_state[_failure(session_id)] = error
    else:
        st.session_state[_counter(session_id)] = edits_of(session_id) + 1


def _counter(session_id: int) -> str:
    return f"analysis-face-edits {session_id}"


def _failure(session_id: int) -> str:
    return f"analysis-face-error {session_id}"
