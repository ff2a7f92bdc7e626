"""One recording in progress: the bounded buffer between the video and the writer."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from emotion.errors import SessionError
from emotion.sessions.rows import Entry, Marked, Paused, Resumed, Switched, TimedResult
from emotion.sessions.schema import NAME_LENGTH
from emotion.vision.types import FrameResult


@dataclass(frozen=True, slots=True)
class Pace:
    """How a recording takes results: at most one in `period_s` seconds of `clock`,
    `capacity` of them in memory; a full batch of `batch` calls `wake`."""

    period_s: float
    capacity: int
    batch: int
    clock: Callable[[], float]
    wake: Callable[[], None]


class Recording:
    """A session that is being recorded. Any thread may use it.

    `model` is the one that reads, `markers` are those set so far: seconds of recording, and
    label. `error` is why the last attempt to write failed, None after one that did not;
    `dropped` counts results that found the buffer full.
    """

    def __init__(
        self, session_id: int, started_at: datetime, began: float, pace: Pace, model: str
    ) -> None:
        self.session_id = session_id
        self.started_at = started_at
        self.error: SessionError | None = None
        self.dropped = 0
        self.markers: list[tuple[float, str]] = []
        self.model = model
        self._models = 0
        self._pace = pace
        self._began = began
        self._due = began
        self._count = 0
        self._pauses = 0
        self._paused_s = 0.0
        self._paused_at: float | None = None
        self._pending: deque[Entry] = deque()
        self._lock = threading.Lock()
        self._stopped = False
        self._finished = threading.Event()

    def add(self, result: FrameResult) -> None:
        """Take a result, unless the last one is too near. Never waits for the database.

        Its time is that of this call: the stream's own clock starts anew when the
        camera connects again.
        """
        now = self._pace.clock()
        with self._lock:
            if self._stopped or self.is_paused or now < self._due:
                return
            # Steps of a fixed grid, so that an uneven video still gives the wanted rate;
            # after a pause a new grid, so that nothing is caught up.
            self._due += self._pace.period_s
            if self._due <= now:
                self._due = now + self._pace.period_s
            if len(self._pending) >= self._pace.capacity:
                self.dropped += 1
                return
            self._pending.append(TimedResult(self._count, now - self._began, result))
            self._count += 1
            full = len(self._pending) >= self._pace.batch
        if full:
            self._pace.wake()

    def pause(self) -> None:
        """Take no results and no markers until `resume`; a second call does nothing."""
        with self._lock:
            if not self._stopped and self._paused_at is None:
                self._paused_at = now = self._pace.clock()
                self._pending.append(Paused(self._pauses, now - self._began))

    def resume(self) -> None:
        """Go on after a pause."""
        with self._lock:
            if not self._stopped and self._paused_at is not None:
                now = self._pace.clock()
                self._pending.append(Resumed(self._pauses, now - self._began))
                self._paused_s += now - self._paused_at
                self._pauses, self._paused_at = self._pauses + 1, None

    def mark(self, label: str) -> None:
        """Mark this moment; `label` is brought to one line and cut at `NAME_LENGTH`.

        A marker is kept even when the buffer is full; in a pause there is none.
        """
        label = " ".join(label.split())[:NAME_LENGTH]
        with self._lock:
            if self._stopped or self._paused_at is not None:
                return
            time_s = self._pace.clock() - self._began
            self._pending.append(Marked(len(self.markers), time_s, label))
            self.markers.append((time_s - self._paused_s, label))

    def read_by(self, model: str) -> None:
        """Note that another model reads from now on; the same one again changes nothing."""
        with self._lock:
            if self._stopped or model == self.model:
                return
            time_s = self._pace.clock() - self._began
            self._pending.append(Switched(self._models, time_s, model[:NAME_LENGTH]))
            self._models, self.model = self._models + 1, model

    @property
    def is_paused(self) -> bool:
        """Whether it waits for `resume`."""
        return self._paused_at is not None

    @property
    def elapsed_s(self) -> float:
        """Seconds of recording so far, without its pauses."""
        with self._lock:
            now = self._pace.clock() if self._paused_at is None else self._paused_at
            return now - self._began - self._paused_s

    def stop(self) -> None:
        """End the recording; returns at once, and a second call does nothing.

        The writer writes the rest: `wait` tells when.
        """
        with self._lock:
            self._stopped = True
        self._pace.wake()

    def wait(self, timeout_s: float) -> bool:
        """Wait after `stop` until all is written (or given up, see `error`)."""
        return self._finished.wait(timeout_s)

    @property
    def is_stopped(self) -> bool:
        """Whether it takes no more results."""
        return self._stopped

    @property
    def waiting(self) -> int:
        """Frames, markers and pauses in memory that are not in the database yet."""
        return len(self._pending)

    def peek(self) -> tuple[list[Entry], bool]:
        """For the writer: the oldest batch, and whether it is the last one."""
        with self._lock:
            batch = list(islice(self._pending, self._pace.batch))
            return batch, self._stopped and len(batch) == len(self._pending)

    def forget(self, count: int) -> None:
        """For the writer: the oldest `count` entries are safe."""
        with self._lock:
            for _ in range(count):
                self._pending.popleft()

    def finish(self, error: SessionError | None) -> None:
        """For the writer: nothing more will be written."""
        with self._lock:
            self._stopped = True
        self.error = error
        self._finished.set()
