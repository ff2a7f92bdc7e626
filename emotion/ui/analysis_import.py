"""Read an exported session back: an upload, a sentence when it cannot be, the session opened."""

from typing import Final

import streamlit as st

from emotion.errors import SessionError
from emotion.sessions.export import KINDS
from emotion.sessions.importing import AlreadyThereError, import_session
from emotion.sessions.store import SessionStore
from emotion.ui import messages
from emotion.ui.language import translate as _

_UPLOADS: Final = "analysis-imports"
"""Counts the imports: an uploader of another key is an empty one."""


def import_view(store: SessionStore, slot: str) -> None:
    """An uploader for one file, and the button that imports it.

    The number of the session is left in the session state under `slot`, where the page's
    choice of a session looks for it.
    """
    uploads = st.session_state.setdefault(_UPLOADS, 0)
    file = st.file_uploader(
        _("A session that was downloaded: CSV, Parquet or JSON"),
        list(KINDS),
        key=f"analysis-import {uploads}",
    )
    pressed = st.button(
        _("Import the session"), icon=":material/upload_file:", disabled=file is None
    )
    if file is None or not pressed:
        return
    try:
        with st.spinner(_("Reading and checking the file …")):
            number = import_session(store, file, file.name)
    except AlreadyThereError as error:
        st.info(messages.sentence(error), icon=":material/info:")
        return
    except SessionError as error:
        messages.show(error)
        return
    st.session_state[_UPLOADS] = uploads + 1
    st.session_state[slot] = number
    st.toast(_("The session is imported."), icon=":material/check:")
    st.rerun()
