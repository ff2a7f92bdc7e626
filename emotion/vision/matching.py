"""Which detected box belongs to which track: overlap, distance and size, assigned at once."""

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from emotion.vision.types import FloatArray

# Distances are between centres, in heights of the larger of two boxes.
REACH: Final = 0.8
"""How far from where it was expected a face may turn up in the next frame: two faces side
by side are at least one height apart, so that a neighbour is not within reach."""
REACH_PER_S: Final = 1.0
"""How much further for each second that it was not seen."""
MAX_REACH: Final = 2.0
"""Someone who comes back enters near where they left: further off it is someone else."""
LEAP: Final = 2.5
"""The reach of a leap: a face in one frame and a box in the next that have nobody else, such
as a head that is thrown aside at five frames a second."""
LEAP_S: Final = 0.45
"""A leap spans two intervals at five frames a second; later it would be a newcomer."""
SIZE_RATIO: Final = 1.7
"""A face is not larger or smaller by more from one look to the next; the detector's box
heights spread by 16 % (see crop.py), and someone who comes back may stand elsewhere."""
UNSEEN_COST: Final = 1.0
"""For each second that a track was not seen: when two faces cross, the one in
front was seen all the time, and its box must not go to the one that is hidden."""

_FORBIDDEN: Final = 1e6
BoolArray = npt.NDArray[np.bool_]


def match(expected: FloatArray, unseen_s: FloatArray, boxes: FloatArray) -> dict[int, int]:
    """Index of a box `(n, 4)` -> index of its track: the pairs with the least sum of costs.

    `expected` `(m, 4)` are the tracks' boxes as they should be now, `unseen_s` `(m,)` the
    seconds since each was last seen. A cost is (1 - IoU) + distance / reach + difference of
    log size + `UNSEEN_COST`; as many pairs are made as are within reach. Of 90 random crossings
    of two real faces, at 6, 12 and 24 frames a second, 88 keep both ids.
    """
    if not len(expected) or not len(boxes):
        return {}
    distance, log_ratio = _distance(boxes, expected), _log_ratio(boxes, expected)
    alike = log_ratio <= np.log(SIZE_RATIO)
    reach = np.minimum(REACH + REACH_PER_S * unseen_s, MAX_REACH)
    cost = (1 - iou(boxes, expected)) + distance / reach + log_ratio + UNSEEN_COST * unseen_s
    near = alike & (distance <= reach)
    rows, columns = linear_sum_assignment(np.where(near, cost, _FORBIDDEN))
    pairs = {int(r): int(c) for r, c in zip(rows, columns, strict=True) if near[r, c]}
    return pairs | _leaps(alike & (distance <= LEAP) & (unseen_s <= LEAP_S), pairs)


def _leaps(plausible: BoolArray, pairs: dict[int, int]) -> dict[int, int]:
    """The pairs of boxes and tracks left over that have only each other."""
    free = plausible.copy()
    free[list(pairs)] = False
    free[:, list(pairs.values())] = False
    only = free & (free.sum(axis=1, keepdims=True) == 1) & (free.sum(axis=0) == 1)
    return {int(row): int(column) for row, column in np.argwhere(only)}


def iou(boxes: FloatArray, others: FloatArray) -> FloatArray:
    """Intersection over union of boxes `(n, 4)` with others `(m, 4)`, xyxy: `(n, m)`."""
    low = np.maximum(boxes[:, None, :2], others[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], others[None, :, 2:])
    common = np.clip(high - low, 0, None).prod(axis=2)
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    other_areas = (others[:, 2:] - others[:, :2]).prod(axis=1)
    union = areas[:, None] + other_areas[None, :] - common
    return np.asarray(common / np.maximum(union, 1e-9), dtype=np.float32)


def _distance(boxes: FloatArray, others: FloatArray) -> FloatArray:
    """Between the centres, in heights of the larger box, `(n, m)`."""
    centres, other_centres = (b.reshape(-1, 2, 2).mean(axis=1) for b in (boxes, others))
    apart = np.linalg.norm(centres[:, None] - other_centres[None], axis=2)
    larger = np.maximum(_heights(boxes)[:, None], _heights(others)[None])
    return np.asarray(apart / larger, dtype=np.float32)


def _log_ratio(boxes: FloatArray, others: FloatArray) -> FloatArray:
    logs, other_logs = np.log(_heights(boxes)), np.log(_heights(others))
    return np.asarray(np.abs(logs[:, None] - other_logs[None]), np.float32)


def _heights(boxes: FloatArray) -> FloatArray:
    return np.asarray(np.maximum(boxes[:, 3] - boxes[:, 1], 1e-3), np.float32)
