"""Deleting sessions so that nothing of them stays in the database's file."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from typing import Final

from sqlalchemy import Connection, Engine, delete, text

from emotion.sessions.failures import LOCKED_CODES, sqlite_code
from emotion.sessions.schema import (
    Base,
    Frame,
    Marker,
    Pause,
    Presence,
    Reader,
    Sample,
    Session,
    Span,
    Track,
)

# Children first: the database then need not look for them row by row.
_TABLES: Final = (Sample, Span, Presence, Frame, Track, Marker, Reader, Pause)


def delete_rows(connection: Connection, session_ids: Sequence[int]) -> None:
    """Delete the sessions with all their rows."""
    for table in _TABLES:
        connection.execute(delete(table).where(table.session_id.in_(session_ids)))
    connection.execute(delete(Session).where(Session.id.in_(session_ids)))


def scrub(engine: Engine) -> None:
    """Take from the file what deleted rows left there.

    On SQLite deleted rows are overwritten with zeros at once (`PRAGMA secure_delete`), but
    the write-ahead log still holds them, and the file their space: it is written anew and
    the log emptied. That waits for other programs as long as for a lock, and is left for
    the next time when they do not let go of the file. PostgreSQL frees the rows; its own
    log and its backups are the server's matter.
    """
    if engine.dialect.name != "sqlite":
        names = ", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"VACUUM {names}"))
        return
    with closing(engine.raw_connection()) as connection:
        cursor = connection.cursor()
        try:
            cursor.execute("VACUUM")
        except sqlite3.OperationalError as error:
            if sqlite_code(error) not in LOCKED_CODES:
                raise
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
