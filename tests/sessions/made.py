"""Small real objects for the tests of sessions: results, tables, a clock set by hand."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from emotion.labels import BY_KEY, KEYS
from emotion.sessions import tables
from emotion.sessions.rows import TimedResult
from emotion.vision.types import REASONS, Face, FrameResult, Reason, TrackedFace

START = datetime(2026, 3, 14, 9, 26, 53, 589_000, tzinfo=UTC)

BOTH = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
"""Tests that run on a SQLite file and on a PostgreSQL server."""


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def url(path: Path) -> str:
    return f"sqlite:///{path}"


def probabilities(key: str, confidence: float = 0.7) -> np.ndarray:
    """Seven numbers that sum to 1, `confidence` for `key`, the rest even."""
    values = np.full(7, (1 - confidence) / 6, dtype=np.float32)
    values[BY_KEY[key].index] = confidence
    return values


def result(*faces: tuple[int, str], confidence: float = 0.7) -> FrameResult:
    """A result with the faces `(track id, key of the smoothed label)`.

    The frame's own probabilities say "fear", so that a test sees which ones are kept.
    """
    return FrameResult(
        time_s=5.0,
        size_wh=(640, 480),
        faces=tuple(
            TrackedFace(
                track_id=number,
                face=Face(
                    box_xyxy=np.array([10, 20, 110, 140], np.float32),
                    landmarks_xy=np.zeros((5, 2), np.float32),
                    score=0.875,
                ),
                probabilities=probabilities("fear"),
                smoothed=probabilities(key, confidence),
            )
            for number, key in faces
        ),
        timings_ms={"detect": 4.0, "classify": 3.5},
    )


def samples(rows: Sequence[tuple[float, int, str]], confidence: float = 0.7) -> pd.DataFrame:
    """A table of samples from `(seconds, face, key)`."""
    made = [
        (
            seconds,
            face,
            key,
            confidence,
            *probabilities(key, confidence).tolist(),
            *(0.9, 100.0, key, "", False),
        )
        for seconds, face, key in rows
    ]
    return tables.samples_table(made, START)


def markers(rows: Sequence[tuple[float, str]] = ()) -> pd.DataFrame:
    """A table of markers from `(seconds, label)`."""
    return tables.markers_table(rows, START)


def frames(rows: Sequence[tuple[float, int]]) -> pd.DataFrame:
    """A table of frames from `(seconds, faces)`."""
    return tables.frames_table([(seconds, faces, 7.5) for seconds, faces in rows], START)


def random_samples(faces: int, seconds: float, step_s: float = 0.1, seed: int = 0) -> pd.DataFrame:
    """`faces` faces seen at once all the time, each row with another label."""
    rng = np.random.default_rng(seed)
    times = np.arange(0, seconds, step_s)
    return samples([(t, f, KEYS[rng.integers(7)]) for t in times for f in range(faces)])


@dataclass(frozen=True, slots=True)
class Seen:
    """What one face shows in a frame: the key of its expression, why it is not shown."""

    face: int
    key: str
    confidence: float = 0.7
    reasons: tuple[Reason, ...] = ()


def timed(frames: Sequence[tuple[float, Sequence[Seen]]]) -> list[TimedResult]:
    """Results to record from `(seconds, faces)`."""
    results = []
    for number, (seconds, faces) in enumerate(frames):
        seen = result(*((one.face, one.key) for one in faces))
        tracked = tuple(
            replace(face, smoothed=probabilities(one.key, one.confidence), reasons=one.reasons)
            for face, one in zip(seen.faces, faces, strict=True)
        )
        results.append(TimedResult(number, seconds, replace(seen, faces=tracked)))
    return results


def lively(seconds: float, seed: int = 0) -> list[TimedResult]:
    """A random session: three faces that change their look, come and go, in a video of
    uneven pace that stands still now and then."""
    rng = np.random.default_rng(seed)
    looks = [Seen(face, "neutral") for face in (1, 2, 3)]
    present = np.array([True, True, False])
    frames, now = [], 0.0
    while now < seconds:
        for index in np.flatnonzero(rng.random(3) < 0.1):
            reasons = REASONS[: rng.integers(1, 3)] if rng.random() < 0.3 else ()
            looks[index] = Seen(
                int(index) + 1, KEYS[rng.integers(7)], float(rng.uniform(0.3, 0.9)), reasons
            )
        present ^= rng.random(3) < 0.02
        frames.append((now, [look for look, here in zip(looks, present, strict=True) if here]))
        now += float(rng.uniform(0.05, 0.3)) if rng.random() > 0.02 else float(rng.uniform(1, 6))
    return timed(frames)
