"""One button that backs up everything, and one that brings a backup back."""

from datetime import datetime, tzinfo
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pandas as pd
import streamlit as st

from emotion.backup.restore import Restored, read_manifest, restore_backup
from emotion.backup.save import save_backup
from emotion.errors import EmotionError
from emotion.report.words import local_time
from emotion.sessions.store import SessionStore
from emotion.settings import load_settings
from emotion.ui import messages
from emotion.ui.download import made_on_click, tell
from emotion.ui.language import translate as _

_RESTORED: Final = "analysis-restored"
"""In the session state: what came of the last backup that was brought back."""


def backup_view(store: SessionStore, zone: tzinfo) -> None:
    """The download, the upload, and what came of it."""
    st.write(
        _(
            "A backup holds all sessions, models and corrections of pictures in one zip; the "
            "pictures themselves and training runs are not in it."
        )
    )
    _download(store, zone)
    file = st.file_uploader(_("A backup to bring back"), ["zip"], key="analysis-backup")
    if file is not None:
        with TemporaryDirectory(prefix="semblante-upload-") as folder:
            path = Path(folder) / Path(file.name).name
            path.write_bytes(file.getbuffer())
            _restore(store, path, zone)
    if restored := st.session_state.get(_RESTORED):
        st.table(outcomes(restored), hide_index=True, border="horizontal")


@st.fragment
def _download(store: SessionStore, zone: tzinfo) -> None:
    outcome = made_on_click(
        _("Download a backup"),
        partial(backup_bytes, store),
        f"semblante-{datetime.now(zone):%Y-%m-%d-%H%M}.zip",
        "application/zip",
        "backup",
        icon=":material/backup:",
        help=_("It is made when you press this, which takes a minute for hours of sessions."),
    )
    tell(outcome)


def backup_bytes(store: SessionStore) -> bytes:
    """The backup as a zip. Raises `EmotionError` when something cannot be read."""
    with TemporaryDirectory(prefix="semblante-backup-") as folder:
        path = Path(folder) / "backup.zip"
        save_backup(load_settings(), store, path)
        return path.read_bytes()


def _restore(store: SessionStore, path: Path, zone: tzinfo) -> None:
    """Say what the zip at `path` holds, and bring it back when the button is pressed."""
    try:
        manifest = read_manifest(path)
        st.caption(
            _(
                "Made {time}: {sessions} sessions, {models} models, corrections of {folders} "
                "data folders. What is here already stays as it is."
            ).format(
                time=local_time(manifest.made_at, zone),
                sessions=len(manifest.names("session")),
                models=len(manifest.names("model")),
                folders=len(manifest.names("corrections")),
            )
        )
        if st.button(_("Bring it back"), icon=":material/settings_backup_restore:", type="primary"):
            bar = st.progress(0.0, _("Checking the backup …"))
            text = _("Bringing back {done} of {all}")
            st.session_state[_RESTORED] = restore_backup(
                load_settings(),
                store,
                path,
                lambda done, of: bar.progress(done / max(of, 1), text.format(done=done, all=of)),
            )
            st.rerun()
    except EmotionError as error:
        messages.show(error)


def outcomes(restored: list[Restored]) -> pd.DataFrame:
    """What came of each part of a backup, in words."""
    kinds = {"session": _("Session"), "model": _("Model"), "corrections": _("Corrections")}
    words = {
        "added": _("brought back"),
        "there": _("was here already"),
        "left out": _("left out: its data folder is not here"),
    }
    return pd.DataFrame(
        {
            _("Kind"): [kinds[one.kind] for one in restored],
            _("Name"): [one.name for one in restored],
            _("Outcome"): [words[one.outcome] for one in restored],
        }
    )
