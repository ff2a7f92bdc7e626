import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, text, update

from emotion.errors import SessionError
from emotion.sessions.owner import Owner, this_process
from emotion.sessions.schema import Frame, Session
from emotion.sessions.store import SessionStore
from emotion.sessions.writer import SessionWriter
from tests.sessions.made import BOTH, Clock, result, url


def record(writer: SessionWriter, clock: Clock, name: str, frames: int) -> int:
    """A finished session of `frames` frames, 0.1 s apart, each with one face."""
    recording = writer.start(name, "tiny")
    for _ in range(frames):
        recording.add(result((1, "happy")))
        clock.now += 0.1
    recording.stop()
    assert recording.wait(5)
    return recording.session_id


@BOTH
def test_the_newest_session_comes_first(
    store: SessionStore, writer: SessionWriter, clock: Clock
) -> None:
    numbers = [record(writer, clock, name, 1) for name in ("first", "second", "third")]
    assert [info.id for info in store.list_sessions()] == numbers[::-1]


@BOTH
def test_a_session_is_described_by_what_was_recorded(
    store: SessionStore, writer: SessionWriter, clock: Clock
) -> None:
    info = store.get(record(writer, clock, "  two\n words ", 31))
    assert (info.name, info.state, info.model) == ("two words", "ended", "tiny")
    assert (info.samples, info.faces) == (31, 1)
    assert info.duration_s == pytest.approx(3.0)
    assert info.ended_at == info.started_at + timedelta(seconds=info.duration_s)


@BOTH
def test_samples_and_frames_come_back_as_they_were_shown(
    store: SessionStore, writer: SessionWriter, clock: Clock
) -> None:
    recording = writer.start("a", "tiny")
    for faces in ([(2, "sad"), (1, "happy")], [], [(2, "angry")]):
        recording.add(result(*faces))
        clock.now += 0.25
    recording.stop()
    assert recording.wait(5)
    samples = store.read_samples(recording.session_id)
    assert samples[["face", "expression"]].values.tolist() == [
        [1, "happy"],
        [2, "sad"],
        [2, "angry"],
    ]
    assert samples["seconds"].tolist() == pytest.approx([0, 0, 0.5])
    assert samples["p_happy"].tolist() == pytest.approx([0.7, 0.05, 0.05])
    assert samples["face_width_px"].tolist() == [100.0] * 3
    offset = samples["time"].iloc[2] - samples["time"].iloc[0]
    assert offset.total_seconds() == pytest.approx(0.5)
    frames = store.read_frames(recording.session_id)
    assert frames["faces"].tolist() == [2, 0, 1]
    assert frames["processing_ms"].tolist() == [7.5] * 3


@BOTH
def test_a_session_can_be_renamed(store: SessionStore, writer: SessionWriter, clock: Clock) -> None:
    number = record(writer, clock, "old", 1)
    store.rename(number, "niño")
    assert store.get(number).name == "niño"


@BOTH
@pytest.mark.parametrize(("name", "length"), [("  ", 0), ("x" * 201, 201)])
def test_a_name_that_cannot_be_used_is_refused(
    store: SessionStore, writer: SessionWriter, clock: Clock, name: str, length: int
) -> None:
    number = record(writer, clock, "kept", 1)
    for action in (lambda: store.rename(number, name), lambda: writer.start(name, "m")):
        with pytest.raises(SessionError, match=f"has {length} characters"):
            action()
    assert [info.name for info in store.list_sessions()] == ["kept"]


@BOTH
def test_a_deleted_session_is_gone_and_its_number_is_not_used_again(
    store: SessionStore, writer: SessionWriter, clock: Clock
) -> None:
    number = record(writer, clock, "a", 3)
    store.delete(number)
    for action in (store.get, store.delete, store.read_samples, store.read_frames):
        with pytest.raises(SessionError, match=f"no session {number}"):
            action(number)
    with pytest.raises(SessionError, match=f"no session {number}"):
        store.rename(number, "b")
    assert record(writer, clock, "b", 1) > number


def test_a_session_is_not_deleted_while_it_is_recorded(
    store: SessionStore, writer: SessionWriter
) -> None:
    recording = writer.start("live", "m")
    with pytest.raises(SessionError, match="live is being recorded"):
        store.delete(recording.session_id)
    assert store.get(recording.session_id).state == "recording"


@BOTH
@pytest.mark.parametrize(
    ("owner", "silent_minutes", "state"),
    [
        (this_process(), 60, "recording"),
        (Owner(this_process().host, this_process().pid, 1.0), 0, "interrupted"),
        (Owner("another-computer", 1, 1.0), 9, "recording"),
        (Owner("another-computer", 1, 1.0), 11, "interrupted"),
    ],
    ids=["this process", "its pid used again", "elsewhere and fresh", "elsewhere and silent"],
)
def test_only_sessions_whose_process_is_gone_are_closed(
    store: SessionStore, writer: SessionWriter, owner: Owner, silent_minutes: float, state: str
) -> None:
    number = writer.start("a", "m").session_id
    started_at = datetime.now(UTC) - timedelta(minutes=silent_minutes, seconds=30)
    with store.writing() as connection:
        connection.execute(
            update(Session).values(
                owner_host=owner.host,
                owner_pid=owner.pid,
                owner_started=owner.started,
                started_at=started_at,
            )
        )
        connection.execute(
            insert(Frame).values(session_id=number, number=0, time_s=30.0, faces=0, processing_ms=1)
        )
    assert store.close_interrupted() == (state == "interrupted")
    info = store.get(number)
    assert info.state == state
    ended_at = started_at + timedelta(seconds=30) if state == "interrupted" else None
    assert info.ended_at == ended_at


