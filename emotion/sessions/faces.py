"""The faces of a session: give one a name, say that two are one person."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, select, update
from sqlalchemy.orm import aliased

from emotion.errors import SessionError
from emotion.sessions.queries import face_number
from emotion.sessions.schema import NAME_LENGTH, Frame, Sample, Track
from emotion.sessions.store import SessionStore


def name_face(store: SessionStore, session_id: int, face: int, name: str) -> None:
    """Call a face `name`, in one line; "" takes its name away.

    Raises `SessionError` for a name that is too long, or a face that is not there.
    """
    name = " ".join(name.split())
    if len(name) > NAME_LENGTH:
        raise SessionError(
            "The name of a face has {length} characters. Give it {most} at most.",
            length=len(name),
            most=NAME_LENGTH,
        )
    with store.writing() as connection:
        _change(connection, session_id, _tracks(connection, session_id, face)[:1], name=name)


def join_faces(store: SessionStore, session_id: int, face: int, other: int) -> None:
    """Say that `other` is the same person as `face`: it goes by that number from now on.

    Raises `SessionError` when one of them is not there, or both were seen at once.
    """
    with store.writing() as connection:
        ours, theirs = (_tracks(connection, session_id, one) for one in (face, other))
        if face == other:
            return
        at_s = connection.scalar(_together(session_id, ours, theirs))
        if at_s is not None:
            raise SessionError(
                "The faces {face} and {other} are seen at the same time, {seconds:.1f} seconds "
                "after the start, so they are two people. Choose two that never meet.",
                face=face,
                other=other,
                seconds=at_s,
            )
        _change(connection, session_id, theirs, same_as=face)


def split_face(store: SessionStore, session_id: int, face: int) -> None:
    """Take back all that `join_faces` said of `face`. Raises `SessionError` when it is not
    there."""
    with store.writing() as connection:
        _change(connection, session_id, _tracks(connection, session_id, face), same_as=None)


def _tracks(connection: Connection, session_id: int, face: int) -> Sequence[int]:
    """The numbers of the tracks of `face`, its own first."""
    query = select(Track.number).where(Track.session_id == session_id, face_number() == face)
    tracks = connection.scalars(query.order_by(Track.same_as.is_not(None), Track.number)).all()
    if not tracks:
        raise SessionError(
            "The session {number} has no face {face}. Choose one of its faces.",
            number=session_id,
            face=face,
        )
    return tracks


def _together(session_id: int, ours: Sequence[int], theirs: Sequence[int]) -> Select[Any]:
    """The time of a frame in which tracks of both are seen."""
    own, other = aliased(Sample), aliased(Sample)
    return (
        select(Frame.time_s)
        .join(own, (own.session_id == Frame.session_id) & (own.frame_number == Frame.number))
        .join(
            other,
            (other.session_id == own.session_id) & (other.frame_number == own.frame_number),
        )
        .where(
            Frame.session_id == session_id,
            own.track_number.in_(ours),
            other.track_number.in_(theirs),
        )
        .limit(1)
    )


def _change(
    connection: Connection, session_id: int, tracks: Sequence[int], **values: object
) -> None:
    chosen = Track.number.in_(tracks)
    connection.execute(update(Track).where(Track.session_id == session_id, chosen).values(values))
