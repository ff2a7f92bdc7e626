import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url
from sqlalchemy.schema import CreateSchema, DropSchema

from emotion.sessions.store import SessionStore
from emotion.sessions.writer import SessionWriter
from tests.sessions.made import Clock, url

POSTGRES: Final = "SEMBLANTE_TEST_POSTGRES_URL"


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database: SQLite's, or what `made.BOTH` asks for."""
    if getattr(request, "param", "sqlite") == "sqlite":
        yield url(tmp_path / "sessions.db")
        return
    server = os.environ.get(POSTGRES)
    if not server:
        missing = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        missing(f"set {POSTGRES} to a PostgreSQL server's address (.ci/postgresql starts one)")
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    schema = f"test_{uuid4().hex}"
    with engine.connect() as connection:
        connection.execute(CreateSchema(schema))
        address = make_url(server).update_query_dict({"options": f"-csearch_path={schema}"})
        yield address.render_as_string(hide_password=False)
        connection.execute(DropSchema(schema, cascade=True))
    engine.dispose()


@pytest.fixture
def store(database: str) -> Iterator[SessionStore]:
    """An empty store, which waits a fifth of a second for a lock."""
    store = SessionStore(database, busy_s=0.2)
    yield store
    store.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def writer(store: SessionStore, clock: Clock) -> Iterator[SessionWriter]:
    """A writer on `store` with a clock set by hand."""
    writer = SessionWriter(store, batch_s=0.02, clock=clock)
    yield writer
    writer.close()
