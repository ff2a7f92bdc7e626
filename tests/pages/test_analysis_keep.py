"""What the analysis page does with all sessions: import, back up, restore, delete old ones."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
import streamlit as st
from sqlalchemy import update
from streamlit.testing.v1 import AppTest

from emotion.sessions.finished import save_finished
from emotion.sessions.schema import Session
from emotion.sessions.store import SessionStore
from emotion.settings import PROJECT_DIR, load_settings
from emotion.ui.analysis_backup import backup_bytes
from emotion.ui.analysis_downloads import session_file
from tests.pages.analysis_page import button, open_page, texts
from tests.sessions.made import lively

pytestmark = pytest.mark.usefixtures("empty_places")


def upload(page: AppTest, label: str, name: str, content: bytes) -> None:
    (uploader,) = [one for one in page.file_uploader if one.label.startswith(label)]
    uploader.set_value((name, content, "application/octet-stream"))
    page.run()
    assert not page.exception


def made_old(store: SessionStore, number: int, days: float) -> int:
    moment = datetime.now(UTC) - timedelta(days=days)
    with store.writing() as connection:
        change = update(Session).where(Session.id == number)
        connection.execute(change.values(started_at=moment, ended_at=moment))
    return number


def test_an_exported_session_is_imported_and_opened(
    store: SessionStore,
) -> None:
    number = save_finished(store, "talk", "tiny", lively(5))
    other = save_finished(store, "other", "tiny", lively(5, seed=3))
    content = session_file(store, number, "parquet", UTC)
    store.delete(number)
    page = open_page()
    assert button(page, "Import the session").disabled
    upload(page, "A session that was downloaded", "talk.parquet", content)
    button(page, "Import the session").click().run()
    assert not page.exception
    assert page.selectbox[0].value not in (number, other)
    assert page.selectbox[0].options[1].startswith("talk · ")  # it is the older one
    assert [toast.value for toast in page.toast] == ["The session is imported."]
    assert len(store.list_sessions()) == 2

    upload(page, "A session that was downloaded", "talk.parquet", content)
    button(page, "Import the session").click().run()
    assert "The session in talk.parquet is here already" in texts(page.info)
    upload(page, "A session that was downloaded", "list.csv", b"a,b\n1,2\n")
    button(page, "Import the session").click().run()
    assert "The file list.csv is not a session" in texts(page.error)
    assert len(store.list_sessions()) == 2


def test_a_backup_is_brought_back_beside_what_is_there(store: SessionStore, tmp_path: Path) -> None:
    gone = save_finished(store, "gone", "tiny", lively(5))
    save_finished(store, "kept", "tiny", lively(5, seed=3))
    content = backup_bytes(store)
    (tmp_path / "copy.zip").write_bytes(content)
    with ZipFile(tmp_path / "copy.zip") as archive:
        assert sorted(archive.namelist()) == [
            "backup.json",
            f"sessions/{gone}.parquet",
            f"sessions/{gone + 1}.parquet",
        ]
    store.delete(gone)
    page = open_page()
    assert "Download a backup" in [one.label for one in page.get("download_button")]
    upload(page, "A backup", "all.zip", content)
    assert "2 sessions, 0 models, corrections of 0 data folders" in texts(page.caption)
    button(page, "Bring it back").click().run()
    assert not page.exception
    rows = page.table[-1].value.values.tolist()
    assert sorted(rows) == [
        ["Session", "gone", "brought back"],
        ["Session", "kept", "was here already"],
    ]
    assert sorted(info.name for info in store.list_sessions()) == ["gone", "kept"]
    upload(page, "A backup", "broken.zip", content[:500])
    assert "broken.zip cannot be read as a zip" in texts(page.error)


def test_old_sessions_are_named_and_deleted_after_a_question(store: SessionStore) -> None:
    made_old(store, save_finished(store, "old", "tiny", lively(3)), 100)
    new = save_finished(store, "new", "tiny", lively(3))
    page = open_page()
    assert "- old · " in texts(page.markdown)
    (days,) = page.number_input
    days.set_value(200).run()
    assert "No session is that old." in texts(page.info)
    page.number_input[0].set_value(99).run()
    page.button(key="delete-old-now").click().run()
    assert not page.exception
    assert [info.id for info in store.list_sessions()] == [new]


def test_sessions_older_than_the_setting_are_deleted_by_themselves(
    store: SessionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_old(store, save_finished(store, "old", "tiny", lively(3)), 31)
    made_old(store, save_finished(store, "new", "tiny", lively(3)), 29)
    assert "until you delete them" in texts(open_page().markdown)
    assert len(store.list_sessions()) == 2
    monkeypatch.setenv("SEMBLANTE_KEEP_DAYS", "30")
    load_settings.cache_clear()
    st.cache_resource.clear()
    AppTest.from_file(str(PROJECT_DIR / "app.py"), default_timeout=60).run()
    assert [info.name for info in store.list_sessions()] == ["new"]
    assert "kept for 30 days" in texts(open_page().markdown)
