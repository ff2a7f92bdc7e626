from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st

from emotion.sessions.store import SessionStore
from emotion.settings import load_settings
from tests.pages.recorder import Recorder


@pytest.fixture
def empty_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty database, no data, no runs, and the place of a models folder that is not there;
    nothing is kept of the test before."""
    monkeypatch.setenv("SEMBLANTE_MODELS_DIR", str(tmp_path / "models"))
    monkeypatch.setenv("SEMBLANTE_DATA_DIR", str(tmp_path / "faces"))
    monkeypatch.setenv("SEMBLANTE_RUNS_DIR", str(tmp_path / "runs"))
    monkeypatch.setenv("SEMBLANTE_DATABASE_URL", f"sqlite:///{tmp_path / 'sessions.db'}")
    load_settings.cache_clear()
    st.cache_resource.clear()
    yield tmp_path / "models"
    load_settings.cache_clear()
    st.cache_resource.clear()


@pytest.fixture
def store() -> Iterator[SessionStore]:
    store = SessionStore(load_settings().database_url)
    yield store
    store.close()


@pytest.fixture
def record(store: SessionStore) -> Iterator[Recorder]:
    recorder = Recorder(store)
    yield recorder
    recorder.close()
