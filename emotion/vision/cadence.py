"""How often the detector looks: at every frame while there is time, else more rarely."""

from collections import deque
from statistics import median
from typing import Final

MAX_PERIOD: Final = 3
"""At the most every third frame: 0.1 seconds at 30 a second, in which a head that speeds up as
`emotion.vision.motion` expects departs from its path by 0.03 of its height."""
MAX_GAP_S: Final = 0.2
"""Nor is it left out for longer than this where frames come rarely, as from a slow camera: the
departure grows with the square of the time, to 0.12 of the head's height here."""
SEARCH_EVERY_S: Final = 0.2
"""The whole frame is searched this often: so long at the most a face that comes in is not seen.
In between the detector looks where the known faces should be: for a fifth of the time with one
face, half of it with four (`detect` and its 95 % in benchmarks/live.json)."""
READ_BUDGET_MS: Final = 17.0
"""What reading a frame may take on average before the detector leaves frames out: half of the
time between two frames at 30 a second. The other half is for decoding, drawing and encoding,
which go on at the same time on the same processor."""
WINDOW: Final = 9
"""Frames that the cost is the median of: one slow frame changes nothing, and a face more or
less is noticed within a third of a second."""
RELIEF: Final = 0.8
"""The detector looks more often again when that would take this share of the budget: at the
budget itself it would go to and fro."""


class Cadence:
    """Decides for each frame whether the detector looks.

    Detecting on every k-th frame costs (rest + detection / k) a frame on average; the
    smallest k up to `MAX_PERIOD` is taken that keeps this within the budget. Without a
    budget the detector looks at every frame, as it should for files, and while `every_frame`
    is set, which another thread may do at any time.
    """

    def __init__(self, budget_ms: float | None = None) -> None:
        """`budget_ms` is the mean time that a frame may take, in milliseconds."""
        if budget_ms is not None and budget_ms <= 0:
            raise ValueError(f"the budget of a frame must be above 0 ms, not {budget_ms}")
        self._budget_ms = budget_ms
        self._detections_ms: deque[float] = deque(maxlen=WINDOW)
        self._rests_ms: deque[float] = deque(maxlen=WINDOW)
        self._left_out = 0  # frames since the last look
        self._size_wh: tuple[int, int] | None = None
        self._looked_s = 0.0
        self._searched_s = -SEARCH_EVERY_S
        self.period = 1
        self.every_frame = False

    def due(self, size_wh: tuple[int, int], time_s: float) -> bool:
        """Whether the detector looks at the next frame, of this size and at this time of the
        stream. Ask once for each.

        A frame of a new size is always looked at: nothing can be carried into it.
        """
        known, self._size_wh = size_wh == self._size_wh, size_wh
        recent = abs(time_s - self._looked_s) < MAX_GAP_S - 1e-6  # times are sums of fractions
        self._left_out += 1
        if known and recent and not self.every_frame and self._left_out < self.period:
            return False
        self._left_out, self._looked_s = 0, time_s
        return True

    def searches(self, time_s: float) -> bool:
        """Whether the look at this time of the stream should be at the whole frame."""
        since_s = abs(time_s - self._searched_s)
        return self._budget_ms is None or self.every_frame or since_s > SEARCH_EVERY_S - 1e-6

    def searched(self, time_s: float) -> None:
        """The whole frame of this time was searched."""
        self._searched_s = time_s

    def note(self, *, detection_ms: float | None, rest_ms: float) -> None:
        """Take in what a frame took; no detection where the detector was left out."""
        if self._budget_ms is None:
            return
        if detection_ms is not None:
            self._detections_ms.append(detection_ms)
        self._rests_ms.append(rest_ms)
        detection, rest = median(self._detections_ms), median(self._rests_ms)
        for period in range(1, MAX_PERIOD + 1):
            share = RELIEF if period < self.period else 1.0
            if rest + detection / period <= share * self._budget_ms:
                break
        self.period = period
