"""How many faces were in view: frames in fewer rows, as `spans` are samples in fewer rows.

A row ends where the number changes, where no frame came for `MAX_GAP_S`, and at each multiple
of `SLOT_S`.
"""

from typing import Any

from sqlalchemy import Connection, Select, Subquery, case, func, or_, select

from emotion.sessions.schema import Frame, Presence
from emotion.sessions.spans import (
    MAX_GAP_S,
    SLOT_S,
    floored,
    frame_range,
    stands,
    stored_or_made,
)


def made(
    connection: Connection, session_id: int, begin_s: float, end_s: float, slot_s: float = SLOT_S
) -> Select[Any]:
    """The rows of the frames from `begin_s` up to before `end_s`, cut at multiples of `slot_s`:
    a query with the columns of `Presence`."""
    own = _neighbours(connection, session_id, begin_s, end_s).subquery().c
    since_s, until_s = own.time_s - own.before_s, own.after_s - own.time_s
    begins = or_(
        own.before_s.is_(None),
        since_s > MAX_GAP_S,
        own.faces != own.faces_before,
        floored(own.time_s / slot_s) != floored(own.before_s / slot_s),
    )
    number = func.sum(case((begins, 1), else_=0)).over(order_by=own.number).label("row")
    ends_s = (own.time_s + stands(since_s, until_s)).label("ends_s")
    inside = select(*own, ends_s, number).where(own.time_s >= begin_s, own.time_s < end_s)
    row = inside.subquery().c
    return select(
        row.session_id,
        func.min(row.number).label("frame_number"),
        func.min(row.time_s).label("start_s"),
        func.max(row.ends_s).label("end_s"),
        func.count().label("frames"),
        func.min(row.faces).label("faces"),
    ).group_by(row.session_id, row.row)


def _neighbours(
    connection: Connection, session_id: int, begin_s: float, end_s: float
) -> Select[Any]:
    """The frames of a range and of `MAX_GAP_S` around it, each with what those before and after
    it say."""
    first, last = frame_range(connection, session_id, begin_s - MAX_GAP_S, end_s + MAX_GAP_S)
    order: Any = {"order_by": Frame.number}
    return select(
        Frame.session_id,
        Frame.number,
        Frame.time_s,
        Frame.faces,
        func.lag(Frame.time_s).over(**order).label("before_s"),
        func.lead(Frame.time_s).over(**order).label("after_s"),
        func.lag(Frame.faces).over(**order).label("faces_before"),
    ).where(Frame.session_id == session_id, Frame.number.between(first, last))


def between(
    connection: Connection, session_id: int, begin_s: float, end_s: float, slot_s: float = SLOT_S
) -> Subquery:
    """The rows from `begin_s` up to before `end_s`, as `spans.stored_or_made` gives them."""
    return stored_or_made(connection, session_id, begin_s, end_s, slot_s, Presence, made)
