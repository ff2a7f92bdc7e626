"""One thread for the process serves the video streams in turn; no frame ever queues.

Each stream has a mailbox of one frame: a newer frame takes the place of one that has not
been looked at. The thread starts with the first mailbox and ends with the last.
"""

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Condition, Thread
from typing import NamedTuple, Protocol

from emotion.vision.types import FrameBgr, FrameResult

log = logging.getLogger(__name__)

Listener = Callable[[FrameResult], None]


class FramePipeline(Protocol):
    """What the worker runs: `emotion.vision.pipeline.Pipeline`."""

    def process(self, frame_bgr: FrameBgr, time_s: float) -> FrameResult:
        """The result of one frame; called by the worker's thread alone."""
        ...


@dataclass(frozen=True, slots=True)
class Counts:
    """Frames of one mailbox: put in, done, replaced by a newer one unseen, and errors."""

    received: int = 0
    processed: int = 0
    dropped: int = 0
    failed: int = 0


class _Letter(NamedTuple):
    sequence: int
    frame_bgr: FrameBgr
    time_s: float


class Mailbox:
    """One stream's place at the worker. Any thread may call its methods."""

    def __init__(self, worker: "Worker", pipeline: FramePipeline) -> None:
        self._worker = worker
        self._condition = worker.condition
        self._pipeline = pipeline
        self._listeners: tuple[Listener, ...] = ()
        self._letter: _Letter | None = None
        self._finished = 0  # sequence of the last frame that was processed or failed
        self._result: FrameResult | None = None
        self._counts = Counts()
        self._error: Exception | None = None
        self._others = 0  # frames up to this number are of another pipeline
        self._logged: set[type[Exception]] = set()
        self._closed = False

    def put(self, frame_bgr: FrameBgr, time_s: float) -> int:
        """Leave a frame, in place of an older one, and get its number for `wait`.

        The frame is not copied: do not draw on it afterwards.
        """
        with self._condition:
            received = self._counts.received + 1
            lost = self._closed or self._letter is not None
            self._counts = replace(
                self._counts, received=received, dropped=self._counts.dropped + lost
            )
            if not self._closed:
                self._letter = _Letter(received, frame_bgr, time_s)
                self._condition.notify_all()
            return received

    def wait(self, sequence: int, budget_s: float) -> FrameResult | None:
        """The result of that frame if it comes within `budget_s` seconds."""
        with self._condition:
            self._condition.wait_for(lambda: self._closed or self._finished >= sequence, budget_s)
            return self._result if self._finished == sequence else None

    def latest(self) -> FrameResult | None:
        """The newest result; none before the first, and none while frames fail."""
        with self._condition:
            return self._result

    def use(self, pipeline: FramePipeline) -> None:
        """Let the next frames go through another pipeline, for example another model; an
        error of the one before is past."""
        with self._condition:
            self._pipeline, self._error = pipeline, None
            self._others = self._counts.received

    def add_listener(self, listener: Listener) -> None:
        """Call `listener` with each result, in the worker's thread: it must be quick."""
        with self._condition:
            self._listeners = (*self._listeners, listener)

    @property
    def counts(self) -> Counts:
        """The numbers of frames so far."""
        with self._condition:
            return self._counts

    @property
    def error(self) -> Exception | None:
        """The last exception of this pipeline or a listener; kept when frames go well again."""
        with self._condition:
            return self._error

    def close(self) -> None:
        """Leave the worker; whoever waits is let go. Closing again does nothing."""
        with self._condition:
            self._closed = True
            self._letter = None
            self._worker.leave(self)
            self._condition.notify_all()

    # The worker's side.

    def take(self) -> tuple[_Letter, FramePipeline, tuple[Listener, ...]] | None:
        """The frame that waits, if any. The worker holds the lock."""
        letter, self._letter = self._letter, None
        return letter and (letter, self._pipeline, self._listeners)

    def deliver(self, sequence: int, result: FrameResult) -> bool:
        """Publish a result; False when the mailbox was closed meanwhile."""
        with self._condition:
            self._finished, self._result = sequence, result
            self._counts = replace(self._counts, processed=self._counts.processed + 1)
            self._condition.notify_all()
            return not self._closed

    def fail(self, error: Exception, sequence: int | None = None) -> None:
        """Keep an error; with `sequence` that frame has none, and the old result is void."""
        with self._condition:
            if sequence is None or sequence > self._others:
                self._error = error
            self._counts = replace(self._counts, failed=self._counts.failed + 1)
            if sequence is not None:
                self._finished, self._result = sequence, None
            first = type(error) not in self._logged
            self._logged.add(type(error))
            self._condition.notify_all()
        if first:  # a fault of every frame must not fill the log
            log.error("a video frame failed; more of this kind are counted", exc_info=error)


class Worker:
    """The thread, and the mailboxes in the order of their turns."""

    def __init__(self) -> None:
        self.condition = Condition()  # the one lock of the worker and its mailboxes
        self._mailboxes: deque[Mailbox] = deque()
        self._thread: Thread | None = None

    def open(self, pipeline: FramePipeline, *listeners: Listener) -> Mailbox:
        """A mailbox whose frames go through `pipeline`, each result to the `listeners`."""
        mailbox = Mailbox(self, pipeline)
        with self.condition:
            for listener in listeners:
                mailbox.add_listener(listener)
            if self._thread is None:
                thread = Thread(target=self._run, name="vision-worker", daemon=True)
                thread.start()  # may fail; it waits for the lock
                self._thread = thread
            self._mailboxes.append(mailbox)
        return mailbox

    def leave(self, mailbox: Mailbox) -> None:
        """Forget a mailbox; `Mailbox.close` calls it."""
        with self.condition:
            if mailbox in self._mailboxes:
                self._mailboxes.remove(mailbox)

    @property
    def running(self) -> bool:
        """Whether the thread is there: from the first mailbox until after the last."""
        with self.condition:
            return self._thread is not None

    def _run(self) -> None:
        while (turn := self._next()) is not None:
            mailbox, (letter, pipeline, listeners) = turn
            try:
                result = pipeline.process(letter.frame_bgr, letter.time_s)
            except Exception as error:  # one bad frame must not end everybody's video
                mailbox.fail(error, letter.sequence)
                continue
            if mailbox.deliver(letter.sequence, result):
                _tell(mailbox, listeners, result)

    def _next(
        self,
    ) -> tuple[Mailbox, tuple[_Letter, FramePipeline, tuple[Listener, ...]]] | None:
        """Wait for the next mailbox in turn that has a frame; none when all are closed."""
        with self.condition:
            while self._mailboxes:
                for _ in range(len(self._mailboxes)):
                    mailbox = self._mailboxes[0]
                    self._mailboxes.rotate(-1)
                    if work := mailbox.take():
                        return mailbox, work
                self.condition.wait()
            self._thread = None
            return None


def _tell(mailbox: Mailbox, listeners: tuple[Listener, ...], result: FrameResult) -> None:
    for listener in listeners:
        try:
            listener(result)
        except Exception as error:  # a recorder's fault is not the video's
            mailbox.fail(error)
