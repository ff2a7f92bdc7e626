"""What happens to each frame of a live video: the callback's logic, without a web server."""

import logging
from collections import deque
from time import monotonic, perf_counter
from typing import Final

import av
import cv2
import numpy as np

from emotion.vision.hide import FaceMemory, cover, cover_all
from emotion.vision.overlay import draw, draw_pause
from emotion.vision.types import FloatArray, FrameBgr, FrameResult
from emotion.vision.view import Hide, ViewOptions
from emotion.vision.wanted import WantedFaces
from emotion.vision.worker import Mailbox

log = logging.getLogger(__name__)

STALE_S: Final = 1.0
"""An older result is not drawn: its boxes would stand where the faces no longer are."""
HIDE_BUDGET_S: Final = 0.07
"""While faces are hidden a frame waits at least so long for its own result, since only
that knows of a face that has just come into view. A stop waits for this frame in the
server's event loop, which must not stand for 100 ms."""


class FrameProcessor:
    """Frames in, annotated frames out. `process` runs in the thread of the stream's track.

    `language` ("es" or "en"), `view` and `wanted` may be changed at any time.
    """

    def __init__(
        self,
        mailbox: Mailbox,
        *,
        language: str,
        budget_ms: float,
        view: ViewOptions | None = None,
        wanted: WantedFaces | None = None,
    ) -> None:
        """`budget_ms` is how long a frame waits for its own result (settings); `wanted` the
        stream's detector where it leaves out small faces."""
        self.mailbox = mailbox
        self.language = language
        self.view = view or ViewOptions()
        self.wanted = wanted
        self._budget_s = budget_ms / 1000
        self._started_s = monotonic()
        self._memory = FaceMemory()
        self._shown: tuple[FrameBgr, Hide] | None = None
        self._still: tuple[FrameBgr, Hide, str] | None = None
        self._draw_ms: deque[float] = deque(maxlen=60)
        self._answer_ms: deque[float] = deque(maxlen=60)
        self._error: Exception | None = None
        self._failed = 0
        self._logged: set[type[Exception]] = set()

    @property
    def error(self) -> Exception | None:
        """The last exception here or in the worker; kept when frames go well again."""
        return self._error or self.mailbox.error

    @property
    def failed(self) -> int:
        """How many frames failed here (those of the worker are in `mailbox.counts`)."""
        return self._failed

    @property
    def draw_ms(self) -> float | None:
        """Milliseconds to draw one frame, the median of the last sixty."""
        return _median(self._draw_ms)

    @property
    def answer_ms(self) -> float | None:
        """Milliseconds that a frame stays here, waiting included, median of sixty."""
        return _median(self._answer_ms)

    @property
    def shown(self) -> FrameBgr | None:
        """The newest picture that went back, to be read and not written to; None before the
        first, after an error, and where faces were not hidden then as they are now."""
        shown = self._shown
        return shown[0] if shown is not None and shown[1] == self.view.hide else None

    def process(self, frame: av.VideoFrame) -> av.VideoFrame:
        """The frame with its faces drawn, or itself where there is nothing to draw.

        It never raises: an exception would end the video for good, so
        the plain frame goes back (hidden, where faces are) and the error is kept, counted,
        and logged once a kind.
        """
        started = perf_counter()
        view = self.view
        try:
            if view.paused:
                return _frame_like(frame, self._standing(frame, view.hide))
            return self._annotated(frame, view)
        except Exception as error:
            self._failed += 1
            self._error = error
            self._shown = None
            if type(error) not in self._logged:
                self._logged.add(type(error))
                log.exception("a video frame failed; more of this kind are counted")
            return covered(frame, view.hide)
        finally:
            self._answer_ms.append((perf_counter() - started) * 1000)

    def _annotated(self, frame: av.VideoFrame, view: ViewOptions) -> av.VideoFrame:
        picture = np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)
        time_s = self._time_s(frame)
        sequence = self.mailbox.put(picture, time_s)
        hiding = view.hide != "none"
        budget_s = max(self._budget_s, HIDE_BUDGET_S) if hiding else self._budget_s
        result = self.mailbox.wait(sequence, budget_s) or self._newest(time_s)
        started = perf_counter()
        self._remember(result)
        drawn = self._drawn(picture, result, time_s, view)
        self._draw_ms.append((perf_counter() - started) * 1000)
        self._shown, self._still = (drawn, view.hide), None
        return frame if drawn is picture else _frame_like(frame, drawn)

    def _drawn(
        self, picture: FrameBgr, result: FrameResult | None, time_s: float, view: ViewOptions
    ) -> FrameBgr:
        """A new picture, or the same one where nothing is drawn: the worker may read it."""
        boxes = view.overlay and result is not None and bool(result.faces)
        if view.mirrored:
            drawn = np.asarray(cv2.flip(picture, 1), np.uint8)
        elif boxes or view.hide != "none":
            drawn = picture.copy()
        else:
            return picture
        if view.hide != "none":
            self._hide(drawn, time_s, view)
        if boxes and result is not None:
            draw(drawn, result, self.language, mirrored=view.mirrored)
        return drawn

    def _hide(self, drawn: FrameBgr, time_s: float, view: ViewOptions) -> None:
        places = self._memory.places(time_s)
        if places is None:
            cover_all(drawn, view.hide)
            return
        for box in places:
            left, top, right, bottom = box
            flipped = np.array([1 - right, top, 1 - left, bottom], np.float32)
            cover(drawn, flipped if view.mirrored else box, view.hide)

    def _remember(self, result: FrameResult | None) -> None:
        """Keep where faces are, also while none is hidden: that may begin at any frame."""
        if result is not None:
            self._memory.learn(result, self._ignored())

    def _ignored(self) -> FloatArray:
        wanted = self.wanted
        return np.empty((0, 4), np.float32) if wanted is None else wanted.ignored_shares

    def _standing(self, frame: av.VideoFrame, hide: Hide) -> FrameBgr:
        """The last picture in grey with a text; hidden as a whole if faces were not then."""
        if self._still is None or self._still[1:] != (hide, self.language):
            shown = self.shown
            if shown is None:
                still = np.asarray(covered(frame, hide).to_ndarray(format="bgr24"), np.uint8)
            else:
                still = shown.copy()
            draw_pause(still, self.language)
            self._still = (still, hide, self.language)
        return self._still[0]

    def _newest(self, time_s: float) -> FrameResult | None:
        result = self.mailbox.latest()
        fresh = result is not None and abs(time_s - result.time_s) <= STALE_S
        return result if fresh else None

    def _time_s(self, frame: av.VideoFrame) -> float:
        """The stream's own clock; ours where the frame carries no time."""
        return float(frame.time) if frame.time is not None else monotonic() - self._started_s


def covered(frame: av.VideoFrame, hide: Hide) -> av.VideoFrame:
    """The frame with nothing to be recognised in it; itself where faces are not hidden."""
    if hide == "none":
        return frame
    try:
        picture = np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)
        cover_all(picture, hide)
    except Exception:  # a frame that cannot be read must not end the video either
        log.exception("a frame that should be hidden could not be read: a black one goes back")
        picture = np.zeros((frame.height, frame.width, 3), np.uint8)
    return _frame_like(frame, picture)


def _frame_like(frame: av.VideoFrame, picture: FrameBgr) -> av.VideoFrame:
    """The picture at the time of the frame."""
    made = av.VideoFrame.from_ndarray(picture, format="bgr24")
    made.pts, made.time_base = frame.pts, frame.time_base
    return made


def _median(values: deque[float]) -> float | None:
    return float(np.median(values.copy())) if values else None
