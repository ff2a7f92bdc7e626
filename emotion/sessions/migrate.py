"""Bringing a database to the schema of this version, by Alembic's migrations.

A new migration, after a change of `schema.py`, on a database at the last one:

    python -c "from emotion.sessions.migrate import new_revision; new_revision('words')"
"""

import threading
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from emotion.errors import SessionError
from emotion.sessions.database import WRITING
from emotion.sessions.summaries import store_all_summaries

_MIGRATIONS: Final = Path(__file__).resolve().parent / "migrations"
_POSTGRES_LOCK: Final = 7_365_626  # any number that all processes of the app agree on
_ALEMBIC_LOCK: Final = threading.Lock()  # Alembic's environment is global to the process


def migrate(engine: Engine, place: str) -> None:
    """Run what is missing of the migrations, in one transaction, one process at a time.

    A database that is up to date is only read. Raises `SessionError` when it was
    written by a newer version of the app.
    """
    scripts = ScriptDirectory(str(_MIGRATIONS))
    with engine.connect() as connection:
        if _is_current(connection, scripts, place):
            return
    with (
        _ALEMBIC_LOCK,
        engine.connect().execution_options(**WRITING) as connection,
        connection.begin(),
    ):
        if connection.dialect.name == "postgresql":
            connection.execute(
                text("SELECT pg_advisory_xact_lock(:number)"), {"number": _POSTGRES_LOCK}
            )
        if not _is_current(connection, scripts, place):
            command.upgrade(_config(connection), "head")
            store_all_summaries(connection)


def new_revision(message: str) -> None:
    """Write the next migration from the difference of schema and configured database."""
    from emotion.sessions.database import open_engine
    from emotion.settings import load_settings

    engine = open_engine(load_settings().database_url, busy_s=5)
    with _ALEMBIC_LOCK, engine.connect() as connection:
        command.revision(_config(connection), message, autogenerate=True)


def _is_current(connection: Connection, scripts: ScriptDirectory, place: str) -> bool:
    current = MigrationContext.configure(connection).get_current_revision()
    if current is None:
        return False
    if current not in {script.revision for script in scripts.walk_revisions()}:
        raise SessionError(
            "The sessions in {place} were written by a newer version of Semblante (schema "
            "{revision}). Update this one, or set SEMBLANTE_DATABASE_URL to another file.",
            place=place,
            revision=current,
        )
    return current == scripts.get_current_head()


def _config(connection: Connection) -> Config:
    config = Config()
    # A "%" in the path would be read as a placeholder.
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
