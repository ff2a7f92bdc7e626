"""One 640 x 480 frame from decoded picture to annotated picture, beside the original's loop.

    python -m emotion bench live --json

The two take turns in one process, on the same frames. Faces are detected and classified anew
in every frame, as on the live page: known ones where they should be, and five times a second the
whole frame is searched. Hence the mean is the figure to compare. Rows of their own are a search
of every frame, what the live page saves where it leaves the detector out, and a whole video frame
with the conversions that the codec's colours need.
"""

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import count, cycle, islice
from typing import Any, Final

import av

from emotion.bench.clip import PLACES, RATE, moving_faces
from emotion.bench.measure import Times, late, mean, middle
from emotion.models.backend import Backend, CropsGrey, Logits
from emotion.models.classifier import Classifier
from emotion.vision.cadence import MAX_PERIOD, Cadence
from emotion.vision.detector import FaceDetector
from emotion.vision.overlay import draw
from emotion.vision.pipeline import Pipeline
from emotion.vision.stream import FrameProcessor
from emotion.vision.tracker import Tracker
from emotion.vision.types import Face, FloatArray, FrameBgr
from emotion.vision.worker import Worker

CLIP_FRAMES: Final = 60
OURS, THEIRS = 12, 3
"""Frames of each in one turn."""
SETTLE_S: Final = 0.03
"""Torch's threads go on spinning for a moment after their work: that is not charged to us."""
AMPLE_MS: Final = 1000.0
"""A budget that every frame keeps, however busy this machine is."""
NO_TIME_MS: Final = 1e-6
"""A budget that no frame keeps: the cadence leaves out all the frames that it may."""
NAMES: Final = {1: "one_face", 2: "two_faces", 4: "four_faces"}


def measure_live(classifier: Classifier, rounds: int = 40) -> dict[str, Any]:
    """A row for 1, 2 and 4 faces, one without some detections, and one of whole video frames.

    `cpu_ms` is the processor time of all threads and `wall_ms` the time on the clock of one
    frame, medians; `_mean` is the mean, `_p95` what 95 % of the frames stay below. Rounds
    take 12 frames of ours and three of the original's.
    """
    # Torch is imported with it, and by nothing else here.
    from emotion.models.torch_reference import OriginalLoop

    original, detector = OriginalLoop(), FaceDetector()
    rows: dict[str, Any] = {}
    for faces in PLACES:
        frames = moving_faces(faces, CLIP_FRAMES)
        _take_turns(_Ours(detector, classifier), original.process, frames, 1)  # warms up
        ours = _Ours(detector, classifier)
        theirs = _take_turns(ours, original.process, frames, rounds)
        rows[NAMES[faces]] = ours.row() | _named("reference_", theirs)
    one = moving_faces(1, CLIP_FRAMES)
    rows["one_face_every_frame_searched"] = _searched(detector, classifier, one, rounds)
    rows["one_face_detector_left_out"] = _left_out(detector, classifier, one, rounds)
    rows["one_face_video_frame"] = _video(detector, classifier, one, rounds)
    return rows


@dataclass(slots=True)
class _TimedDetector:
    detector: FaceDetector
    times: Times = field(default_factory=Times)

    def detect(self, frame_bgr: FrameBgr) -> tuple[Face, ...]:
        return self.times.call(self.detector.detect, frame_bgr)

    def follow(self, frame_bgr: FrameBgr, boxes_xyxy: FloatArray) -> tuple[Face, ...]:
        return self.times.call(self.detector.follow, frame_bgr, boxes_xyxy)


@dataclass(slots=True)
class _TimedBackend:
    backend: Backend
    times: Times = field(default_factory=Times)

    @property
    def description(self) -> str:
        return self.backend.description

    def logits(self, crops: CropsGrey) -> Logits:
        return self.times.call(self.backend.logits, crops)