@BOTH
def test_processes_can_make_the_same_store_at_once(database: str) -> None:
    database = database.replace("sessions.db", "new folder/50% ñ/s.db")
    script = (
        "import sys; from emotion.sessions.store import SessionStore; "
        "sys.stdin.read(1); s = SessionStore(sys.argv[1]); print(s.list_sessions()); s.close()"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", script, database],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(3)
    ]
    for process in processes:  # they have imported all that is needed and wait for this
        assert process.stdin is not None
        process.stdin.write(b"x")
        process.stdin.flush()
    ends = [process.communicate(timeout=60) for process in processes]
    assert [(out.strip(), err) for out, err in ends] == [(b"[]", b"")] * 3


def test_a_database_in_use_can_be_opened_and_read_meanwhile(
    store: SessionStore, tmp_path: Path
) -> None:
    with store.writing() as connection:
        connection.execute(text("UPDATE session SET note = ''"))
        second = SessionStore(url(tmp_path / "sessions.db"), busy_s=0)
        assert second.list_sessions() == []
        second.close()


def lock(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    return connection


def test_a_locked_database_is_said_to_be_locked(writer: SessionWriter, tmp_path: Path) -> None:
    other = lock(tmp_path / "sessions.db")
    with pytest.raises(SessionError, match=r"sessions\.db are locked by another program"):
        writer.start("a", "m")
    other.close()
    assert writer.start("a", "m").session_id == 1
    fresh = lock(tmp_path / "fresh.db")
    with pytest.raises(SessionError, match=r"fresh\.db are locked"):
        SessionStore(url(tmp_path / "fresh.db"), busy_s=0.1)
    fresh.close()


def test_a_read_only_database_can_be_read_and_says_so_when_written(
    store: SessionStore, writer: SessionWriter, clock: Clock, tmp_path: Path
) -> None:
    number = record(writer, clock, "a", 2)
    # Root may write any file, so the file is opened read-only instead of made so.
    reader = SessionStore(f"sqlite:///file:{tmp_path / 'sessions.db'}?mode=ro&uri=true")
    assert len(reader.read_samples(number)) == 2
    with pytest.raises(SessionError, match="read-only"):
        reader.rename(number, "b")
    reader.close()
    assert store.get(number).name == "a"


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("sqlite:///{dir}/text.db", r"text\.db is not a database"),
        ("sqlite:///{dir}/folder.db", r"folder\.db cannot be opened: it is a folder"),
        ("sqlite:///{dir}/text.db/s.db", r"text\.db for the sessions cannot be made"),
        ("sqlite:///{dir}/foreign.db", "newer version"),
        ("sqlite://", "in memory only"),
        ("secret words", "not the address of a database"),
        ("nonsense://user:secret@host/db", "not the address of a database"),
        ("postgresql+pg8000://user:secret@host/db", "package pg8000"),
        ("postgresql://user:secret@127.0.0.1:9/db", r"server at .*/db does not answer: .*refused"),
    ],
)
def test_an_address_that_cannot_be_used_is_explained(
    tmp_path: Path, address: str, sentence: str
) -> None:
    (tmp_path / "text.db").write_text("this is a list of films, not a database\n" * 40)
    (tmp_path / "folder.db").mkdir()
    newer = SessionStore(url(tmp_path / "foreign.db"))
    with newer.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    newer.close()
    with pytest.raises(SessionError, match=sentence) as caught:
        SessionStore(address.format(dir=tmp_path))
    assert "secret" not in str(caught.value)


def test_opening_leaves_the_logging_of_the_app_alone(tmp_path: Path) -> None:
    script = (
        "import logging, sys; logging.basicConfig(level=logging.WARNING); "
        "log = logging.getLogger('emotion.x'); before = logging.root.handlers[:]; "
        "from emotion.sessions.store import SessionStore; SessionStore(sys.argv[1]).close(); "
        "print(logging.root.handlers == before, logging.root.level, log.disabled)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, url(tmp_path / "s.db")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["True", "30", "False"]
    assert done.stderr == ""


def test_a_missing_driver_is_named_with_the_line_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(SessionError, match=r'pip install "psycopg\[binary\]"') as caught:
        SessionStore("postgresql://user:secret@host/db")
    assert "secret" not in str(caught.value)


@BOTH
def test_a_note_can_be_written_and_taken_away(store: SessionStore, writer: SessionWriter) -> None:
    number = writer.start("a", "m", "first").session_id
    store.set_note(number, "  two\nlines ")
    assert store.get(number).note == "two\nlines"
    with pytest.raises(SessionError, match="2001 characters"):
        store.set_note(number, "x" * 2001)
    store.set_note(number, "")
    assert store.get(number).note == ""
    with pytest.raises(SessionError, match="no session 99"):
        store.set_note(99, "a")
