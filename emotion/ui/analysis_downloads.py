"""The files of a session: CSV, Parquet, JSON."""

from datetime import tzinfo
from functools import partial
from io import BytesIO
from typing import Final

import streamlit as st

from emotion.sessions.export import Kind, write_session
from emotion.sessions.store import SessionInfo, SessionStore
from emotion.ui.analysis_show import BOM
from emotion.ui.analysis_words import file_name
from emotion.ui.download import made_on_click, tell
from emotion.ui.language import translate as _

_MIME: Final = {
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "json": "application/json",
}
_ICONS: Final = {
    "csv": ":material/download:",
    "parquet": ":material/table_chart:",
    "json": ":material/data_object:",
}


@st.fragment
def downloads(store: SessionStore, session: SessionInfo, zone: tzinfo) -> None:
    """A button for each kind of file; it is made when it is asked for, since a million
    rows take many seconds."""
    titles: dict[Kind, str] = {
        "csv": _("Download CSV"),
        "parquet": _("Download Parquet"),
        "json": _("Download JSON"),
    }
    outcomes = []
    with st.container(horizontal=True, gap="small"):
        for kind, title in titles.items():
            outcome = made_on_click(
                title,
                partial(session_file, store, session.id, kind, zone),
                file_name(session, kind),
                _MIME[kind],
                f"{kind} {session.id}",
                icon=_ICONS[kind],
                help=_("One row for each face and moment, with its time in your zone."),
            )
            outcomes.append(outcome)
    tell(*outcomes)


def session_file(store: SessionStore, session_id: int, kind: Kind, zone: tzinfo) -> bytes:
    """The session as a file; a CSV begins with what tells spreadsheets that it is UTF-8."""
    file = BytesIO(BOM.encode() if kind == "csv" else b"")
    file.seek(0, 2)
    write_session(store, session_id, file, kind, zone)
    return file.getvalue()
