import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from emotion.errors import SessionError
from emotion.sessions.faces import name_face
from emotion.sessions.finished import save_finished
from emotion.sessions.schema import Session
from emotion.sessions.store import SessionStore
from emotion.sessions.writer import SessionWriter
from tests.sessions.made import lively, result

SECRETS = (b"Ana Secreta", b"a private remark", b"the bell of Ana", b"Ana herself")


def files(folder: Path) -> bytes:
    """All bytes of the database and of the files beside it."""
    return b"".join(path.read_bytes() for path in sorted(folder.glob("sessions.db*")))


@pytest.fixture
def secret(store: SessionStore, writer: SessionWriter) -> Iterator[int]:
    """A session whose name, note, marker and face are all telling, beside others."""
    save_finished(store, "before", "m", lively(60))
    recording = writer.start(SECRETS[0].decode(), "m", SECRETS[1].decode())
    recording.add(result((1, "sad")))
    recording.mark(SECRETS[2].decode())
    recording.stop()
    assert recording.wait(5)
    name_face(store, recording.session_id, 1, SECRETS[3].decode())
    save_finished(store, "after", "m", lively(60))
    return recording.session_id


def test_what_is_deleted_is_gone_from_the_file(
    store: SessionStore, secret: int, tmp_path: Path
) -> None:
    before = files(tmp_path)
    assert all(text in before for text in SECRETS)
    store.delete(secret)
    after = files(tmp_path)
    assert not [text for text in (*SECRETS, b"Secreta", b"private") if text in after]
    assert b"before" in after
    assert [info.name for info in store.list_sessions()] == ["after", "before"]


def test_the_space_of_what_is_deleted_is_given_back(store: SessionStore, tmp_path: Path) -> None:
    keep = save_finished(store, "kept", "m", lively(10))
    long = save_finished(store, "long", "m", lively(600))
    path = tmp_path / "sessions.db"
    store.delete(long)
    assert path.stat().st_size < 200_000
    assert not (tmp_path / "sessions.db-wal").stat().st_size
    assert len(store.read_samples(keep)) == store.get(keep).samples > 0


def test_what_another_program_still_reads_is_gone_once_it_lets_go(
    store: SessionStore, secret: int, tmp_path: Path
) -> None:
    other = sqlite3.connect(tmp_path / "sessions.db", isolation_level=None)
    other.execute("BEGIN")
    other.execute("SELECT * FROM session").fetchall()
    store.delete(secret)  # does not fail and does not wait for ever
    assert len(store.list_sessions()) == 2
    other.execute("COMMIT")
    other.close()
    store.close()
    SessionStore(f"sqlite:///{tmp_path / 'sessions.db'}").close()
    assert not [text for text in SECRETS if text in files(tmp_path)]


def test_one_that_is_recorded_keeps_all_that_were_to_be_deleted(
    store: SessionStore, writer: SessionWriter
) -> None:
    number = save_finished(store, "a", "m", lively(5))
    recording = writer.start("b", "m")
    with pytest.raises(SessionError, match="b is being recorded"):
        store.delete(number, recording.session_id)
    with pytest.raises(SessionError, match="no session 77"):
        store.delete(number, 77)
    assert len(store.list_sessions()) == 2


def test_old_sessions_are_those_that_ended_before(
    store: SessionStore, writer: SessionWriter
) -> None:
    numbers = [save_finished(store, str(days), "m", []) for days in (1, 6, 8, 400)]
    writer.start("recording", "m")
    with store.writing() as connection:
        for number, days in zip(numbers, (1, 6, 8, 400), strict=True):
            moment = datetime.now(UTC) - timedelta(days=days)
            connection.execute(
                update(Session)
                .where(Session.id == number)
                .values(started_at=moment, ended_at=moment)
            )
    assert [info.name for info in store.older_than(7)] == ["8", "400"]
    store.delete(*(info.id for info in store.older_than(7)))
    assert len(store.list_sessions()) == 3
