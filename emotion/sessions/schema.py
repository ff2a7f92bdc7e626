"""The tables of recorded sessions: numbers and times, never pictures.

A session has frames (one for each recorded result, faces or none), tracks (one for each
face that was followed) and samples (what one face showed in one frame), and besides
markers and pauses. All of them are numbered by who records them, so a batch is written
without reading anything back, and the primary keys are the order in which a session is
read. Times are seconds since the session's start on a clock that no pause stops. Spans and
presences say the same as samples and frames in fewer rows, so that hours are read at once
(`spans`, `presence`).
"""

from datetime import UTC, datetime
from typing import Final

from sqlalchemy import (
    REAL,
    CheckConstraint,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    MetaData,
    String,
    Text,
    TypeDecorator,
    false,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

RECORDING: Final = "recording"
ENDED: Final = "ended"
INTERRUPTED: Final = "interrupted"
NAME_LENGTH: Final = 200


class UtcDateTime(TypeDecorator[datetime]):
    """A moment with its zone. SQLite keeps no zone, so UTC is stored and given back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """In UTC. Raises `ValueError` for a moment without zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"the moment {value} has no time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """In UTC, whatever zone the server speaks."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Constraints have names on every database, so that a migration can find them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Session(Base):
    """One recording. `owner_*` name the process that writes it, pid and start time
    (seconds since 1970), since a pid alone is used again."""

    __tablename__ = "session"
    __table_args__ = (
        CheckConstraint(f"state IN ('{RECORDING}', '{ENDED}', '{INTERRUPTED}')", name="state"),
        Index(None, "started_at"),
        # Without it SQLite gives the number of a deleted session to the next one.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    state: Mapped[str] = mapped_column(String(16))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    model: Mapped[str] = mapped_column(String(NAME_LENGTH))
    note: Mapped[str] = mapped_column(Text)
    app_version: Mapped[str] = mapped_column(String(32))
    owner_host: Mapped[str] = mapped_column(String(255))
    owner_pid: Mapped[int]
    owner_started: Mapped[float] = mapped_column(Double)


class Track(Base):
    """One face followed over frames; `number` is its id within the session.

    `name` is what the user calls it. `same_as` is the number of the track that the user
    said is the same person: the face then has that number wherever it is read.
    """

    __tablename__ = "track"

    session_id: Mapped[int] = mapped_column(
        ForeignKey("session.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH), server_default="")
    same_as: Mapped[int | None]


class Frame(Base):
    """One recorded result. `time_s` counts from the session's start."""

    __tablename__ = "frame"
    __table_args__ = (Index(None, "session_id", "time_s"),)

    session_id: Mapped[int] = mapped_column(
        ForeignKey("session.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    time_s: Mapped[float] = mapped_column(Double)
    faces: Mapped[int]
    processing_ms: Mapped[float] = mapped_column(REAL)


class Marker(Base):
    """A moment that the user marked."""

    __tablename__ = "marker"

    session_id: Mapped[int] = mapped_column(
        ForeignKey("session.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    time_s: Mapped[float] = mapped_column(Double)
    label: Mapped[str] = mapped_column(String(NAME_LENGTH))


class Reader(Base):
    """A model that took over while the session was recorded, and read from `time_s` on; the
    first one is the session's `model`."""

    __tablename__ = "reader"

    session_id: Mapped[int] = mapped_column(
        ForeignKey("session.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    time_s: Mapped[float] = mapped_column(Double)
    model: Mapped[str] = mapped_column(String(NAME_LENGTH))


class Pause(Base):
    """Time in which nothing was recorded; without an end when the session ended in it."""

    __tablename__ = "pause"

    session_id: Mapped[int] = mapped_column(
        ForeignKey("session.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    start_s: Mapped[float] = mapped_column(Double)
    end_s: Mapped[float | None] = mapped_column(Double)


class Probabilities:
    """The columns of the seven probabilities, in folder order."""

    p_surprise: Mapped[float] = mapped_column(REAL)
    p_fear: Mapped[float] = mapped_column(REAL)
    p_disgust: Mapped[float] = mapped_column(REAL)
    p_happy: Mapped[float] = mapped_column(REAL)
    p_sad: Mapped[float] = mapped_column(REAL)
    p_angry: Mapped[float] = mapped_column(REAL)
    p_neutral: Mapped[float] = mapped_column(REAL)


class Sample(Probabilities, Base):
    """What one face showed in one frame.

    The seven `p_*` are the smoothed probabilities that the interface showed,
    `expression` the key of the face's expression and `confidence` its probability.
    `score` is the detector's, `face_width_px` the width of its box. `shown` is what the
    interface said: the expression, or "unsure" for one of the `reasons` (their keys, with
    commas between). `baseline` says whether the person's neutral baseline was applied.
    """

    __tablename__ = "sample"
    __table_args__ = (
        ForeignKeyConstraint(
            ["session_id", "frame_number"],
            ["frame.session_id", "frame.number"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["session_id", "track_number"],
            ["track.session_id", "track.number"],
            ondelete="CASCADE",
        ),
        Index(None, "session_id", "track_number", "frame_number"),
    )

    session_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    frame_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    track_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    expression: Mapped[str] = mapped_column(String(16))
    confidence: Mapped[float] = mapped_column(REAL)
    score: Mapped[float] = mapped_column(REAL)
    face_width_px: Mapped[float] = mapped_column(REAL)
    # The defaults are for rows of a database from before these columns.
    shown: Mapped[str] = mapped_column(String(16), server_default="")
    reasons: Mapped[str] = mapped_column(Text, server_default="")
    baseline: Mapped[bool] = mapped_column(server_default=false())


class Span(Probabilities, Base):
    """What one face showed from sample to sample while its label and reasons stayed.

    `spans.SLOT_S` says at which times a span ends in any case. `frame_number` and `start_s`
    are those of its first sample, `end_s` is until when its last one stands, `seconds` the
    time that its `samples` stand for; `confidence`, the seven `p_*` and `baseline` (1 where it
    was applied) are means over it.
    """

    __tablename__ = "span"
    __table_args__ = (
        ForeignKeyConstraint(
            ["session_id", "track_number"],
            ["track.session_id", "track.number"],
            ondelete="CASCADE",
        ),
        Index(None, "session_id", "start_s"),
    )

    session_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    track_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    frame_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    start_s: Mapped[float] = mapped_column(Double)
    end_s: Mapped[float] = mapped_column(Double)
    seconds: Mapped[float] = mapped_column(Double)
    samples: Mapped[int]
    shown: Mapped[str] = mapped_column(String(16))
    reasons: Mapped[str] = mapped_column(Text)
    confidence: Mapped[float] = mapped_column(REAL)
    baseline: Mapped[float] = mapped_column(REAL)


class Presence(Base):
    """How many faces were in view from frame to frame while the number stayed: what `Span` is
    to samples, this is to frames. `start_s` is the time of the first of its `frames`, `end_s`
    until when the last one stands."""

    __tablename__ = "presence"
    __table_args__ = (Index(None, "session_id", "start_s"),)

    session_id: Mapped[int] = mapped_column(
        ForeignKey("session.id", ondelete="CASCADE"), primary_key=True
    )
    frame_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    start_s: Mapped[float] = mapped_column(Double)
    end_s: Mapped[float] = mapped_column(Double)
    frames: Mapped[int]
    faces: Mapped[int]
