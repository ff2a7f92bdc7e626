"""Spans: samples in fewer rows, made by the database, so that hours are read at once.

A span is a run of samples of one track with the same label and the same reasons. It ends
where the face was away for `MAX_GAP_S` and at each multiple of `SLOT_S`, so that the bins
of a chart and a range of time are made of whole spans. They are stored while a session is
recorded; what is not stored yet is made from the samples when it is asked for.

All times here are those of the tables: seconds on a clock that no pause stops.
"""

import math
from collections.abc import Callable
from typing import Any, Final

import pandas as pd
from sqlalchemy import (
    Case,
    ColumnElement,
    Connection,
    Integer,
    Select,
    Subquery,
    case,
    func,
    or_,
    select,
    union_all,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from emotion.sessions.queries import face_number
from emotion.sessions.schema import Frame, Presence, Sample, Span, Track
from emotion.sessions.tables import PROBABILITIES

SLOT_S: Final = 2.0
"""Ten hours of three faces are then some 60,000 spans, and a chart of 600 bins needs at most
twenty minutes of samples where it is closer than that."""
MAX_GAP_S: Final = 1.0
"""A longer gap means that the face was away: it is not counted as shown."""
LONE_S: Final = 0.1
"""What a sample stands for that has no other near it."""
TOUCHING_S: Final = 1e-6
"""A span that is nearer to the end of the one before goes on from it: a sample stands until
the next one, unless the face was away."""
MEANS: Final = ("confidence", *PROBABILITIES, "baseline")
"""The columns that are means over a span's time."""
Made = Callable[[Connection, int, float, float, float], Select[Any]]
"""What makes rows of a session's range: begin, end and slot, in seconds."""
COLUMNS: Final = tuple(column.name for column in Span.__table__.columns)


class floored(FunctionElement[int]):  # noqa: N801  (it stands in a query as a function)
    """The integer below a number that is not negative."""

    inherit_cache = True
    type = Integer()


@compiles(floored)
def _floored(element: floored, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST(FLOOR({compiler.process(element.clauses, **options)}) AS INTEGER)"


@compiles(floored, "sqlite")
def _cut_off(element: floored, compiler: SQLCompiler, **options: Any) -> str:
    # FLOOR is not in every SQLite; its CAST cuts off, where PostgreSQL's rounds.
    return f"CAST({compiler.process(element.clauses, **options)} AS INTEGER)"


def frame_range(
    connection: Connection, session_id: int, begin_s: float, end_s: float
) -> tuple[int, int]:
    """The numbers of the first frame from `begin_s` on and of the last one before `end_s`;
    the first is the greater one where there is none."""
    numbers = select(Frame.number).where(
        Frame.session_id == session_id, Frame.time_s >= begin_s, Frame.time_s < end_s
    )
    first = connection.scalar(numbers.order_by(Frame.time_s).limit(1))
    last = connection.scalar(numbers.order_by(Frame.time_s.desc()).limit(1))
    return (1, 0) if first is None or last is None else (first, last)


def stands(since_s: ColumnElement[float], until_s: ColumnElement[float]) -> Case[float]:
    """Seconds that a sample stands for: those until the next one of its track; the last one
    before a gap as long as the one before it, a lone one for `LONE_S`.

    `since_s` and `until_s` are those from the sample before and to the next, or null.
    """
    return case((until_s <= MAX_GAP_S, until_s), (since_s <= MAX_GAP_S, since_s), else_=LONE_S)


def made(
    connection: Connection,
    session_id: int,
    begin_s: float,
    end_s: float,
    slot_s: float = SLOT_S,
) -> Select[Any]:
    """The spans of the samples from `begin_s` up to before `end_s`, cut at multiples of
    `slot_s`: a query with the columns of `Span`."""
    own = _neighbours(connection, session_id, begin_s, end_s).subquery().c
    since_s, until_s = own.time_s - own.before_s, own.after_s - own.time_s
    begins = or_(
        own.before_s.is_(None),
        since_s > MAX_GAP_S,
        own.shown != own.shown_before,
        own.reasons != own.reasons_before,
        floored(own.time_s / slot_s) != floored(own.before_s / slot_s),
    )
    number = func.sum(case((begins, 1), else_=0)).over(
        partition_by=own.track_number, order_by=own.frame_number
    )
    stands_s = stands(since_s, until_s).label("stands_s")
    rows = select(*own, stands_s, number.label("number")).where(
        own.time_s >= begin_s, own.time_s < end_s
    )
    return _joined(rows.subquery())


def _neighbours(
    connection: Connection, session_id: int, begin_s: float, end_s: float
) -> Select[Any]:
    """The samples of a range and of `MAX_GAP_S` around it, each with what the samples
    before and after it say."""
    # By number, since without it SQLite reads the whole session in search of a time.
    first, last = frame_range(connection, session_id, begin_s - MAX_GAP_S, end_s + MAX_GAP_S)
    order: Any = {"partition_by": Sample.track_number, "order_by": Sample.frame_number}
    return (
        select(
            Sample.session_id,
            Sample.track_number,
            Sample.frame_number,
            Frame.time_s,
            Sample.shown,
            Sample.reasons,
            *(getattr(Sample, name) for name in MEANS[:-1]),
            case((Sample.baseline, 1.0), else_=0.0).label("baseline"),
            func.lag(Frame.time_s).over(**order).label("before_s"),
            func.lead(Frame.time_s).over(**order).label("after_s"),
            func.lag(Sample.shown).over(**order).label("shown_before"),
            func.lag(Sample.reasons).over(**order).label("reasons_before"),
        )
        .join(
            Frame, (Frame.session_id == Sample.session_id) & (Frame.number == Sample.frame_number)
        )
        .where(
            Sample.session_id == session_id,
            Sample.frame_number.between(first, last),
            # The same again: PostgreSQL otherwise may read all frames for each sample.
            Frame.session_id == session_id,
            Frame.number.between(first, last),
        )
    )


def _joined(rows: Subquery) -> Select[Any]:
    """The samples of one `number` of a track as one row."""
    own = rows.c
    seconds = func.sum(own.stands_s)
    values = {
        "session_id": own.session_id,
        "track_number": own.track_number,
        "frame_number": func.min(own.frame_number),
        "start_s": func.min(own.time_s),
        "end_s": func.max(own.time_s + own.stands_s),
        "seconds": seconds,
        "samples": func.count(),
        "shown": func.min(own.shown),
        "reasons": func.min(own.reasons),
    } | {name: func.sum(own[name] * own.stands_s) / seconds for name in MEANS}
    return select(*(values[name].label(name) for name in COLUMNS)).group_by(
        own.session_id, own.track_number, own.number
    )


def stored_until(
    connection: Connection, session_id: int, table: type[Span | Presence] = Span
) -> float:
    """Up to which time the session's rows of `table` are stored: a multiple of `SLOT_S`."""
    query = select(func.max(table.start_s)).where(table.session_id == session_id)
    last_s = connection.scalar(query)
    return 0.0 if last_s is None else (last_s // SLOT_S + 1) * SLOT_S


def stored_or_made(
    connection: Connection,
    session_id: int,
    begin_s: float,
    end_s: float,
    slot_s: float,
    table: type[Span | Presence],
    made: Made,
) -> Subquery:
    """The rows of `table` from `begin_s` up to before `end_s`, whatever of them is stored.

    They are cut at multiples of `slot_s`; for less than `SLOT_S` all are made anew.
    """
    first_s = math.ceil(begin_s / SLOT_S) * SLOT_S
    last_s = min(end_s // SLOT_S * SLOT_S, stored_until(connection, session_id, table))
    if slot_s < SLOT_S or first_s >= last_s:
        return made(connection, session_id, begin_s, end_s, slot_s).subquery()
    stored = select(*table.__table__.columns).where(
        table.session_id == session_id, table.start_s >= first_s, table.start_s < last_s
    )
    ends = [
        made(connection, session_id, begin, end, SLOT_S)
        for begin, end in ((begin_s, first_s), (last_s, end_s))
        # A plain query of what is stored is far faster than one with an empty part beside it.
        if begin < end and _has_frames(connection, session_id, begin, end)
    ]
    return (union_all(stored, *ends) if ends else stored).subquery()


def _has_frames(connection: Connection, session_id: int, begin_s: float, end_s: float) -> bool:
    first, last = frame_range(connection, session_id, begin_s, end_s)
    return first <= last


def between(
    connection: Connection,
    session_id: int,
    begin_s: float,
    end_s: float,
    slot_s: float = SLOT_S,
) -> Subquery:
    """The spans of the samples from `begin_s` up to before `end_s`, as `stored_or_made` gives
    them: the columns of `Span`, and `face`, the number of the person's first track."""
    rows = stored_or_made(connection, session_id, begin_s, end_s, slot_s, Span, made)
    same = (Track.session_id == rows.c.session_id) & (Track.number == rows.c.track_number)
    return select(rows, face_number().label("face")).join(Track, same).subquery()


def stretches(rows: pd.DataFrame) -> pd.Series:
    """The number of the appearance of its `face` that each row belongs to, from 0; a row
    from `start_s` to `end_s`, in order of face and time."""
    away_s = rows["start_s"] - rows.groupby("face")["end_s"].shift()
    return (away_s > TOUCHING_S).groupby(rows["face"]).cumsum()
