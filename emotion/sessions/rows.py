"""Writing a session's rows: its beginning, what is recorded, its end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from emotion import __version__
from emotion.errors import SessionError
from emotion.labels import EXPRESSIONS
from emotion.sessions.owner import this_process
from emotion.sessions.schema import (
    ENDED,
    RECORDING,
    Frame,
    Marker,
    Pause,
    Reader,
    Sample,
    Session,
    Track,
)
from emotion.sessions.spans import SLOT_S
from emotion.sessions.summaries import store_summaries
from emotion.sessions.tables import PROBABILITIES
from emotion.vision.types import FrameResult, TrackedFace


class SessionGoneError(SessionError):
    """The session was deleted while it was recorded."""


@dataclass(frozen=True, slots=True)
class TimedResult:
    """A result to record: its number, and seconds since the session's start."""

    number: int
    time_s: float
    result: FrameResult


@dataclass(frozen=True, slots=True)
class Marked:
    """A marker: its number, seconds since the session's start, its label."""

    number: int
    time_s: float
    label: str


@dataclass(frozen=True, slots=True)
class Switched:
    """Another model reads from now on: its number, seconds since the start, its name."""

    number: int
    time_s: float
    model: str


@dataclass(frozen=True, slots=True)
class Paused:
    """The beginning of the pause with that number."""

    number: int
    time_s: float


@dataclass(frozen=True, slots=True)
class Resumed:
    """The end of the pause with that number."""

    number: int
    time_s: float


Entry = TimedResult | Marked | Switched | Paused | Resumed
"""What a recording hands over, in the order of time."""


def insert_session(
    connection: Connection, name: str, model: str, note: str, started_at: datetime
) -> int:
    """Begin a session that this process records; returns its number."""
    owner = this_process()
    session = {
        "name": name,
        "state": RECORDING,
        "started_at": started_at,
        "model": model,
        "note": note,
        "app_version": __version__,
        "owner_host": owner.host,
        "owner_pid": owner.pid,
        "owner_started": owner.started,
    }
    return connection.execute(insert(Session).values(session).returning(Session.id)).scalar_one()


def insert_entries(
    connection: Connection,
    session_id: int,
    batch: Sequence[Entry],
    known_tracks: frozenset[int],
) -> frozenset[int]:
    """Write `batch`; returns the track numbers that the session has now.

    Raises `SessionGoneError` when the session is not there any more.
    """
    frames = [entry for entry in batch if isinstance(entry, TimedResult)]
    found = connection.execute(select(Session.id).where(Session.id == session_id)).first()
    if found is None:
        raise SessionGoneError(
            "The session {number} was deleted while it was recorded; its last {frames} frames "
            "are lost. Start a new recording.",
            number=session_id,
            frames=len(frames),
        )
    tracks = {face.track_id for timed in frames for face in timed.result.faces}
    _insert(
        connection,
        Track,
        [{"session_id": session_id, "number": number} for number in sorted(tracks - known_tracks)],
    )
    _insert(connection, Frame, [_frame(session_id, timed) for timed in frames])
    _insert(
        connection,
        Sample,
        [
            _sample(session_id, timed.number, face)
            for timed in frames
            for face in timed.result.faces
        ],
    )
    _insert_events(connection, session_id, batch)
    return known_tracks | tracks


def _insert_events(connection: Connection, session_id: int, batch: Sequence[Entry]) -> None:
    for entry in batch:
        keys = {"session_id": session_id, "number": entry.number}
        match entry:
            case Marked():
                row = keys | {"time_s": entry.time_s, "label": entry.label}
                _insert(connection, Marker, [row])
            case Switched():
                row = keys | {"time_s": entry.time_s, "model": entry.model}
                _insert(connection, Reader, [row])
            case Paused():
                _insert(connection, Pause, [keys | {"start_s": entry.time_s}])
            case Resumed():
                connection.execute(update(Pause).filter_by(**keys).values(end_s=entry.time_s))


def end_session(
    connection: Connection, session_id: int, started_at: datetime, time_s: float
) -> None:
    """Mark the session as ended with its last frame, `time_s` after the start."""
    store_summaries(connection, session_id, time_s + SLOT_S)
    changes = {"state": ENDED, "ended_at": started_at + timedelta(seconds=time_s)}
    connection.execute(update(Session).where(Session.id == session_id).values(changes))


def _insert(
    connection: Connection,
    table: type[Track | Frame | Sample | Marker | Reader | Pause],
    rows: list[dict[str, Any]],
) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _frame(session_id: int, timed: TimedResult) -> dict[str, Any]:
    return {
        "session_id": session_id,
        "number": timed.number,
        "time_s": timed.time_s,
        "faces": len(timed.result.faces),
        "processing_ms": sum(timed.result.timings_ms.values()),
    }


def _sample(session_id: int, frame_number: int, face: TrackedFace) -> dict[str, Any]:
    left, _top, right, _bottom = face.face.box_xyxy.tolist()
    return {
        "session_id": session_id,
        "frame_number": frame_number,
        "track_number": face.track_id,
        "expression": EXPRESSIONS[face.expression_index].key,
        "confidence": face.confidence,
        "score": face.face.score,
        "face_width_px": right - left,
        "shown": face.shown,
        "reasons": ",".join(face.reasons),
        "baseline": face.baseline,
        **dict(zip(PROBABILITIES, face.smoothed.tolist(), strict=True)),
    }
