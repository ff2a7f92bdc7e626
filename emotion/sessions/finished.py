"""Store a session that is finished already: what was read from a file, with its own times."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from emotion.sessions.rows import TimedResult, end_session, insert_entries, insert_session
from emotion.sessions.store import SessionStore, usable_name

BATCH: Final = 1000
"""Frames that are turned into rows at once, so that a long file does not fill the memory."""


def save_finished(
    store: SessionStore, name: str, model: str, results: Sequence[TimedResult], note: str = ""
) -> int:
    """Write the session as one that has ended, whole or not at all; returns its number.

    Its start is now; `results` stand in the order of time. Raises `SessionError` when it
    cannot be written or the name cannot be used.
    """
    name, started_at = usable_name(name), datetime.now(UTC)
    with store.writing() as connection:
        session_id = insert_session(connection, name, model, note, started_at)
        tracks: frozenset[int] = frozenset()
        for begin in range(0, len(results), BATCH):
            batch = results[begin : begin + BATCH]
            tracks = insert_entries(connection, session_id, batch, tracks)
        end_session(connection, session_id, started_at, results[-1].time_s if results else 0.0)
    return session_id