class _Ours:
    """The pipeline and the drawing of the live page with a clock on each step."""

    def __init__(
        self, detector: FaceDetector, classifier: Classifier, cadence: Cadence | None = None
    ) -> None:
        self._detector = _TimedDetector(detector)
        self._network = _TimedBackend(classifier.backend)
        self._pipeline = Pipeline(
            self._detector,
            replace(classifier, backend=self._network),
            Tracker(),
            cadence or Cadence(AMPLE_MS),
        )
        self._numbers = count()
        self._draw = Times()
        self._steps: defaultdict[str, list[float]] = defaultdict(list)
        self.faces: list[int] = []
        self.total = Times()

    def process(self, frame_bgr: FrameBgr) -> None:
        """Read the frame and draw on it."""
        self.total.call(self._process, frame_bgr)

    def _process(self, frame_bgr: FrameBgr) -> None:
        result = self._pipeline.process(frame_bgr, next(self._numbers) / RATE)
        self._draw.call(draw, frame_bgr, result, "es")
        self.faces.append(len(result.faces))
        for step, wall_ms in result.timings_ms.items():
            self._steps[step].append(wall_ms)

    def row(self) -> dict[str, Any]:
        """The figures of all frames so far; `network` is a part of `classify`."""
        wall = {**self._steps, "network": self._network.times.wall, "draw": self._draw.wall}
        cpu = {
            "detect": self._detector.times.cpu,
            "network": self._network.times.cpu,
            "draw": self._draw.cpu,
        }
        return _named("", self.total) | {
            "frames": len(self.faces),
            "faces_found": round(sum(self.faces) / len(self.faces), 3),
            "steps_ms": {step: middle(values) for step, values in wall.items()},
            "steps_ms_p95": {step: late(values) for step, values in wall.items()},
            "steps_cpu_ms": {step: middle(values) for step, values in cpu.items()},
        }


def _take_turns(
    ours: _Ours, original: Callable[[FrameBgr], object], frames: list[FrameBgr], rounds: int
) -> Times:
    """The times of the original's frames; ours are noted in `ours`."""
    theirs = Times()
    clip = cycle(frames)
    for _ in range(rounds):
        time.sleep(SETTLE_S)
        for _ in range(OURS):
            ours.process(next(clip).copy())
        for _ in range(THEIRS):
            theirs.call(original, next(clip).copy())
    return theirs


def _searched(
    detector: FaceDetector, classifier: Classifier, frames: list[FrameBgr], rounds: int
) -> dict[str, Any]:
    """As for files and while faces are hidden: each frame is searched for new faces."""
    ours = _Ours(detector, classifier, Cadence())
    for frame in islice(cycle(frames), rounds * OURS):
        ours.process(frame.copy())
    return _named("", ours.total)


def _left_out(
    detector: FaceDetector, classifier: Classifier, frames: list[FrameBgr], rounds: int
) -> dict[str, Any]:
    """The mean frame with the detector at every one, and at every third as where time lacks."""
    every, third = (
        _Ours(detector, classifier),
        _Ours(detector, classifier, Cadence(NO_TIME_MS)),
    )
    clip = cycle(frames)
    for _ in range(rounds):
        for ours in (every, third):
            for _ in range(OURS):
                ours.process(next(clip).copy())
    return {
        "period": MAX_PERIOD,
        "mean_cpu_ms": mean(third.total.cpu),
        "mean_cpu_ms_every_frame": mean(every.total.cpu),
    }


def _video(
    detector: FaceDetector, classifier: Classifier, frames: list[FrameBgr], rounds: int
) -> dict[str, Any]:
    """A frame as the decoder gives it (YUV 4:2:0) through the stream's callback and worker."""
    pipeline = Pipeline(detector, classifier, Tracker(), Cadence(AMPLE_MS))
    mailbox = Worker().open(pipeline)
    processor = FrameProcessor(mailbox, language="es", budget_ms=1000)
    video = [_decoded(frame) for frame in frames]
    times = Times()
    for number, frame in enumerate(islice(cycle(video), rounds * OURS)):
        frame.pts = number
        times.call(_there_and_back, processor, frame)
    mailbox.close()
    if processor.error is not None:
        raise processor.error
    return _named("", times)


def _there_and_back(processor: FrameProcessor, frame: av.VideoFrame) -> av.VideoFrame:
    """What goes to the encoder, in its colours."""
    return processor.process(frame).reformat(format="yuv420p")


def _decoded(frame_bgr: FrameBgr) -> av.VideoFrame:
    frame = av.VideoFrame.from_ndarray(frame_bgr, format="bgr24").reformat(format="yuv420p")
    frame.time_base = Fraction(1, RATE)
    return frame


def _named(prefix: str, times: Times) -> dict[str, float]:
    return {
        f"{prefix}cpu_ms": middle(times.cpu),
        f"{prefix}cpu_ms_mean": mean(times.cpu),
        f"{prefix}cpu_ms_p95": late(times.cpu),
        f"{prefix}wall_ms": middle(times.wall),
        f"{prefix}wall_ms_p95": late(times.wall),
    }
