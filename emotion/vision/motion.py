"""Where a face is between two looks at it: a small Kalman filter for its box.

The centre moves on with a velocity that is estimated and dies away: a damped form of the
constant-velocity model of SORT (Bewley et al., 2016, "Simple online and realtime tracking");
the damping is that of Singer (1970), "Estimating optimal tracking filter performance for
manned maneuvering targets". The size is filtered and not carried on: a box shrinks within a
frame when somebody walks in front of it, and would shrink away. Frames may come at any time.
"""

from math import exp
from typing import Final

import numpy as np
import numpy.typing as npt

from emotion.vision.types import FloatArray

DETECTION_NOISE: Final = 0.015
"""How far the detector's box departs from the face, standard deviation in box heights: 0.006
across, 0.014 down and 0.018 in height where a face of 106 pixels is moved by parts of a pixel."""
ACCELERATION: Final = 6.0
"""How hard a head speeds up, in box heights per second squared: leaning aside takes it
from rest to about one height a second in a sixth of a second."""
DAMPING_S: Final = 0.4
"""How long a head that is not seen is thought to go on: a movement of the head ends within
half a second, and someone who left the picture stays near its edge. Between two looks of the
detector anything from 0.2 to 1 second does equally well."""
FIRST_SPEED: Final = 1.0
"""Standard deviation of a new face's speed in box heights a second, before any is measured."""

_MIN_SIDE: Final = 1.0


class Motion:
    """Centre, its velocity, and size of one box; boxes are xyxy in pixels."""

    def __init__(self, box_xyxy: FloatArray, time_s: float) -> None:
        self._time_s = time_s
        self._state = np.stack([_centre_size(box_xyxy), np.zeros(4)])
        # One covariance for all four, in box heights: they are measured equally well.
        self._covariance = np.diag([DETECTION_NOISE**2, FIRST_SPEED**2])

    def predict(self, time_s: float) -> FloatArray:
        """The box as it is expected at `time_s`, not before the last look."""
        return _box((self._step(time_s) @ self._state)[0])

    def correct(self, box_xyxy: FloatArray, time_s: float) -> None:
        """Take in that the face was seen in this box at `time_s`."""
        step, passed_s = self._step(time_s), max(0.0, time_s - self._time_s)
        push = ACCELERATION * np.array([passed_s**2 / 2, passed_s])
        state = step @ self._state
        covariance = step @ self._covariance @ step.T + np.outer(push, push)
        gain = covariance[:, 0] / (covariance[0, 0] + DETECTION_NOISE**2)
        self._state = state + np.outer(gain, _centre_size(box_xyxy) - state[0])
        self._state[1, 2:] = 0.0
        self._covariance = covariance - np.outer(gain, covariance[0])
        self._time_s = max(time_s, self._time_s)

    def scale(self, scale_xy: FloatArray) -> None:
        """Follow a stream whose frames change their size by these factors."""
        self._state = self._state * np.tile(scale_xy, 2)

    def _step(self, time_s: float) -> npt.NDArray[np.float64]:
        """The `(2, 2)` matrix that takes place and velocity to `time_s`."""
        left = exp(-max(0.0, time_s - self._time_s) / DAMPING_S)
        return np.array([[1.0, DAMPING_S * (1 - left)], [0.0, left]])


def _centre_size(box_xyxy: FloatArray) -> npt.NDArray[np.float64]:
    low, high = box_xyxy[:2].astype(np.float64), box_xyxy[2:].astype(np.float64)
    return np.concatenate([(low + high) / 2, high - low])


def _box(centre_size: npt.NDArray[np.float64]) -> FloatArray:
    centre, half = centre_size[:2], np.maximum(centre_size[2:], _MIN_SIDE) / 2
    return np.concatenate([centre - half, centre + half]).astype(np.float32)
