"""What all browser tabs of one server share: models, the worker, the store of sessions."""

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

import streamlit as st

from emotion.errors import SessionError
from emotion.models.classifier import Classifier
from emotion.models.load import load_classifier
from emotion.models.store import find_model
from emotion.sessions.store import SessionStore
from emotion.sessions.writer import SessionWriter
from emotion.settings import load_settings
from emotion.vision.detector import FaceDetector
from emotion.vision.worker import Worker

if TYPE_CHECKING:
    from emotion.ui.analysis_evaluations import Evaluations

_logger = logging.getLogger(__name__)


@st.cache_resource(show_spinner=False)
def worker() -> Worker:
    """The one thread that serves all video streams."""
    return Worker()


@st.cache_resource(show_spinner=False)
def detector() -> FaceDetector:
    """The face detector of the worker's thread."""
    return FaceDetector()


def classifier(name: str) -> Classifier:
    """The model called `name`, loaded once for all tabs.

    Raises `ModelError` when it is missing or broken.
    """
    entry = find_model(load_settings().models_dir, name)
    return _classifier(str(entry.folder), entry.card.model_dump_json())


@st.cache_resource(max_entries=3, show_spinner=False)
def _classifier(folder: str, card: str) -> Classifier:  # noqa: ARG001  (another card, anew)
    return load_classifier(find_model(load_settings().models_dir, folder))


@st.cache_resource(show_spinner=False)
def store() -> SessionStore:
    """The recorded sessions. Raises `SessionError` when they cannot be opened."""
    return SessionStore(load_settings().database_url)


@st.cache_resource(ttl=timedelta(hours=1), show_spinner=False)
def forget_old_sessions() -> None:
    """Delete what is older than `SEMBLANTE_KEEP_DAYS`, once an hour while pages are opened."""
    keep_days = load_settings().keep_days
    if keep_days is None:
        return
    try:
        old = store().older_than(keep_days)
        store().delete(*(info.id for info in old))
    except SessionError as error:  # of no concern to who opens the page; tried again later
        _logger.warning("Sessions older than %d days were not deleted: %s", keep_days, error)


@st.cache_resource(show_spinner=False)
def writer() -> SessionWriter:
    """The one thread that writes recordings."""
    return SessionWriter(store())


@st.cache_resource(show_spinner=False)
def evaluations() -> "Evaluations":
    """The evaluations that go on, and what models answered so far."""
    from emotion.ui.analysis_evaluations import Evaluations  # with scikit-learn: takes a second

    return Evaluations()
