"""How a live stream does: rates, times of each step, estimated delay, whether it keeps up."""

import time
from collections import deque
from dataclasses import dataclass
from statistics import median
from typing import Final

from emotion.vision.stream import FrameProcessor
from emotion.vision.types import FrameResult
from emotion.vision.worker import Counts

WINDOW_S: Final = 2.0
"""Rates and times are those of the last two seconds."""
KEEPS_UP_SHARE: Final = 0.7
"""Of the frames that come at least so many are read, or the machine does not keep up: one in
two read is seen as a lag of box and label, one lost now and then is not."""
LEAST_RATE: Final = 5.0
"""With fewer frames a second it may be the camera that is slow; then the time that one
frame takes tells whether we could read as many as this."""
PATH_INTERVALS: Final = 2.0
"""Delay of a frame that is returned untouched, in intervals between frames: encoding,
decoding and the browser's buffer took 59 to 61 ms at 30 frames a second (Chromium and server
on one machine, `python -m emotion bench browser`), and are counted in frames, not in time."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The last two seconds, and the numbers of frames since the start.

    Milliseconds are medians for one frame; None where there was none. `delay_ms` is from
    the camera to the picture in the browser, estimated. `silent_s` are the seconds since
    the last frame came. Faces are looked for on every frame where `looks_every` is 1,
    on every second where it is 2, and so on.
    """

    received_per_s: float = 0.0
    results_per_s: float = 0.0
    received: int = 0
    processed: int = 0
    dropped: int = 0
    detect_ms: float | None = None
    classify_ms: float | None = None
    trial_ms: float | None = None
    draw_ms: float | None = None
    looks_every: int = 1
    process_ms: float | None = None
    delay_ms: float | None = None
    silent_s: float | None = None
    warm: bool = False

    @property
    def keeps_up(self) -> bool:
        """Whether nearly all frames are read; True also where it is too early to say."""
        if not self.warm:
            return True
        if self.received_per_s < LEAST_RATE:
            return self.process_ms is None or self.process_ms <= 1000 / LEAST_RATE
        return self.results_per_s >= KEEPS_UP_SHARE * self.received_per_s


class Meter:
    """Counts frames and results of one stream; each `note` comes from one thread."""

    def __init__(self) -> None:
        self._frames: deque[float] = deque(maxlen=int(WINDOW_S * 120))
        self._results: deque[tuple[float, FrameResult]] = deque(maxlen=int(WINDOW_S * 120))
        self._first_s: float | None = None
        self._last_s: float | None = None

    def note_frame(self, *, read: bool) -> None:
        """A frame came; `read` says that it is given to the worker (not while paused)."""
        self._last_s = time.monotonic()
        if not read:
            self._first_s = None
            self._frames.clear()
        else:
            self._first_s = self._first_s or self._last_s
            self._frames.append(self._last_s)

    def note_result(self, result: FrameResult) -> None:
        """A frame was read."""
        self._results.append((time.monotonic(), result))

    @property
    def newest(self) -> tuple[float, FrameResult] | None:
        """The last result and when it came (`time.monotonic`)."""
        return self._results[-1] if self._results else None

    def figures(self, counts: Counts, processor: FrameProcessor | None) -> Figures:
        """What is known now; `counts` are the mailbox's."""
        now = time.monotonic()
        frames = sum(now - at <= WINDOW_S for at in self._frames.copy())
        results = [result for at, result in self._results.copy() if now - at <= WINDOW_S]
        rate = frames / WINDOW_S
        answer_ms = processor.answer_ms if processor else None
        return Figures(
            received_per_s=rate,
            results_per_s=len(results) / WINDOW_S,
            received=counts.received,
            processed=counts.processed,
            dropped=counts.dropped,
            detect_ms=_step_ms([result for result in results if result.detected], "detect"),
            classify_ms=_step_ms(results, "classify"),
            trial_ms=_step_ms(results, "trial"),
            draw_ms=processor.draw_ms if processor else None,
            looks_every=_looks_every(results),
            process_ms=_median([sum(result.timings_ms.values()) for result in results]),
            delay_ms=answer_ms + PATH_INTERVALS * 1000 / rate if answer_ms and rate else None,
            silent_s=None if self._last_s is None else now - self._last_s,
            warm=self._first_s is not None and now - self._first_s > WINDOW_S,
        )


def _looks_every(results: list[FrameResult]) -> int:
    """Results to one look of the detector; a mixture of two numbers counts as the lower, except
    for the few that the window's edges may add or cut."""
    looks = sum(result.detected for result in results)
    return max(1, int(len(results) / looks + 0.25)) if looks else 1


def _step_ms(results: list[FrameResult], step: str) -> float | None:
    return _median([result.timings_ms[step] for result in results if step in result.timings_ms])


def _median(values: list[float]) -> float | None:
    return median(values) if values else None
