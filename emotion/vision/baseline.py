"""A person's neutral baseline: what their resting face makes the model say, taken off.

Some faces at rest look sad or angry to a model. From about three seconds of a neutral face
comes a correction for that person alone, which can be undone (`Tracker.set_baseline`).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from emotion.errors import CameraError
from emotion.vision.types import FloatArray, TrackedFace

DURATION_S: Final = 3.0
"""Long enough for some blinks and a few hundred milliseconds of other things."""
LEAST_FRAMES: Final = 10
"""At five frames a second two thirds of the time must have shown a good picture."""

RESTING: Final = np.array([0.026, 0.003, 0.002, 0.034, 0.098, 0.023, 0.814], np.float32)
"""What a model says of neutral faces on average, in folder order: the mean probabilities of the
shipped model for FER+'s neutral pictures held out of train, 586 of them
(`python -m benchmarks.limits DATA`)."""

MAX_SHIFT: Final = float(np.log(6.0))
"""The correction may make an expression six times as likely or unlikely, not more. A resting
face read as sad with 0.60 and neutral with 0.20 needs 6.1 and 4.1; a clear expression (0.95)
stands against six times less and a neutral six times more when neutral has below 0.02."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """One person's correction: `log_shift` `(7,)` is added to log probabilities."""

    log_shift: FloatArray

    def apply(self, probabilities: FloatArray) -> FloatArray:
        """Corrected probabilities, `(7,)` or `(n, 7)`, of the person's own.

        The prior correction of Saerens, Latinne and Decaestecker, 2002, "Adjusting the outputs
        of a classifier to new a priori probabilities" (equation 2.4): each posterior is
        multiplied by the ratio of the new prior to the old one and the seven are made to sum to
        one, p'(k) = p(k) w(k) / sum_j p(j) w(j). Here w(k) = m(k) / r(k), with m what the
        model says of neutral faces on average (`RESTING`) and r the mean of what it says of
        this one at rest, so that the average resting face becomes the average neutral one;
        log w is limited to `MAX_SHIFT` either way.
        """
        shifted = probabilities * np.exp(self.log_shift)
        return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True), np.float32)


def baseline_of(resting: FloatArray, reference: FloatArray = RESTING) -> Baseline:
    """The correction for a person whose neutral face gave `resting` `(n, 7)`, n > 0.

    `reference` `(7,)` is what the model says of neutral faces on average.
    """
    if resting.ndim != 2 or not len(resting):
        raise ValueError(f"no resting probabilities to average: shape {resting.shape}")
    tiny = 1e-6
    ratio = np.log(np.maximum(reference, tiny)) - np.log(np.maximum(resting.mean(axis=0), tiny))
    return Baseline(np.clip(ratio, -MAX_SHIFT, MAX_SHIFT).astype(np.float32))


class Calibration:
    """Collects one track's neutral face until `DURATION_S` have passed.

    Frames whose picture is not good enough do not count; being unsure does.
    """

    def __init__(self, track_id: int) -> None:
        self.track_id = track_id
        self._rows: list[FloatArray] = []
        self._started_s: float | None = None
        self._newest_s = 0.0

    def add(self, faces: tuple[TrackedFace, ...], time_s: float) -> None:
        """Take in a frame: the faces of a `FrameResult` and its time."""
        if self._started_s is None:
            self._started_s = time_s
        self._newest_s = time_s
        if self.progress < 1:
            self._rows += [face.probabilities for face in faces if self._is_good(face)]

    @property
    def progress(self) -> float:
        """The share of the time that has passed, 0 to 1."""
        passed_s = 0.0 if self._started_s is None else self._newest_s - self._started_s
        return min(1.0, passed_s / DURATION_S)

    def finish(self) -> Baseline:
        """The correction. Raises `CameraError` when the face was not seen well enough."""
        if len(self._rows) < LEAST_FRAMES:
            raise CameraError(
                "The face was seen well in only {n} pictures of {seconds:.0f} seconds; {least} "
                "are needed. Look into the camera in good light and calibrate again.",
                n=len(self._rows),
                seconds=DURATION_S,
                least=LEAST_FRAMES,
            )
        return baseline_of(np.stack(self._rows))

    def _is_good(self, face: TrackedFace) -> bool:
        poor = face.quality is not None and face.quality.reasons
        return face.track_id == self.track_id and not poor
