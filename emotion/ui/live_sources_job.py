"""Long work on uploaded files in a thread of its own. Knows nothing of Streamlit.

A page script must not work for long, so it starts a `SourceJob` and looks at it. The job
owns a temporary folder, which is removed when it is closed, or when nobody wants it any
more: the browser tab was closed.
"""

import logging
import shutil
import tempfile
import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, Protocol

import cv2
import numpy as np

from emotion.errors import EmotionError
from emotion.vision.types import FrameBgr

State = Literal["working", "done", "cancelled", "failed"]
ESTIMATE_S: Final = 2.0
"""No estimate of the time left before this: the first frames are slower than the rest."""
PREVIEW_S: Final = 0.8
PREVIEW_PX: Final = 640
UNWANTED_S: Final = 20.0
"""How long nobody may want a job until it ends: a page that is loaded again is away for a
second, a laptop that lost its network for some more."""

log = logging.getLogger(__name__)


class Work(Protocol):
    """What a job does; it holds what came of it, also while it goes on."""

    def run(self, watch: "Watch", folder: Path) -> None:
        """Do it all, with `watch.step` after each frame. Files go to `folder`."""
        ...

    def close(self) -> None:
        """Let go of all files in the folder; it is removed afterwards."""
        ...


class CancelledError(Exception):
    """Raised by `Watch.step` when the job has been cancelled."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is: its share (0 to 1, None where the length is not known), frames or
    pictures so far, seconds since the start, seconds left (None until there is an estimate)."""

    share: float | None
    steps: int
    elapsed_s: float
    left_s: float | None

    @property
    def steps_per_s(self) -> float:
        """Frames or pictures a second."""
        return self.steps / self.elapsed_s if self.elapsed_s else 0.0


class Watch:
    """What the work tells the page, and the page the work. Any thread may read it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.cancelled = threading.Event()
        self.preview: bytes | None = None
        self._clock = clock
        self._began = clock()
        self._ended: float | None = None
        self._steps = 0
        self._share: float | None = 0.0
        self._preview_due = self._began

    def step(self, share: float | None) -> None:
        """One frame or picture more is done. Raises `CancelledError` to end the work."""
        self._steps += 1
        self._share = None if share is None else min(max(share, 0.0), 1.0)
        if self.cancelled.is_set():
            raise CancelledError

    @property
    def wants_preview(self) -> bool:
        """Whether it is time to show a frame again."""
        return self._clock() >= self._preview_due

    def show(self, annotated_bgr: FrameBgr) -> None:
        """Let the page show this frame, as a small JPEG."""
        self._preview_due = self._clock() + PREVIEW_S
        self.preview = jpeg(annotated_bgr, PREVIEW_PX)

    def end(self) -> None:
        """The clock stops."""
        self._ended = self._clock()

    @property
    def progress(self) -> Progress:
        """How far it is."""
        elapsed_s = (self._clock() if self._ended is None else self._ended) - self._began
        share, left_s = self._share, None
        if share and elapsed_s >= ESTIMATE_S:
            left_s = elapsed_s / share * (1 - share)
        return Progress(share, self._steps, elapsed_s, left_s)


class SourceJob:
    """One piece of work from its start to its removal.

    `wanted` is asked about once a second, in the job's thread, whether somebody still
    looks. `error` is why it ended early; what the work had done until then stays.
    """

    def __init__(
        self,
        work: Work,
        wanted: Callable[[], bool] = lambda: True,
        *,
        unwanted_s: float = UNWANTED_S,
    ) -> None:
        self.work = work
        self.watch = Watch()
        self.state: State = "working"
        self.error: Exception | None = None
        self.folder = Path(tempfile.mkdtemp(prefix="semblante-"))
        # Also when the server ends before its tabs do.
        self._remove = weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)
        self._wanted = wanted
        self._unwanted_s = unwanted_s
        self._closing = threading.Event()
        threads = (
            threading.Thread(target=self._run, name="source-job", daemon=True),
            threading.Thread(target=self._keep, name="source-job-keeper", daemon=True),
        )
        self._worker, self._keeper = threads
        for thread in threads:
            thread.start()

    @property
    def progress(self) -> Progress:
        """How far it is."""
        return self.watch.progress

    def cancel(self) -> None:
        """End the work after the frame it is at; returns at once."""
        self.watch.cancelled.set()

    def close(self) -> None:
        """Cancel, and remove all files once the work has ended; returns at once."""
        self.cancel()
        self._closing.set()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until the work has ended."""
        self._worker.join(timeout_s)
        return not self._worker.is_alive()

    def wait_removed(self, timeout_s: float | None = None) -> bool:
        """Wait, after `close`, until all files are gone."""
        self._keeper.join(timeout_s)
        return not self._keeper.is_alive()

    def _run(self) -> None:
        state: State = "done"
        try:
            self.work.run(self.watch, self.folder)
        except CancelledError:
            state = "cancelled"
        except Exception as error:  # whatever it is, the page says it and the server goes on
            if not isinstance(error, EmotionError):
                log.exception("a job on uploaded files failed")
            self.error, state = error, "failed"
        self.watch.end()
        self.state = state

    def _keep(self) -> None:
        """Wait for the end of all interest in this job, then remove what it holds."""
        last_wanted = time.monotonic()
        while not self._closing.wait(min(1.0, self._unwanted_s)):
            if self._wanted():
                last_wanted = time.monotonic()
            elif time.monotonic() - last_wanted > self._unwanted_s:
                break
        self.cancel()
        self._worker.join()
        self.work.close()
        self._remove()


def jpeg(picture_bgr: FrameBgr, most_px: int) -> bytes:
    """The picture as JPEG, its longest side at most `most_px` pixels."""
    height, width = picture_bgr.shape[:2]
    scale = most_px / max(height, width)
    if scale < 1:
        size_wh = (max(1, round(width * scale)), max(1, round(height * scale)))
        picture_bgr = np.asarray(
            cv2.resize(picture_bgr, size_wh, interpolation=cv2.INTER_AREA), np.uint8
        )
    _, content = cv2.imencode(".jpg", picture_bgr, [cv2.IMWRITE_JPEG_QUALITY, 88])
    return bytes(content)
