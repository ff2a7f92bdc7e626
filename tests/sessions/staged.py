"""Sessions with known truth: it is decided when each face shows what, then it is sampled.

All moments lie on the grid of the samples, so that what is computed from the samples can
be compared with what was decided, without rounding.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from emotion.labels import KEYS, UNSURE
from emotion.sessions import tables
from emotion.vision.types import REASONS
from tests.sessions.made import START, probabilities

STEPS_PER_S: Final = 10


@dataclass(frozen=True)
class Piece:
    """Face `face` shows `label` in the steps from `begin` up to `end`."""

    face: int
    begin: int
    end: int
    label: str
    reasons: str = ""
    confidence: float = 0.7
    baseline: bool = False

    @property
    def start_s(self) -> float:
        return self.begin / STEPS_PER_S

    @property
    def end_s(self) -> float:
        return self.end / STEPS_PER_S

    @property
    def length_s(self) -> float:
        return (self.end - self.begin) / STEPS_PER_S


def staged(faces: int, steps: int, seed: int) -> list[Piece]:
    """Random pieces: short and long ones, "not sure" with its reasons, faces that leave."""
    rng = np.random.default_rng(seed)
    pieces = []
    for face in range(1, faces + 1):
        step, label = int(rng.integers(0, 20)), ""
        while step < steps:
            label = str(rng.choice([one for one in (*KEYS, UNSURE, UNSURE) if one != label]))
            end = min(step + int(rng.choice([1, 2, 3, 4, 5, 6, 12, 40])), steps)
            why = rng.choice(REASONS, size=rng.integers(1, 3), replace=False)
            pieces.append(
                Piece(
                    face,
                    step,
                    end,
                    label,
                    ",".join(why) if label == UNSURE else "",
                    float(rng.choice([0.25, 0.5, 0.75])),
                    bool(rng.integers(2)),
                )
            )
            step = end + (int(rng.integers(15, 60)) if rng.random() < 0.1 else 0)
    return pieces


def cut(pieces: Sequence[Piece], begin: int, end: int) -> list[Piece]:
    """What of `pieces` lies in the steps from `begin` up to `end`."""
    inside = (
        Piece(
            p.face,
            max(p.begin, begin),
            min(p.end, end),
            p.label,
            p.reasons,
            p.confidence,
            p.baseline,
        )
        for p in pieces
    )
    return [piece for piece in inside if piece.begin < piece.end]


def sampled(pieces: Sequence[Piece]) -> pd.DataFrame:
    """The samples of `pieces`, as the store gives them."""
    rows = [
        (
            step / STEPS_PER_S,
            p.face,
            p.label if p.label != UNSURE else "neutral",
            p.confidence,
            *probabilities(p.label if p.label != UNSURE else "neutral", p.confidence).tolist(),
            *(0.9, 100.0, p.label, p.reasons, p.baseline),
        )
        for p in pieces
        for step in range(p.begin, p.end)
    ]
    return tables.samples_table(sorted(rows, key=lambda row: row[:2]), START)


def counted(pieces: Sequence[Piece], steps: int) -> pd.DataFrame:
    """The frames of `pieces`: how many faces stand in each step."""
    rows = [
        (step / STEPS_PER_S, sum(p.begin <= step < p.end for p in pieces), 7.5)
        for step in range(steps)
    ]
    return tables.frames_table(rows, START)


def by_face(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """The pieces of each face in order of time."""
    for face in sorted({piece.face for piece in pieces}):
        yield sorted((p for p in pieces if p.face == face), key=lambda p: p.begin)
