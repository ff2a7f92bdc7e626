import logging
import time
from collections.abc import Callable, Iterator
from fractions import Fraction

import av
import cv2
import numpy as np
import pytest

from emotion.models.classifier import Classifier
from emotion.vision.detector import FaceDetector
from emotion.vision.pipeline import Pipeline
from emotion.vision.stream import STALE_S, FrameProcessor
from emotion.vision.tracker import Tracker
from emotion.vision.types import FrameBgr, FrameResult, TrackedFace
from emotion.vision.worker import FramePipeline, Mailbox, Worker
from tests.vision.made import GatedPipeline, made_face, made_result
from tests.waiting import wait_for

PATIENCE_MS = 20_000
BOX = (200, 150, 320, 290)


class Boxes:
    """Finds a face in the same place of every frame."""

    def process(self, frame_bgr: FrameBgr, time_s: float) -> FrameResult:
        return made_result(time_s, (frame_bgr.shape[1], frame_bgr.shape[0]), BOX)


class BoxesOnce(Boxes):
    """Answers the first frame, then waits at a gate."""

    def __init__(self) -> None:
        self.slow = GatedPipeline(is_open=False)
        self.count = 0

    def process(self, frame_bgr: FrameBgr, time_s: float) -> FrameResult:
        self.count += 1
        if self.count > 1:
            self.slow.process(frame_bgr, time_s)
        return super().process(frame_bgr, time_s)


class EighthExpression:
    """Says something that cannot be drawn."""

    def process(self, frame_bgr: FrameBgr, time_s: float) -> FrameResult:
        eighth = np.eye(8, dtype=np.float32)[7]
        face = TrackedFace(1, made_face(BOX), eighth, eighth)
        return FrameResult(time_s, (frame_bgr.shape[1], frame_bgr.shape[0]), (face,), {})


@pytest.fixture
def open_mailbox() -> Iterator[Callable[[FramePipeline], Mailbox]]:
    worker = Worker()
    opened: list[Mailbox] = []

    def open_one(pipeline: FramePipeline) -> Mailbox:
        opened.append(worker.open(pipeline))
        return opened[-1]

    yield open_one
    for mailbox in opened:
        mailbox.close()


def av_frame(picture: FrameBgr, pts: int | None = 3000) -> av.VideoFrame:
    frame = av.VideoFrame.from_ndarray(picture, format="bgr24").reformat(format="yuv420p")
    frame.pts, frame.time_base = pts, Fraction(1, 90_000)
    return frame


def grey(height: int = 480, width: int = 640) -> FrameBgr:
    return np.full((height, width, 3), 128, np.uint8)


def changed(before: av.VideoFrame, after: av.VideoFrame) -> int:
    """How many pixels differ."""
    pair = [frame.to_ndarray(format="bgr24").astype(int) for frame in (before, after)]
    return int((np.abs(pair[0] - pair[1]).max(axis=2) > 20).sum())


def processor(mailbox: Mailbox, budget_ms: float = PATIENCE_MS) -> FrameProcessor:
    return FrameProcessor(mailbox, language="es", budget_ms=budget_ms)


Open = Callable[[FramePipeline], Mailbox]


def test_a_face_comes_back_with_box_and_label(
    open_mailbox: Open, detector: FaceDetector, classifier: Classifier, frame_bgr: FrameBgr
) -> None:
    frame = av_frame(frame_bgr)
    annotated = processor(open_mailbox(Pipeline(detector, classifier, Tracker()))).process(frame)
    assert changed(frame, annotated) > 1000


def test_time_and_size_of_the_frame_are_kept(open_mailbox: Open) -> None:
    frame = av_frame(grey(), pts=123_456)
    annotated = processor(open_mailbox(Boxes())).process(frame)
    assert annotated is not frame
    assert (annotated.pts, annotated.time_base) == (123_456, Fraction(1, 90_000))
    assert (annotated.width, annotated.height) == (640, 480)


def test_results_carry_the_time_of_the_stream(open_mailbox: Open) -> None:
    mailbox = open_mailbox(Boxes())
    processor(mailbox).process(av_frame(grey(), pts=180_000))
    result = mailbox.latest()
    assert result is not None and result.time_s == pytest.approx(2.0)


def test_a_frame_without_a_time_gets_the_time_since_the_start(open_mailbox: Open) -> None:
    mailbox = open_mailbox(Boxes())
    annotated = processor(mailbox).process(av_frame(grey(), pts=None))
    result = mailbox.latest()
    assert annotated.pts is None
    assert result is not None and 0 <= result.time_s < 20


def test_a_frame_without_a_face_goes_back_untouched(
    open_mailbox: Open, detector: FaceDetector, classifier: Classifier
) -> None:
    frame = av_frame(grey())
    mailbox = open_mailbox(Pipeline(detector, classifier, Tracker()))
    assert processor(mailbox).process(frame) is frame
    assert mailbox.counts.processed == 1


