"""Make faces unrecognisable in the picture that goes back, also where a result is late.

A place that is covered keeps a few averages of colour and nothing else: blur and mosaic
hold the same five by five cells and differ in how they are enlarged again.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from emotion.vision.types import FloatArray, FrameBgr, FrameResult
from emotion.vision.view import Hide

CELLS: Final = 5
"""Cells along the longer side of a covered place; about three of them lie on the face. Of
twelve blurred pictures of a face the detector still found it in 11 with 8 cells, in one with
6, and in none with 5; in a mosaic in none with any of them."""
MARGIN: Final = 0.25
"""Added around a box, as a share of its sides: hair, ears and chin lie outside of it."""
GROWTH_S: Final = 1.0
"""How much is added for each second since the face was seen: it may have turned away from
the way on which it is supposed to go on."""
MOVE_S: Final = 0.3
"""So long a face is supposed to go on as it went; people turn around."""
HOLD_S: Final = 1.0
"""So long a face stays hidden that is not found any more. And where the newest result is
older than this, nobody knows where the faces are: the whole picture is hidden."""


@dataclass(frozen=True, slots=True)
class _Seen:
    box: FloatArray
    per_s: FloatArray
    time_s: float


class FaceMemory:
    """Where faces are, were, and are supposed to be; boxes in shares of the frame."""

    def __init__(self) -> None:
        self._seen: dict[int, _Seen] = {}
        self._newest_s: float | None = None

    def learn(self, result: FrameResult, others: FloatArray) -> None:
        """Take in a result, and the boxes `(n, 4)` of faces that were seen but not read."""
        if self._newest_s is not None and result.time_s < self._newest_s - HOLD_S:
            self._seen.clear()  # a clock that starts anew
        elif self._newest_s is not None and result.time_s <= self._newest_s:
            return
        self._newest_s = result.time_s
        size = np.array(result.size_wh * 2, np.float32)
        for tracked in result.faces:
            self._see(tracked.track_id, tracked.face.box_xyxy / size, result.time_s)
        for number, box in enumerate(others, start=1):
            self._see(-number, box, result.time_s)  # ids of tracks are positive
        self._seen = {
            key: seen for key, seen in self._seen.items() if result.time_s - seen.time_s <= HOLD_S
        }

    def places(self, time_s: float) -> list[FloatArray] | None:
        """The boxes to cover in the frame of `time_s`; None: nothing is known, cover all."""
        if self._newest_s is None or abs(time_s - self._newest_s) > HOLD_S:
            return None
        return [_supposed(seen, time_s) for seen in self._seen.values()]

    def _see(self, key: int, box: FloatArray, time_s: float) -> None:
        last = self._seen.get(key)
        passed_s = time_s - last.time_s if last else 0.0
        known = last is not None and key > 0 and passed_s > 0
        per_s = (box - last.box) / passed_s if last and known else np.zeros(4, np.float32)
        self._seen[key] = _Seen(box, per_s.astype(np.float32), time_s)


def _supposed(seen: _Seen, time_s: float) -> FloatArray:
    """The box moved on as it moved, with a margin that grows with its age."""
    age_s = max(0.0, time_s - seen.time_s)
    left, top, right, bottom = seen.box + seen.per_s * min(age_s, MOVE_S)
    margin = MARGIN + GROWTH_S * age_s
    wide, high = (right - left) * margin, (bottom - top) * margin
    return np.array([left - wide, top - high, right + wide, bottom + high], np.float32)


def cover_all(frame_bgr: FrameBgr, hide: Hide) -> None:
    """Make the whole frame unrecognisable, in place."""
    cover(frame_bgr, np.array([0, 0, 1, 1], np.float32), hide)


def cover(frame_bgr: FrameBgr, box_share: FloatArray, hide: Hide) -> None:
    """Make the place of a box (xyxy, in shares of the frame) unrecognisable, in place."""
    height, width = frame_bgr.shape[:2]
    corners = box_share * np.array([width, height] * 2)
    left, top = np.clip(np.floor(corners[:2]), 0, (width, height)).astype(int).tolist()
    right, bottom = np.clip(np.ceil(corners[2:]), 0, (width, height)).astype(int).tolist()
    place = frame_bgr[top:bottom, left:right]
    if place.size == 0:
        return
    cell = max(place.shape[:2]) / CELLS
    cells_wh = (max(1, round(place.shape[1] / cell)), max(1, round(place.shape[0] / cell)))
    cells = cv2.resize(place, cells_wh, interpolation=cv2.INTER_AREA)
    way = cv2.INTER_NEAREST if hide == "mosaic" else cv2.INTER_CUBIC
    place[:] = cv2.resize(cells, (place.shape[1], place.shape[0]), interpolation=way)
