"""One live video of one browser tab: frames in, results out, a recording if asked for.

Knows nothing of Streamlit, so that it can be driven by any peer.
"""

import logging
import threading
import time
from collections import deque
from typing import Final

import av

from emotion.sessions.recording import Recording
from emotion.sessions.writer import SessionWriter
from emotion.ui.live_meter import Figures, Meter
from emotion.ui.live_reading import Reading
from emotion.vision.stream import FrameProcessor, covered
from emotion.vision.types import FrameBgr, FrameResult
from emotion.vision.view import ViewOptions
from emotion.vision.wanted import WantedFaces
from emotion.vision.worker import Counts, FramePipeline, Mailbox, Worker

log = logging.getLogger(__name__)

RECENT_S: Final = 60.0
RECENT_PERIOD_S: Final = 0.25
"""The chart of the last minute gets four points a second: 240 in all."""


class LiveStream:
    """From the first frame of a camera to its end; a new start makes a new one.

    `process` runs in the thread of the stream's track, `end` in the server's event loop, the
    listener in the worker's thread, all else in page scripts.
    """

    def __init__(
        self,
        worker: Worker,
        pipeline: FramePipeline,
        *,
        language: str,
        budget_ms: float,
        wanted: WantedFaces | None = None,
        reading: Reading | None = None,
    ) -> None:
        """`wanted` is the pipeline's detector, where faces below a size can be left out;
        `reading` what of the pipeline the page may change."""
        self._worker = worker
        self._pipeline = pipeline
        self._language = language
        self._budget_ms = budget_ms
        self._wanted = wanted
        self._reading = reading
        self._view = ViewOptions()
        self._lock = threading.Lock()
        self._mailbox: Mailbox | None = None
        self._processor: FrameProcessor | None = None
        self._meter = Meter()
        self._recent: deque[tuple[float, FrameResult]] = deque(
            maxlen=int(RECENT_S / RECENT_PERIOD_S)
        )
        self._error: Exception | None = None
        self.recording: Recording | None = None
        self.ended = False

    def process(self, frame: av.VideoFrame) -> av.VideoFrame:
        """The frame with what was read from it; the plain frame after the end and where
        nothing can be read, which is covered where faces are to be hidden. Never raises."""
        try:
            self._meter.note_frame(read=not self._view.paused)
            processor = self._open()
        except Exception as error:  # it would end the video for good
            if self._error is None:
                log.exception("a live stream cannot be opened")
            self._error, processor = error, None
        return covered(frame, self._view.hide) if processor is None else processor.process(frame)

    def end(self) -> None:
        """Release everything and end a recording; quick, and a second call does nothing."""
        with self._lock:
            self.ended = True
            mailbox, self._mailbox, self._processor = self._mailbox, None, None
        self.stop_recording()
        if mailbox is not None:
            mailbox.close()

    def use(
        self,
        pipeline: FramePipeline,
        wanted: WantedFaces | None = None,
        reading: Reading | None = None,
    ) -> None:
        """Let the next frames go through another pipeline, for example of another model,
        with `wanted` as its detector and `reading` as what may be changed of it."""
        with self._lock:
            self._pipeline, self._wanted, self._reading = pipeline, wanted, reading
            self._adjust()
            if self._processor is not None:
                self._processor.wanted = wanted
            if self._mailbox is not None:
                self._mailbox.use(pipeline)

    def show(self, view: ViewOptions) -> None:
        """Let the next frames be shown, and small faces be left out, as `view` says."""
        with self._lock:
            self._view = view
            self._adjust()
            if self._processor is not None:
                self._processor.view = view

    @property
    def reading(self) -> Reading | None:
        """What of the pipeline in use the page may change."""
        return self._reading

    @property
    def shown(self) -> FrameBgr | None:
        """The newest picture that went back to the browser; None where there is none, or
        where faces were not hidden in it as they are now. Read it, do not write to it."""
        processor = self._processor
        return processor.shown if processor is not None else None

    def speak(self, language: str) -> None:
        """Draw the next labels in `language`."""
        with self._lock:
            self._language = language
            if self._processor is not None:
                self._processor.language = language

    def start_recording(self, writer: SessionWriter, name: str, model: str, note: str = "") -> None:
        """Record what is read from now on. Raises `SessionError` when it cannot be."""
        if self.recording is None and not self.ended:
            self.recording = writer.start(name, model, note)

    def stop_recording(self) -> Recording | None:
        """End the recording, if there is one, and give it back; returns at once."""
        recording, self.recording = self.recording, None
        if recording is not None:
            recording.stop()
        return recording

    @property
    def newest(self) -> FrameResult | None:
        """The last result, if it is not older than a second."""
        newest = self._meter.newest
        return newest[1] if newest and time.monotonic() - newest[0] < 1.0 else None

    @property
    def recent(self) -> list[tuple[float, FrameResult]]:
        """The last minute: `(seconds before now, result)`, four a second, oldest first."""
        now = time.monotonic()
        return [(at - now, result) for at, result in list(self._recent) if now - at <= RECENT_S]

    @property
    def error(self) -> Exception | None:
        """The last thing that failed, here, in the worker, or at writing a recording."""
        processor, recording = self._processor, self.recording
        failed = processor.error if processor is not None else self._error
        return failed or (recording.error if recording is not None else None)

    @property
    def figures(self) -> Figures:
        """Rates and times of the last two seconds, and the numbers of frames."""
        mailbox = self._mailbox
        return self._meter.figures(mailbox.counts if mailbox else Counts(), self._processor)

    def _adjust(self) -> None:
        """Tell the pipeline's parts what the view asks of them."""
        if self._wanted is not None:
            self._wanted.min_share = self._view.min_face_share
        if self._reading is not None:
            # A face that has just come must be hidden in its first frame.
            self._reading.every_frame = self._view.hide != "none"

    def _open(self) -> FrameProcessor | None:
        """The processor, made with the first frame; None after the end."""
        with self._lock:
            if self._processor is None and not self.ended:
                self._mailbox = self._worker.open(self._pipeline, self._take)
                self._processor = FrameProcessor(
                    self._mailbox,
                    language=self._language,
                    budget_ms=self._budget_ms,
                    view=self._view,
                    wanted=self._wanted,
                )
            return self._processor

    def _take(self, result: FrameResult) -> None:
        """Keep a result for the page, and record it. In the worker's thread."""
        now = time.monotonic()
        self._meter.note_result(result)
        if self._reading is not None:
            self._reading.note(result)
        if not self._recent or now - self._recent[-1][0] >= RECENT_PERIOD_S:
            self._recent.append((now, result))
        recording = self.recording
        if recording is not None:
            recording.add(result)
