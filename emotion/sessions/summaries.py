"""Spans and presences are stored while a session is recorded, and for those of old databases."""

from typing import Final

from sqlalchemy import Connection, insert, select

from emotion.sessions import presence, spans
from emotion.sessions.queries import last_time
from emotion.sessions.schema import RECORDING, Presence, Session, Span
from emotion.sessions.spans import SLOT_S, Made, stored_until

CHUNK_S: Final = 1800.0
"""How much is made by one query, so that a long session fills no memory."""
_KINDS: Final[tuple[tuple[type[Span | Presence], Made], ...]] = (
    (Span, spans.made),
    (Presence, presence.made),
)


def store_summaries(connection: Connection, session_id: int, until_s: float) -> None:
    """Store the rows of all whole slots before `until_s` that are not stored yet.

    The samples of `MAX_GAP_S` after `until_s` must be written, unless there come no more.
    """
    for table, made in _KINDS:
        begin_s = stored_until(connection, session_id, table)
        end_s = until_s // SLOT_S * SLOT_S
        while begin_s < end_s:
            chunk_s = min(end_s, begin_s + CHUNK_S)
            columns = [column.name for column in table.__table__.columns]
            query = made(connection, session_id, begin_s, chunk_s, SLOT_S).subquery()
            rows = select(*(query.c[name] for name in columns))
            connection.execute(insert(table).from_select(columns, rows))
            begin_s = chunk_s


def store_all_summaries(connection: Connection) -> None:
    """Store what is missing of all sessions that are not being recorded."""
    query = select(Session.id, last_time()).where(Session.state != RECORDING)
    for session_id, last_s in connection.execute(query).all():
        store_summaries(connection, session_id, last_s + SLOT_S)
