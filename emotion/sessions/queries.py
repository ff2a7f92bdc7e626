"""What is asked of the database: a session's facts, and its rows in order."""

from typing import Any

from sqlalchemy import Connection, Select, func, select
from sqlalchemy.orm import aliased

from emotion.sessions.schema import Frame, Marker, Pause, Reader, Sample, Session, Track
from emotion.sessions.tables import PROBABILITIES


def face_number() -> Any:
    """The number by which a track goes: that of the person's first track."""
    return func.coalesce(Track.same_as, Track.number)


def samples(session_id: int) -> Select[Any]:
    """The rows of `tables.samples_table`."""
    return (
        select(
            Frame.time_s,
            face_number(),
            Sample.expression,
            Sample.confidence,
            *(getattr(Sample, name) for name in PROBABILITIES),
            Sample.score,
            Sample.face_width_px,
            Sample.shown,
            Sample.reasons,
            Sample.baseline,
        )
        .join(
            Sample,
            (Sample.session_id == Frame.session_id) & (Sample.frame_number == Frame.number),
        )
        .join(
            Track,
            (Track.session_id == Sample.session_id) & (Track.number == Sample.track_number),
        )
        .where(Frame.session_id == session_id)
        .order_by(Frame.number, face_number())
    )


def moments(session_id: int) -> Select[Any]:
    """All frames in order, each with what its faces show; without a face, nulls."""
    same_frame = (Sample.session_id == Frame.session_id) & (Sample.frame_number == Frame.number)
    same_track = (Track.session_id == Sample.session_id) & (Track.number == Sample.track_number)
    person = aliased(Track)
    first = (person.session_id == Track.session_id) & (person.number == face_number())
    return (
        select(
            Frame.number,
            Frame.time_s,
            person.number.label("face"),
            person.name.label("face_name"),
            Sample.expression,
            Sample.confidence,
            *(getattr(Sample, name) for name in PROBABILITIES),
            Sample.score,
            Sample.face_width_px,
            Sample.shown,
            Sample.reasons,
            Sample.baseline,
        )
        .outerjoin(Sample, same_frame)
        .outerjoin(Track, same_track)
        .outerjoin(person, first)
        .where(Frame.session_id == session_id)
        .order_by(Frame.number, person.number)
    )


def next_to(session_id: int, time_s: float) -> list[Select[Any]]:
    """The last frame up to `time_s` and the first one from then on: `number`, `time_s`."""
    of_session: Any = select(Frame.number, Frame.time_s).where(Frame.session_id == session_id)
    return [
        of_session.where(Frame.time_s <= time_s).order_by(Frame.time_s.desc()).limit(1),
        of_session.where(Frame.time_s >= time_s).order_by(Frame.time_s).limit(1),
    ]


def frames(session_id: int) -> Select[float, int, float]:
    """The rows of `tables.frames_table`."""
    return (
        select(Frame.time_s, Frame.faces, Frame.processing_ms)
        .where(Frame.session_id == session_id)
        .order_by(Frame.number)
    )


def markers(session_id: int) -> Select[float, str]:
    """The rows of `tables.markers_table`."""
    return (
        select(Marker.time_s, Marker.label)
        .where(Marker.session_id == session_id)
        .order_by(Marker.number)
    )


def readers(session_id: int) -> Select[float, str]:
    """Time and name of each model that took over while recording."""
    return (
        select(Reader.time_s, Reader.model)
        .where(Reader.session_id == session_id)
        .order_by(Reader.number)
    )


def last_time() -> Any:
    """The time of a session's last frame, 0 when it has none."""
    last = (
        select(Frame.time_s)
        .where(Frame.session_id == Session.id)
        .order_by(Frame.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    return func.coalesce(last, 0.0).label("last_time_s")


def _paused() -> Any:
    """Seconds of a session's pauses before its last frame."""
    later = select(Frame.number).where(Frame.session_id == Session.id, Frame.time_s >= Pause.end_s)
    length = (
        select(func.sum(Pause.end_s - Pause.start_s))
        .where(Pause.session_id == Session.id, later.correlate(Session, Pause).exists())
        .scalar_subquery()
    )
    return func.coalesce(length, 0.0).label("paused_s")


def read_pauses(connection: Connection, session_id: int) -> list[tuple[float, float]]:
    """Begin and end of the pauses that ended, in order."""
    query = (
        select(Pause.start_s, Pause.end_s)
        .where(Pause.session_id == session_id, Pause.end_s.is_not(None))
        .order_by(Pause.number)
    )
    return [(row.start_s, row.end_s) for row in connection.execute(query)]


def infos() -> Select[Any]:
    """All sessions with what `SessionInfo` holds."""

    def count(table: type[Sample | Track | Marker], *only: Any) -> Any:
        of_session = table.session_id == Session.id
        return select(func.count()).where(of_session, *only).scalar_subquery()

    return select(
        Session,
        last_time(),
        _paused(),
        count(Sample).label("samples"),
        count(Track, Track.same_as.is_(None)).label("faces"),
        count(Marker).label("markers"),
    )
