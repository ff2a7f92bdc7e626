"""A part of a session: from seconds of recording to the times of the tables, and back."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Select, Subquery, func, select

from emotion.sessions import presence, queries, spans, tables
from emotion.sessions.schema import Session
from emotion.sessions.spans import SLOT_S
from emotion.sessions.store import SessionStore
from emotion.sessions.tables import Pauses, paused_before, through_pauses


@dataclass(frozen=True, slots=True)
class Range:
    """A part of a session, while a connection reads it.

    `start_s` and `end_s` are seconds of recording, without pauses; `begin_s` and
    `finish_s` the same moments on the clock that no pause stops, the end not within.
    """

    connection: Connection
    session_id: int
    started_at: datetime
    pauses: Pauses
    start_s: float
    end_s: float
    begin_s: float
    finish_s: float

    def spans(self, slot_s: float = SLOT_S, before_s: float = 0.0) -> Subquery:
        """Its spans, as `spans.between` gives them; with those of `before_s` before it."""
        begin_s = max(self.begin_s - before_s, 0.0)
        return spans.between(self.connection, self.session_id, begin_s, self.finish_s, slot_s)

    def presence(self, slot_s: float = SLOT_S, before_s: float = 0.0) -> Subquery:
        """How many faces were in view, as `presence.between` gives it."""
        begin_s = max(self.begin_s - before_s, 0.0)
        return presence.between(self.connection, self.session_id, begin_s, self.finish_s, slot_s)

    def table(self, query: Select[Any], types: Mapping[str, str]) -> pd.DataFrame:
        """The rows of `query`, its columns called and typed as in `types`."""
        return tables.typed(self.connection.execute(query), types)

    def faces_by_time(self) -> pd.DataFrame:
        """`face` and the `seconds` for which it was seen, the longest first."""
        own = self.spans().c
        seconds = func.sum(own.seconds).label("seconds")
        query = select(own.face, seconds).group_by(own.face).order_by(seconds.desc(), own.face)
        return self.table(query, {"face": "int64", "seconds": "float64"})

    def recorded(self, seconds: pd.Series) -> pd.Series:
        """Times of the tables as seconds of recording."""
        return seconds - paused_before(seconds, self.pauses)

    def moments(self, seconds: pd.Series) -> pd.Series:
        """Times of the tables as moments in UTC."""
        return tables.moments(seconds, self.started_at)


@contextmanager
def open_range(
    store: SessionStore, session_id: int, start_s: float | None, end_s: float | None
) -> Iterator[Range]:
    """The session from `start_s` to `end_s` seconds of recording; None is its beginning or
    its end. Raises `SessionError` when there is none of this number."""
    query = select(Session.started_at, queries.last_time()).where(Session.id == session_id)
    with store.reading() as connection:
        row = connection.execute(query).one_or_none()
        if row is None:
            raise store.missing(session_id)
        pauses = queries.read_pauses(connection, session_id)
        last_s = pd.Series([row.last_time_s])
        length_s = float((last_s - paused_before(last_s, pauses)).iloc[0])
        begin_s = 0.0 if start_s is None else through_pauses(max(start_s, 0.0), pauses)
        # The last frame is within; it stands for some time, too.
        whole = end_s is None or end_s > length_s
        finish_s = row.last_time_s + SLOT_S if whole else through_pauses(end_s or 0.0, pauses)
        yield Range(
            connection,
            session_id,
            row.started_at,
            pauses,
            start_s or 0.0,
            length_s if end_s is None else end_s,
            begin_s,
            max(begin_s, finish_s),
        )