def test_frames_may_change_their_size(
    open_mailbox: Open, detector: FaceDetector, classifier: Classifier, frame_bgr: FrameBgr
) -> None:
    stream = processor(open_mailbox(Pipeline(detector, classifier, Tracker())))
    for number, size_wh in enumerate([(640, 480), (320, 240), (480, 360), (1280, 960)]):
        frame = av_frame(cv2.resize(frame_bgr, size_wh), pts=3000 * number)
        annotated = stream.process(frame)
        assert (annotated.width, annotated.height) == size_wh
        assert changed(frame, annotated) > 300
    assert stream.error is None and stream.failed == 0


def test_a_frame_waits_no_longer_than_its_budget_and_shows_the_newest_result(
    open_mailbox: Open,
) -> None:
    pipeline = BoxesOnce()
    stream = processor(open_mailbox(pipeline))
    stream.process(av_frame(grey(), pts=0))
    hasty = processor(stream.mailbox, budget_ms=20)
    started = time.monotonic()
    frames = [av_frame(grey(), pts=3000 * number) for number in range(1, 6)]
    annotated = [hasty.process(frame) for frame in frames]
    assert 0.09 < time.monotonic() - started < 5
    assert all(
        changed(before, after) > 300 for before, after in zip(frames, annotated, strict=True)
    )
    pipeline.slow.gate.set()


def test_the_newest_result_is_scaled_to_a_frame_of_another_size(open_mailbox: Open) -> None:
    pipeline = BoxesOnce()
    stream = processor(open_mailbox(pipeline))
    stream.process(av_frame(grey(), pts=0))
    large = av_frame(grey(960, 1280))
    after = processor(stream.mailbox, budget_ms=0).process(large).to_ndarray(format="bgr24")
    columns = np.nonzero(np.abs(after[440].astype(int) - 128).max(axis=1) > 20)[0]
    assert columns.min() == pytest.approx(400, abs=6)
    assert columns.max() == pytest.approx(640, abs=6)
    pipeline.slow.gate.set()


def test_an_old_result_is_not_drawn(open_mailbox: Open) -> None:
    pipeline = BoxesOnce()
    stream = processor(open_mailbox(pipeline))
    stream.process(av_frame(grey(), pts=0))
    late = av_frame(grey(), pts=round(90_000 * (STALE_S + 0.1)))
    assert processor(stream.mailbox, budget_ms=0).process(late) is late
    pipeline.slow.gate.set()


def test_an_exception_in_the_pipeline_gives_the_plain_frame_and_the_stream_goes_on(
    open_mailbox: Open,
) -> None:
    stream = processor(open_mailbox(GatedPipeline()))
    black = av_frame(np.zeros((48, 64, 3), np.uint8))
    assert stream.process(black) is black
    assert isinstance(stream.error, ArithmeticError)
    stream.process(av_frame(grey()))
    assert stream.mailbox.counts.processed == 1


def test_an_exception_in_the_callback_gives_the_plain_frame_and_is_kept(
    open_mailbox: Open, caplog: pytest.LogCaptureFixture
) -> None:
    stream = processor(open_mailbox(EighthExpression()))
    frames = [av_frame(grey(), pts=3000 * number) for number in range(3)]
    with caplog.at_level(logging.ERROR):
        assert [stream.process(frame) for frame in frames] == frames
    assert stream.failed == 3 and isinstance(stream.error, IndexError)
    assert len(caplog.records) == 1


def test_after_the_end_frames_go_through_plain(open_mailbox: Open) -> None:
    mailbox = open_mailbox(Boxes())
    mailbox.close()
    frame = av_frame(grey())
    assert processor(mailbox).process(frame) is frame


def test_the_language_may_change_in_mid_stream(open_mailbox: Open) -> None:
    stream = processor(open_mailbox(Boxes()))
    spanish = stream.process(av_frame(grey()))
    stream.language = "en"
    assert changed(spanish, stream.process(av_frame(grey()))) > 20


def test_frames_that_the_worker_still_reads_are_not_drawn_on(open_mailbox: Open) -> None:
    class Keeping(Boxes):
        def __init__(self) -> None:
            self.frames: list[FrameBgr] = []

        def process(self, frame_bgr: FrameBgr, time_s: float) -> FrameResult:
            self.frames.append(frame_bgr)
            return super().process(frame_bgr, time_s)

    pipeline = Keeping()
    stream = processor(open_mailbox(pipeline))
    stream.process(av_frame(grey()))
    wait_for("the frame", lambda: pipeline.frames, 20)
    assert np.ptp(pipeline.frames[0]) < 10
