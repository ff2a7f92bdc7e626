"""A session from a file, checked, on its way into the store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import pandas as pd
from sqlalchemy import Connection, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from emotion.sessions.rows import end_session, insert_session
from emotion.sessions.schema import Frame, Marker, Pause, Reader, Sample, Session, Track
from emotion.sessions.store import SessionInfo, SessionStore

SAME_MOMENT: Final = timedelta(milliseconds=2)
"""A file holds milliseconds, the store microseconds."""
_BATCH: Final = 10_000


@dataclass(frozen=True, slots=True)
class Imported:
    """A session as the tables of the store have it, its times on the clock that no pause
    stops: `frames` (`number`, `time_s`, `faces`), `samples` (the columns of `Sample` less
    `session_id`), the name of each track, `(time_s, label)` of each marker,
    begin and end of each pause, `(time_s, name)` of each model that took over."""

    name: str
    model: str
    note: str
    state: str
    started_at: datetime
    frames: pd.DataFrame
    samples: pd.DataFrame
    tracks: Mapping[int, str]
    markers: Sequence[tuple[float, str]]
    pauses: Sequence[tuple[float, float]]
    readers: Sequence[tuple[float, str]] = ()


def same_session(store: SessionStore, imported: Imported) -> SessionInfo | None:
    """The session of the store that began in the same moment with as many samples."""
    began = imported.started_at
    near = Session.started_at.between(began - SAME_MOMENT, began + SAME_MOMENT)
    with store.reading() as connection:
        numbers = connection.scalars(select(Session.id).where(near)).all()
    infos = map(store.get, numbers)
    return next((info for info in infos if info.samples == len(imported.samples)), None)


def save(store: SessionStore, imported: Imported) -> int:
    """Write it, whole or not at all; returns its number. Raises `SessionError`."""
    with store.writing() as connection:
        session_id = insert_session(
            connection, imported.name, imported.model, imported.note, imported.started_at
        )
        tracks = [{"number": number, "name": name} for number, name in imported.tracks.items()]
        markers = [
            {"number": number, "time_s": time_s, "label": label}
            for number, (time_s, label) in enumerate(imported.markers)
        ]
        readers = [
            {"number": number, "time_s": time_s, "model": model}
            for number, (time_s, model) in enumerate(imported.readers)
        ]
        pauses = [
            {"number": number, "start_s": start_s, "end_s": end_s}
            for number, (start_s, end_s) in enumerate(imported.pauses)
        ]
        _insert(connection, Track, session_id, tracks)
        _insert_many(connection, Frame, session_id, imported.frames)
        _insert_many(connection, Sample, session_id, imported.samples)
        _insert(connection, Marker, session_id, markers)
        _insert(connection, Reader, session_id, readers)
        _insert(connection, Pause, session_id, pauses)
        if connection.dialect.name == "postgresql":
            connection.execute(text("ANALYZE frame, sample"))  # or it plans as if they were empty
        last_s = float(imported.frames["time_s"].iloc[-1])
        end_session(connection, session_id, imported.started_at, last_s)
        state = update(Session).where(Session.id == session_id).values(state=imported.state)
        connection.execute(state)
    return session_id


def _insert(
    connection: Connection,
    table: type[Track | Marker | Reader | Pause],
    session_id: int,
    rows: list[dict[str, Any]],
) -> None:
    if rows:
        connection.execute(insert(table), [row | {"session_id": session_id} for row in rows])


def _insert_many(
    connection: Connection, table: type[Frame | Sample], session_id: int, rows: pd.DataFrame
) -> None:
    rows = rows.assign(session_id=session_id)
    batches = (rows.iloc[begin : begin + _BATCH] for begin in range(0, len(rows), _BATCH))
    if connection.dialect.driver != "psycopg":
        for batch in batches:
            connection.execute(insert(table), batch.to_dict("records"))
        return
    # PostgreSQL's own way for many rows, in half the time.
    driver: Any = connection.connection.driver_connection
    columns = ", ".join(rows.columns)
    # Without the option an empty text would be read as no text at all.
    how = f"FORMAT csv, FORCE_NOT_NULL ({columns})"
    copy = f"COPY {table.__tablename__} ({columns}) FROM STDIN WITH ({how})"
    base = connection.dialect.loaded_dbapi.Error
    try:
        with driver.cursor() as cursor, cursor.copy(copy) as file:
            for batch in batches:
                file.write(batch.to_csv(index=False, header=False))
    except base as error:  # as SQLAlchemy would raise it
        raise DBAPIError.instance(copy, None, error, base) from error
