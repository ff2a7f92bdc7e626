"""Clips made of real faces, with the truth of who is where."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest

from emotion.vision.types import FrameBgr, TrackedFace

SIZE_WH = (640, 480)
FERPLUS = Path(__file__).resolve().parents[3] / "shared" / "data" / "ferplus"
Path2d = Callable[[float], tuple[float, float]]


@dataclass(frozen=True)
class Actor:
    """A picture `(height, width, 3)` with an oval mask that moves on a path: its centre in
    pixels for each time in seconds, or outside of the frame."""

    picture: FrameBgr
    path: Path2d

    def paint(self, frame: FrameBgr, time_s: float) -> None:
        height, width = self.picture.shape[:2]
        x, y = self.path(time_s)
        matrix = np.array([[1, 0, x - width / 2], [0, 1, y - height / 2]], np.float32)
        mask = np.zeros((height, width), np.uint8)
        cv2.ellipse(mask, ((width / 2, height / 2), (width * 0.96, height * 0.96), 0), 255, -1)
        placed = cv2.warpAffine(self.picture, matrix, SIZE_WH, borderMode=cv2.BORDER_REPLICATE)
        share = cv2.warpAffine(mask, matrix, SIZE_WH)[:, :, None] / 255
        frame[:] = np.rint(frame * (1 - share) + placed * share).astype(np.uint8)


def clip(
    actors: list[Actor], seconds: float, frames_a_second: float
) -> Iterator[tuple[float, FrameBgr]]:
    """Frames with their times; later actors stand in front of earlier ones."""
    for number in range(round(seconds * frames_a_second)):
        time_s = number / frames_a_second
        frame = np.full((SIZE_WH[1], SIZE_WH[0], 3), 118, np.uint8)
        for actor in actors:
            actor.paint(frame, time_s)
        yield time_s, frame


def along(*stations: tuple[float, float, float]) -> Path2d:
    """Straight from station to station, each `(time_s, x, y)`."""
    times, xs, ys = zip(*stations, strict=True)
    return lambda time_s: (
        float(np.interp(time_s, times, xs)),
        float(np.interp(time_s, times, ys)),
    )


def actor_of(faces: tuple[TrackedFace, ...], actor: Actor, time_s: float) -> int | None:
    """The id of the face that stands where the actor is, if there is one within 30 pixels."""
    x, y = actor.path(time_s)
    centres = {f.track_id: f.face.box_xyxy.reshape(2, 2).mean(axis=0) for f in faces}
    near = {number: float(np.hypot(*(centre - (x, y)))) for number, centre in centres.items()}
    best = min(near, key=near.__getitem__, default=None)
    return best if best is not None and near[best] < 30 else None


def heads(astronaut_bgr: FrameBgr) -> tuple[FrameBgr, FrameBgr]:
    """The astronaut's head, its face in the middle, and a copy: mirrored, larger and bluer."""
    head = astronaut_bgr[30:210, 154:294]
    other = np.clip(head[:, ::-1] * np.array([1.0, 0.8, 0.7]), 0, 255).astype(np.uint8)
    return head, np.asarray(cv2.resize(other, None, fx=1.1, fy=1.1), np.uint8)


def several_people(count: int, side: int = 130) -> list[FrameBgr]:
    """Faces of FER+, where that folder stands beside the checkout; else the test is skipped."""
    if not FERPLUS.is_dir():
        pytest.skip(f"The faces of several people are not there: {FERPLUS}")
    paths = sorted((FERPLUS / "test" / "7").glob("*.png"))[:count]
    return [np.asarray(cv2.resize(cv2.imread(str(path)), (side, side)), np.uint8) for path in paths]
