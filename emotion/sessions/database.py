"""Opening the database: its address, its folder, SQLite's settings, its transactions."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from emotion.errors import SessionError
from emotion.sessions.failures import LOCKED_CODES, sqlite_code

WRITING: Final = {"semblante_writing": True}
"""Execution option of a connection that is going to write."""


def open_engine(database_url: str, busy_s: float) -> Engine:
    """An engine for `database_url`; makes the folder of a new SQLite file.

    A connection waits `busy_s` seconds for a lock. Raises `SessionError` when the
    address is wrong or its driver is missing.
    """
    try:
        url = make_url(database_url)
        if url.drivername == "postgresql":
            url = url.set(drivername="postgresql+psycopg")  # SQLAlchemy's own choice varies
        url.get_dialect()
    except ArgumentError as error:
        # The address may hold a password, so it is not repeated.
        raise SessionError(
            "The setting SEMBLANTE_DATABASE_URL is not the address of a database. Write "
            "sqlite:///folder/sessions.db or postgresql+psycopg://user:password@host/name."
        ) from error
    options: dict[str, Any] = {}
    if url.get_backend_name() == "sqlite":
        _make_folder(url)
    elif url.get_driver_name() == "psycopg":
        # A server that was started anew meanwhile is connected to again.
        options = {
            "pool_pre_ping": True,
            "connect_args": {"connect_timeout": max(2, round(busy_s))},
        }
    try:
        engine = create_engine(url, **options)
    except ImportError as error:  # psycopg raises it, too, when it finds no libpq
        package = url.get_driver_name()
        raise SessionError(
            "The database {place} needs the Python package {package}, which is not installed. "
            "Install it (pip install {wheel}), or unset SEMBLANTE_DATABASE_URL.",
            place=place_of(url),
            package=package,
            wheel='"psycopg[binary]"' if package == "psycopg" else package,
        ) from error
    if url.get_backend_name() == "sqlite":
        _prepare_sqlite(engine, busy_s)
    return engine


def place_of(url: URL) -> str:
    """For people: the file of a SQLite database, or the address without its password."""
    if url.get_backend_name() == "sqlite" and url.database:
        return url.database
    return url.render_as_string(hide_password=True)


def switch_to_wal(engine: Engine, patience_s: float) -> None:
    """Let readers read while one writes; the setting stays with the SQLite file.

    SQLite does not wait for its own busy timeout here, so two processes that open a
    new file at once are waited for by hand, up to `patience_s` seconds. Raises
    `sqlite3.Error`.
    """
    deadline = time.monotonic() + patience_s
    while True:
        try:
            with closing(engine.raw_connection()) as connection:
                cursor = connection.cursor()
                if cursor.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                    cursor.execute("PRAGMA journal_mode = WAL")
                return
        except sqlite3.OperationalError as error:
            if sqlite_code(error) not in LOCKED_CODES or time.monotonic() > deadline:
                raise
        time.sleep(0.02)


def _make_folder(url: URL) -> None:
    if (url.database or ":memory:") == ":memory:":
        raise SessionError(
            "The database {url} would be in memory only and lost at the end. Set "
            "SEMBLANTE_DATABASE_URL to sqlite:/// and the path of a file.",
            url=str(url),
        )
    if "uri" in url.query:  # "file:...", SQLite's own kind of address
        return
    folder = Path(str(url.database)).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SessionError(
            "The folder {folder} for the sessions cannot be made: {reason}. Make it, or set "
            "SEMBLANTE_DATABASE_URL to another file.",
            folder=folder,
            reason=error.strerror,
        ) from error


def _prepare_sqlite(engine: Engine, busy_s: float) -> None:
    """Settings of each connection, and transactions that begin when we say so.

    `synchronous = NORMAL` in WAL mode: after a power cut the last commits may be
    missing, the file is never damaged (https://sqlite.org/pragma.html).
    """

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # or the driver commits before a CREATE TABLE
        connection.execute(f"PRAGMA busy_timeout = {round(busy_s * 1000)}")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA secure_delete = ON")  # what is deleted becomes zeros

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A transaction that reads first and then writes fails at once when another has
        # written meanwhile; one that takes the lock at its beginning waits for it.
        options: dict[str, Any] = dict(connection.get_execution_options())
        writes = all(options.get(key) == value for key, value in WRITING.items())
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
