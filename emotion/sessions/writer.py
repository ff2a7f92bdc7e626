"""Recording sessions: one thread writes in batches what other threads hand over.

Nothing here makes the video wait. A crash loses what was handed over since the last
batch, about half a second.
"""

import atexit
import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from emotion.errors import SessionError
from emotion.sessions.recording import Pace, Recording
from emotion.sessions.rows import (
    Entry,
    SessionGoneError,
    TimedResult,
    end_session,
    insert_entries,
    insert_session,
)
from emotion.sessions.spans import MAX_GAP_S
from emotion.sessions.store import SessionStore, usable_name
from emotion.sessions.summaries import store_summaries

SAMPLES_PER_S: Final = 10.0
"""Expressions last from half a second upwards (Ekman, 2003, "Emotions Revealed"), so ten
samples a second show even a short one five times, at a third of the rows of the video."""
BATCH_S: Final = 0.5
BATCH_FRAMES: Final = 500
CAPACITY: Final = 6000
"""Frames kept while the database is locked: ten minutes at ten a second."""
SPANS_S: Final = 10.0
"""How often what was recorded is stored in fewer rows as well."""

_logger = logging.getLogger(__name__)


class SessionWriter:
    """The writer thread of the process.

    `clock` gives seconds that never go back. `error` is why the last attempt to write
    failed, None after one that did not. Raises `SessionError` when the store cannot be
    written: sessions of processes that are gone are closed here.
    """

    def __init__(
        self,
        store: SessionStore,
        samples_per_s: float = SAMPLES_PER_S,
        capacity: int = CAPACITY,
        batch_s: float = BATCH_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.error: SessionError | None = None
        self._store = store
        self._batch_s = batch_s
        self._wake = threading.Event()
        self._pace = Pace(1 / samples_per_s, capacity, BATCH_FRAMES, clock, self._wake.set)
        self._active: list[_Active] = []
        self._closing = False
        store.close_interrupted()
        self._thread = threading.Thread(target=self._run, name="session-writer", daemon=True)
        self._thread.start()
        atexit.register(self.close)

    def start(self, name: str, model: str, note: str = "") -> Recording:
        """Begin a session; `model` is the name of the model that classifies.

        Raises `SessionError` when it cannot be written or the name cannot be used.
        """
        if self._closing:
            raise ValueError("the writer is closed")
        started_at, began = datetime.now(UTC), self._pace.clock()
        with self._store.writing() as connection:
            session_id = insert_session(connection, usable_name(name), model, note, started_at)
        recording = Recording(session_id, started_at, began, self._pace, model)
        self._active.append(_Active(self._store, recording))
        self._wake.set()
        return recording

    def close(self, timeout_s: float = 10.0) -> None:
        """Stop all recordings and write what is left, waiting up to `timeout_s`."""
        atexit.unregister(self.close)
        self._closing = True
        for active in list(self._active):
            active.recording.stop()
        self._wake.set()
        self._thread.join(timeout_s)
        for active in list(self._active):
            _logger.error(
                "%d frames of the session %d are not written: %s",
                active.recording.waiting,
                active.recording.session_id,
                active.recording.error,
            )

    def _run(self) -> None:
        while self._active or not self._closing:
            self._wake.wait(self._batch_s if self._active else None)
            self._wake.clear()
            for active in list(self._active):
                self.error = active.save()
                if active.is_finished:
                    self._active.remove(active)


class _Active:
    """The writer's side of a recording; the writer thread alone uses it."""

    def __init__(self, store: SessionStore, recording: Recording) -> None:
        self.recording = recording
        self.is_finished = False
        self._store = store
        self._tracks: frozenset[int] = frozenset()
        self._last_time_s = 0.0
        self._spans_due_s = SPANS_S

    def save(self) -> SessionError | None:
        """Write all that waits. After an error it stays in the buffer for the next turn,
        unless the session is gone."""
        try:
            while not self.is_finished:
                batch, is_last = self.recording.peek()
                if not batch and not is_last:
                    break
                self._write(batch, is_last)
        except SessionGoneError as error:
            self._finish(error)
        except SessionError as error:
            self.recording.error = error
        else:
            self.recording.error = None
        return self.recording.error

    def _write(self, batch: list[Entry], is_last: bool) -> None:
        session_id = self.recording.session_id
        frames = [entry for entry in batch if isinstance(entry, TimedResult)]
        time_s = frames[-1].time_s if frames else self._last_time_s
        with self._store.writing() as connection:
            tracks = insert_entries(connection, session_id, batch, self._tracks)
            if time_s >= self._spans_due_s:
                store_summaries(connection, session_id, time_s - MAX_GAP_S)
            if is_last:
                end_session(connection, session_id, self.recording.started_at, time_s)
        self.recording.forget(len(batch))
        self._tracks, self._last_time_s = tracks, time_s
        self._spans_due_s = max(self._spans_due_s, time_s // SPANS_S * SPANS_S + SPANS_S)
        if is_last:
            self._finish(None)

    def _finish(self, error: SessionError | None) -> None:
        self.is_finished = True
        self.recording.finish(error)
