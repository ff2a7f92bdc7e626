from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, delete, func, insert, select, text
from sqlalchemy.exc import IntegrityError, StatementError

import emotion.sessions
from emotion.labels import KEYS
from emotion.sessions.database import open_engine
from emotion.sessions.schema import (
    Base,
    Frame,
    Marker,
    Pause,
    Reader,
    Sample,
    Session,
    Track,
)
from emotion.sessions.spans import SLOT_S, stored_until
from emotion.sessions.store import SessionStore
from emotion.sessions.summaries import store_summaries
from emotion.sessions.totals import face_times
from emotion.sessions.writer import SessionWriter
from tests.sessions.made import BOTH, result, url

MIGRATIONS = Path(emotion.sessions.__file__).parent / "migrations"

REVISIONS = [script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()]

ROW = {
    "name": "a",
    "state": "recording",
    "model": "m",
    "note": "",
    "app_version": "0",
    "owner_host": "h",
    "owner_pid": 1,
    "owner_started": 1.0,
}
FIRST_SCHEMA_ROWS = (
    "INSERT INTO session VALUES (7, 'old', 'ended', '2026-03-14 09:26:53', "
    "'2026-03-14 09:26:54', 'm', '', '0', 'h', 1, 1.0)",
    "INSERT INTO track VALUES (7, 1)",
    "INSERT INTO frame VALUES (7, 0, 0.5, 1, 7.5)",
    "INSERT INTO sample VALUES (7, 0, 1, 'sad', 0.7, 0.05, 0.05, 0.05, 0.05, 0.7, 0.05, 0.05, "
    "0.9, 100.0)",
)


def run_migrations(engine: Engine, revision: str) -> None:
    """Bring the database to `revision`, forwards or back."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        current = MigrationContext.configure(connection).get_current_revision() or ""
        (command.upgrade if current < revision else command.downgrade)(config, revision)


def differences(store: SessionStore) -> list[object]:
    """What the database has otherwise than `schema`: tables, columns, types, defaults, keys."""
    with store.reading() as connection:
        # SQLite gives defaults back in other words; they come from the same migrations.
        defaults = connection.dialect.name == "postgresql"
        options = {"compare_type": True, "compare_server_default": defaults}
        context = MigrationContext.configure(connection, opts=options)
        return compare_metadata(context, Base.metadata)


@BOTH
@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE session DROP COLUMN note",
        "ALTER TABLE track ADD COLUMN age INTEGER",
        "DROP INDEX ix_frame_session_id_time_s",
        "DROP TABLE span",
    ],
)
def test_a_difference_between_migrations_and_schema_would_be_seen(
    store: SessionStore, change: str
) -> None:
    assert differences(store) == []
    with store.writing() as connection:
        connection.execute(text(change))
    assert differences(store) != []


@BOTH
def test_a_moment_comes_back_in_utc_whatever_zone_it_had(store: SessionStore) -> None:
    madrid_summer = timezone(timedelta(hours=2))
    moment = datetime(2026, 7, 1, 0, 30, tzinfo=madrid_summer)
    with store.writing() as connection:
        connection.execute(insert(Session).values(ROW | {"started_at": moment}))
        found = connection.execute(select(Session.started_at)).scalar_one()
    assert found == moment
    assert found.tzinfo is UTC
    assert found.hour == 22


def test_a_moment_without_zone_is_refused(tmp_path: Path) -> None:
    SessionStore(url(tmp_path / "s.db")).close()
    engine = create_engine(url(tmp_path / "s.db"))
    with engine.connect() as connection, pytest.raises(StatementError, match="no time zone"):
        connection.execute(insert(Session).values(ROW | {"started_at": datetime(2026, 7, 1)}))
    engine.dispose()


@BOTH
def test_deleting_a_session_deletes_all_its_rows(store: SessionStore) -> None:
    probabilities = {f"p_{key}": 0.1 for key in KEYS}
    sample = {"expression": "sad", "confidence": 0.1, "score": 1, "face_width_px": 9}
    with store.writing() as connection:
        connection.execute(insert(Session).values(ROW | {"id": 1, "started_at": datetime.now(UTC)}))
        connection.execute(insert(Track).values(session_id=1, number=1))
        connection.execute(
            insert(Frame).values(session_id=1, number=0, time_s=0, faces=1, processing_ms=1)
        )
        keys = {"session_id": 1, "frame_number": 0, "track_number": 1}
        connection.execute(insert(Sample).values(keys | sample | probabilities))
        connection.execute(insert(Marker).values(session_id=1, number=0, time_s=0, label="a"))
        connection.execute(insert(Reader).values(session_id=1, number=0, time_s=0, model="b"))
        connection.execute(insert(Pause).values(session_id=1, number=0, start_s=0))
        store_summaries(connection, 1, SLOT_S)
        counts = [select(func.count()).select_from(table) for table in Base.metadata.sorted_tables]
        assert [connection.scalar(count) for count in counts] == [1] * 9
        connection.execute(delete(Session))
        assert [connection.scalar(count) for count in counts] == [0] * 9


def test_a_row_without_its_session_is_refused(tmp_path: Path) -> None:
    store = SessionStore(url(tmp_path / "s.db"))
    with pytest.raises(Exception, match="FOREIGN KEY") as caught, store.writing() as connection:
        connection.execute(insert(Track).values(session_id=7, number=1))
    assert isinstance(caught.value.__cause__, IntegrityError)
    store.close()


@BOTH
@pytest.mark.parametrize("revision", REVISIONS)
def test_a_database_of_any_version_becomes_the_schema_of_the_code(
    database: str, revision: str
) -> None:
    engine = open_engine(database, busy_s=1)
    run_migrations(engine, revision)
    engine.dispose()
    store = SessionStore(database)
    assert differences(store) == []
    store.close()


@BOTH
def test_a_database_of_the_first_schema_keeps_its_rows_and_gets_the_new_columns(
    database: str,
) -> None:
    engine = open_engine(database, busy_s=1)
    run_migrations(engine, "0001")
    with engine.begin() as connection:
        for statement in FIRST_SCHEMA_ROWS:
            connection.execute(text(statement))
    engine.dispose()

    store = SessionStore(database)
    info = store.get(7)
    assert (info.name, info.samples, info.markers, info.paused_s) == ("old", 1, 0, 0.0)
    (row,) = store.read_samples(7).to_dict("records")
    assert (row["expression"], row["shown"], row["reasons"]) == ("sad", "sad", "")
    assert row["baseline"] is False
    assert store.read_markers(7).empty
    with store.reading() as connection:
        assert stored_until(connection, 7) == SLOT_S
    assert face_times(store, 7).values.tolist() == [[1, "", 0.1, 1]]
    store.delete(7)
    store.close()


@BOTH
def test_the_migrations_can_be_undone_with_rows_in_the_tables(
    writer: SessionWriter, database: str
) -> None:
    recording = writer.start("new", "m")
    recording.add(result((1, "sad")))
    recording.mark("bell")
    recording.stop()
    assert recording.wait(5)
    engine = open_engine(database, busy_s=1)
    run_migrations(engine, "0001")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM sample")).scalar_one() == 1
    engine.dispose()
