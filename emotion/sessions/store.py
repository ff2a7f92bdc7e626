"""The store of recorded sessions: open it, list, read, rename, note, delete."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pandas as pd
from sqlalchemy import Connection, Executable, select, update

from emotion.errors import SessionError
from emotion.sessions import queries, tables
from emotion.sessions.database import WRITING, open_engine, place_of, switch_to_wal
from emotion.sessions.deletion import delete_rows, scrub
from emotion.sessions.failures import explained
from emotion.sessions.migrate import migrate
from emotion.sessions.owner import Owner
from emotion.sessions.schema import (
    INTERRUPTED,
    NAME_LENGTH,
    RECORDING,
    Session,
)

BUSY_S: Final = 5.0
NOTE_LENGTH: Final = 2000


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """What a list shows of a session.

    `state` is "recording", "ended" or "interrupted"; `ended_at` and `duration_s` are
    those of the last recorded frame, `ended_at` is None while recording, `duration_s` is
    without the `paused_s` before; `samples` counts rows of one face each, `faces` the ids.
    """

    id: int
    name: str
    state: str
    started_at: datetime
    ended_at: datetime | None
    duration_s: float
    model: str
    note: str
    app_version: str
    samples: int
    faces: int
    markers: int
    paused_s: float


class SessionStore:
    """The sessions of one database. Any thread may use it.

    A connection waits `busy_s` seconds for a lock. Opening makes the file and its
    folder, and brings an older database up to date. Each method raises `SessionError`
    with the database's place when it cannot be opened, read or written.
    """

    def __init__(self, database_url: str, busy_s: float = BUSY_S) -> None:
        self._engine = open_engine(database_url, busy_s)
        self._writing = self._engine.execution_options(**WRITING)
        self.place = place_of(self._engine.url)
        try:
            with explained(self.place):
                if self._engine.dialect.name == "sqlite":
                    switch_to_wal(self._engine, busy_s)
                migrate(self._engine, self.place)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that reads, with errors explained."""
        with explained(self.place), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction, committed at the end, with errors explained."""
        with explained(self.place), self._writing.begin() as connection:
            yield connection

    def list_sessions(self) -> list[SessionInfo]:
        """All sessions, the newest first."""
        with self.reading() as connection:
            rows = connection.execute(
                queries.infos().order_by(Session.started_at.desc(), Session.id)
            )
            return [_info(row) for row in rows]

    def get(self, session_id: int) -> SessionInfo:
        """One session. Raises `SessionError` when there is none of this number."""
        with self.reading() as connection:
            row = connection.execute(queries.infos().where(Session.id == session_id)).one_or_none()
        if row is None:
            raise self.missing(session_id)
        return _info(row)

    def read_samples(self, session_id: int) -> pd.DataFrame:
        """What each face showed; the columns of `tables.samples_table`."""
        return self._table(session_id, queries.samples, tables.samples_table)

    def read_frames(self, session_id: int) -> pd.DataFrame:
        """All recorded frames; the columns of `tables.frames_table`."""
        return self._table(session_id, queries.frames, tables.frames_table)

    def read_markers(self, session_id: int) -> pd.DataFrame:
        """All markers; the columns of `tables.markers_table`."""
        return self._table(session_id, queries.markers, tables.markers_table)

    def read_models(self, session_id: int) -> list[tuple[float, str]]:
        """From which second of recording on each model read, the first one from 0 on."""
        with self.reading() as connection:
            first = self._row(connection, session_id).model
            rows = connection.execute(queries.readers(session_id)).all()
            pauses = queries.read_pauses(connection, session_id)
        times = pd.Series([row.time_s for row in rows], dtype="float64")
        seconds = times - tables.paused_before(times, pauses)
        return [(0.0, first), *zip(seconds.tolist(), (row.model for row in rows), strict=True)]

    def read_pauses(self, session_id: int) -> pd.DataFrame:
        """The pauses that ended; the columns of `tables.pauses_table`."""
        with self.reading() as connection:
            started_at = self._row(connection, session_id).started_at
            return tables.pauses_table(started_at, queries.read_pauses(connection, session_id))

    def _table(
        self,
        session_id: int,
        query: Callable[[int], Executable],
        table: Callable[[Sequence[Sequence[Any]], datetime, tables.Pauses], pd.DataFrame],
    ) -> pd.DataFrame:
        """The rows of `query` as the table that `table` makes of them."""
        with self.reading() as connection:
            started_at = self._row(connection, session_id).started_at
            rows = connection.execute(query(session_id)).all()
            return table(rows, started_at, queries.read_pauses(connection, session_id))

    def _row(self, connection: Connection, session_id: int) -> Any:
        """The session's own row: `get` counts its samples as well, which takes longer."""
        row = connection.execute(select(Session).where(Session.id == session_id)).one_or_none()
        if row is None:
            raise self.missing(session_id)
        return row

    def rename(self, session_id: int, name: str) -> None:
        """Give a session another name. Raises `SessionError` for one that cannot be used."""
        self._change(session_id, name=usable_name(name))

    def set_note(self, session_id: int, note: str) -> None:
        """Write a note of any number of lines to a session, "" for none. Raises
        `SessionError` when it is longer than `NOTE_LENGTH`."""
        note = note.strip()
        if len(note) > NOTE_LENGTH:
            raise SessionError(
                "The note has {length} characters. Make it {most} at most.",
                length=len(note),
                most=NOTE_LENGTH,
            )
        self._change(session_id, note=note)

    def _change(self, session_id: int, **values: object) -> None:
        with self.writing() as connection:
            done = connection.execute(
                update(Session).where(Session.id == session_id).values(values)
            )
            if done.rowcount == 0:
                raise self.missing(session_id)

    def delete(self, *session_ids: int) -> None:
        """Delete sessions with all their rows: they are gone from the file, too, once no other
        program reads it (see `deletion.scrub`).

        Raises `SessionError` while one is recorded, and when there is none of a number;
        then nothing is deleted.
        """
        for info in map(self.get, session_ids):
            if info.state == RECORDING:
                raise SessionError(
                    "The session {name} is being recorded. Stop the recording, then delete it.",
                    name=info.name,
                )
        if session_ids:
            with self.writing() as connection:
                delete_rows(connection, session_ids)
            with explained(self.place):
                scrub(self._engine)

    def older_than(self, days: float) -> list[SessionInfo]:
        """The sessions that ended more than `days` days ago, the newest first."""
        before = datetime.now(UTC) - timedelta(days=days)
        return [
            info
            for info in self.list_sessions()
            if info.state != RECORDING and (info.ended_at or info.started_at) < before
        ]

    def close_interrupted(self) -> int:
        """Mark the sessions whose process is gone as interrupted; returns how many.

        They end with their last frame. Sessions of other living processes stay as
        they are, on this computer and on others.
        """
        query = select(Session, queries.last_time()).where(Session.state == RECORDING)
        now = datetime.now(UTC)
        with self.reading() as connection:
            rows = connection.execute(query).all()
        ends = {
            row.id: end
            for row in rows
            if Owner(row.owner_host, row.owner_pid, row.owner_started).is_gone(
                end := row.started_at + timedelta(seconds=row.last_time_s), now
            )
        }
        if not ends:
            return 0
        with self.writing() as connection:
            for session_id, ended_at in ends.items():
                connection.execute(
                    update(Session)
                    .where(Session.id == session_id, Session.state == RECORDING)
                    .values(state=INTERRUPTED, ended_at=ended_at)
                )
        return len(ends)

    def missing(self, session_id: int) -> SessionError:
        """What to say of a number that no session has."""
        return SessionError(
            "There is no session {number} in {place}. List the sessions to see their numbers.",
            number=session_id,
            place=self.place,
        )


def usable_name(name: str) -> str:
    """`name` in one line without spaces at its ends. Raises `SessionError` when it is
    empty or too long."""
    name = " ".join(name.split())
    if not name or len(name) > NAME_LENGTH:
        raise SessionError(
            "The name of a session has {length} characters. Give it 1 to {most}.",
            length=len(name),
            most=NAME_LENGTH,
        )
    return name


def _info(row: Any) -> SessionInfo:
    return SessionInfo(
        id=row.id,
        name=row.name,
        state=row.state,
        started_at=row.started_at,
        ended_at=row.ended_at,
        duration_s=row.last_time_s - row.paused_s,
        model=row.model,
        note=row.note,
        app_version=row.app_version,
        samples=row.samples,
        faces=row.faces,
        markers=row.markers,
        paused_s=row.paused_s,
    )
