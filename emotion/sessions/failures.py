"""Database errors as sentences with the database's place and the way out."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from emotion.errors import SessionError
from emotion.locale import marked

LOCKED_CODES: Final = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_SENTENCES: Final = {
    sqlite3.SQLITE_BUSY: marked(
        "The sessions in {place} are locked by another program. Close the "
        "program that has the file open, or wait until it is done."
    ),
    sqlite3.SQLITE_READONLY: marked(
        "The sessions in {place} cannot be written: the file is read-only. "
        "Give this user write permission for the file and its folder, or set "
        "SEMBLANTE_DATABASE_URL to another file."
    ),
    sqlite3.SQLITE_NOTADB: marked(
        "The file {place} is not a database of sessions. Move it away and a "
        "new one is made, or set SEMBLANTE_DATABASE_URL to another file."
    ),
    sqlite3.SQLITE_CANTOPEN: marked(
        "The sessions in {place} cannot be opened: it is a folder, or its "
        "folder cannot be written. Correct that, or set SEMBLANTE_DATABASE_URL to another file."
    ),
    sqlite3.SQLITE_FULL: marked(
        "The sessions in {place} cannot be written: the disk is full. Free some "
        "space; what is not written yet is kept in memory meanwhile."
    ),
    sqlite3.SQLITE_CORRUPT: marked(
        "The sessions in {place} are damaged. Restore the file from a copy, "
        "or move it away and a new one is made."
    ),
}
_SENTENCES[sqlite3.SQLITE_LOCKED] = _SENTENCES[sqlite3.SQLITE_BUSY]
_OTHER: Final = marked(
    "The sessions in {place} cannot be read or written: {reason}. Check the database, or set "
    "SEMBLANTE_DATABASE_URL to another one."
)
_SILENT: Final = marked(
    "The database server at {place} does not answer: {reason}. Start it, or correct "
    "SEMBLANTE_DATABASE_URL."
)


def sqlite_code(error: BaseException) -> int | None:
    """SQLite's primary result code, or None when `error` is not SQLite's."""
    original = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(original, "sqlite_errorcode", None)
    return None if code is None else int(code) & 0xFF


def session_error(error: Exception, place: str) -> SessionError:
    """The sentence for `error`; `place` is the database without its password."""
    template = _SENTENCES.get(sqlite_code(error) or -1)
    if template is not None:
        return SessionError(template, place=place)
    reason = str(error.orig) if isinstance(error, DBAPIError) else str(error)
    # PostgreSQL's errors have a state; those of a connection that was not made have none.
    silent = isinstance(error, OperationalError) and getattr(error.orig, "sqlstate", "") is None
    return SessionError(
        _SILENT if silent else _OTHER, place=place, reason=" ".join(reason.split()).rstrip(".?")
    )


@contextmanager
def explained(place: str) -> Iterator[None]:
    """Turn a database error within into a `SessionError`."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:  # the driver's own while it connects
        raise session_error(error, place) from error
