"""A steady label: probabilities averaged over time, and a label that is not given up at once.

One number sets it all, the strength from 0 (each frame stands alone) to 1, and
`delay_ms(strength)` says what it costs. Times are the stream's own, so that it works alike
at any frame rate.
"""

from math import exp, log
from typing import Final

import numpy as np
from scipy.special import softmax

from emotion.vision.types import REASONS, FloatArray, Reason

MAX_TIME_CONSTANT_S: Final = 1.2
"""The time constant at strength 1. A posed expression lasts 0.5 to 4 seconds (Ekman, 2003,
"Emotions Revealed"): a longer memory would show it after it is over."""
DEFAULT_STRENGTH: Final = 0.5
"""0.3 seconds: at 30 frames a second one odd frame moves a label by a tenth of its way."""

FLOOR: Final = 1e-3
"""Smaller probabilities count as this. One frame that is wrongly sure (1e-9 for what was
right) would weigh three times as much as one at the floor; with it, the most that a frame can
say for one expression against another is ln 1000, which three usual frames outweigh."""

MARGIN: Final = log(1.5)
"""A new label must be half as likely again as the old one: about 0.42 to 0.28 where two
expressions share a face, which is more than two that are nearly even sway by."""
HOLD_SHARE: Final = 1 / 3
"""For this share of the time constant the new one must lead: 0.1 seconds at the default, three
frames at 30 a second and one more frame at 5."""

TYPICAL_LEAD: Final = log(0.86 / 0.023)
"""Log ratio of the right expression to another before and after a change, for `delay_ms`: on
pictures held out of FER+, the shipped model's mean confidence is 0.86 (`python -m
benchmarks.limits DATA`), and the six others share the rest."""

REASON_HOLD_S: Final = 0.25
"""A reason for "not sure" comes and goes only when it has held this long: two frames at 5 a
second, and long enough to be read when it alternates."""


def time_constant_s(strength: float) -> float:
    """Seconds after which the weight of a frame has fallen to 37 %; squared, so that the
    weak half of the slider, where most want to be, is the finer one."""
    if not 0 <= strength <= 1:
        raise ValueError(f"the strength of smoothing must be from 0 to 1, not {strength}")
    return MAX_TIME_CONSTANT_S * strength**2


def delay_ms(strength: float) -> float:
    """Milliseconds from a change of the face to the change of its label.

    The log ratio of new to old runs from -L to L as L (1 - 2 exp(-t / T)), with the time
    constant T and L = `TYPICAL_LEAD`; it passes `MARGIN` at T ln(2 / (1 - MARGIN / L)), and
    the label follows `HOLD_SHARE` T later. Frames add up to one interval, the camera and
    the way to it their own delay.
    """
    crossing = log(2 / (1 - MARGIN / TYPICAL_LEAD))
    return 1000 * time_constant_s(strength) * (crossing + HOLD_SHARE)


class SmoothedLabel:
    """The smoothed probabilities of one track and the label that it holds.

    An exponential moving average of log probabilities, made to sum to one again: the
    geometric mean over time, or product of experts (Hinton, 2002), weighted by seconds and
    not by frames. Where frames contradict each other it favours what all of them allow.
    """

    def __init__(self, probabilities: FloatArray, time_s: float) -> None:
        self._logs = _logs(probabilities)
        self._time_s = time_s
        self._rival: tuple[int, float] | None = None  # who leads by the margin, since when
        self.index = int(probabilities.argmax())

    @property
    def probabilities(self) -> FloatArray:
        """The smoothed probabilities `(7,)`; a new array each time."""
        return np.asarray(softmax(self._logs), np.float32)

    def update(self, probabilities: FloatArray, time_s: float, strength: float) -> None:
        """Take in the probabilities `(7,)` of a frame; `strength` may differ each time."""
        constant_s = time_constant_s(strength)
        passed_s = max(0.0, time_s - self._time_s)
        weight = 1 - exp(-passed_s / constant_s) if constant_s else 1.0
        self._logs = (1 - weight) * self._logs + weight * _logs(probabilities)
        self._time_s = time_s
        self._hold(time_s, constant_s * HOLD_SHARE)

    def _hold(self, time_s: float, hold_s: float) -> None:
        """Change the label when another has led by the margin for `hold_s`."""
        best = int(self._logs.argmax())
        margin = MARGIN if hold_s else 0.0
        if best == self.index or self._logs[best] - self._logs[self.index] < margin:
            self._rival = None
            return
        if self._rival is None or self._rival[0] != best:
            self._rival = (best, time_s)
        if time_s - self._rival[1] >= hold_s:
            self.index, self._rival = best, None


class SteadyReasons:
    """The reasons for "not sure" of one track, each delayed by `REASON_HOLD_S`.

    Those of the first frame stand at once.
    """

    def __init__(self, reasons: tuple[Reason, ...]) -> None:
        self._shown = frozenset(reasons)
        self._since: dict[Reason, float] = {}  # those about to come or go

    def update(self, reasons: tuple[Reason, ...], time_s: float) -> tuple[Reason, ...]:
        """Take in the reasons of a frame and get those to show, in the order of `REASONS`."""
        pending = self._shown.symmetric_difference(reasons)
        since = {reason: self._since.get(reason, time_s) for reason in pending}
        due = {reason for reason, at in since.items() if time_s - at >= REASON_HOLD_S}
        self._since = {reason: at for reason, at in since.items() if reason not in due}
        self._shown ^= due
        return tuple(reason for reason in REASONS if reason in self._shown)


def _logs(probabilities: FloatArray) -> FloatArray:
    return np.log(np.maximum(probabilities, FLOOR))
