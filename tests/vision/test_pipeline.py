import cv2
import numpy as np
import pytest

from emotion.labels import UNSURE
from emotion.models.card import ThresholdRecord
from emotion.models.classifier import Classifier
from emotion.vision.cadence import Cadence
from emotion.vision.detector import FaceDetector
from emotion.vision.matching import iou
from emotion.vision.pipeline import Pipeline
from emotion.vision.thresholds import DEFAULT_CONFIDENCE
from emotion.vision.tracker import Tracker
from emotion.vision.types import Face, FloatArray, FrameBgr
from tests.vision.made import BrightnessBackend


@pytest.fixture
def pipeline(detector: FaceDetector, classifier: Classifier) -> Pipeline:
    return Pipeline(detector, classifier, Tracker())


def batches(pipeline: Pipeline) -> list[int]:
    backend = pipeline.classifier.backend
    assert isinstance(backend, BrightnessBackend)
    return backend.batches


def test_a_frame_becomes_a_tracked_face_with_its_probabilities(
    pipeline: Pipeline, frame_bgr: FrameBgr
) -> None:
    result = pipeline.process(frame_bgr, 1.5)
    (face,) = result.faces
    assert (result.time_s, result.size_wh) == (1.5, (640, 480))
    assert face.track_id == 1
    assert face.probabilities.shape == (7,)
    assert face.probabilities.sum() == pytest.approx(1, abs=1e-5)
    assert face.expression_index == 3


def test_the_classifier_sees_the_face_and_not_the_frame(
    pipeline: Pipeline, frame_bgr: FrameBgr
) -> None:
    dark = np.where(np.arange(640)[:, None] > 350, 0, frame_bgr).astype(np.uint8)
    (whole,), (half) = pipeline.process(frame_bgr, 0.0).faces, pipeline.process(dark, 0.0).faces
    np.testing.assert_allclose(half[0].probabilities, whole.probabilities, atol=0.02)


def test_each_step_is_timed(pipeline: Pipeline, frame_bgr: FrameBgr) -> None:
    timings_ms = pipeline.process(frame_bgr, 0.0).timings_ms
    assert list(timings_ms) == ["detect", "classify", "quality", "track"]
    assert all(value > 0 for value in timings_ms.values())


def test_without_a_face_nothing_is_classified(pipeline: Pipeline) -> None:
    result = pipeline.process(np.full((480, 640, 3), 90, np.uint8), 0.0)
    assert result.faces == ()
    assert batches(pipeline) == []


def test_all_faces_of_a_frame_are_classified_at_once(
    pipeline: Pipeline, frame_bgr: FrameBgr
) -> None:
    face = frame_bgr[20:260, 180:400]
    result = pipeline.process(np.hstack([face, face]), 0.0)
    assert [tracked.track_id for tracked in result.faces] == [1, 2]
    assert batches(pipeline) == [2]


def test_a_face_keeps_its_id_from_frame_to_frame_and_over_a_gap(
    pipeline: Pipeline, frame_bgr: FrameBgr
) -> None:
    empty = np.full_like(frame_bgr, 90)
    seen = [pipeline.process(frame_bgr, 0.0), pipeline.process(empty, 0.1)]
    seen.append(pipeline.process(np.roll(frame_bgr, 6, axis=1), 0.2))
    assert [[face.track_id for face in result.faces] for result in seen] == [[1], [], [1]]


def test_frames_may_change_their_size(pipeline: Pipeline, frame_bgr: FrameBgr) -> None:
    for time_s, size_wh in enumerate([(640, 480), (320, 240), (1280, 720)]):
        result = pipeline.process(cv2.resize(frame_bgr, size_wh), time_s)
        assert result.size_wh == size_wh and len(result.faces) == 1


def test_every_face_comes_with_the_quality_of_its_picture(
    pipeline: Pipeline, frame_bgr: FrameBgr
) -> None:
    (face,) = pipeline.process(frame_bgr, 0.0).faces
    assert face.quality is not None and face.quality.reasons == ()
    dark = np.asarray(frame_bgr // 6, np.uint8)
    (face,) = Pipeline(pipeline.detector, pipeline.classifier, Tracker()).process(dark, 0.0).faces
    assert face.shown == UNSURE and face.reasons[0] == "too_dark"


def test_the_threshold_of_the_card_decides_what_is_sure(
    pipeline: Pipeline, frame_bgr: FrameBgr
) -> None:
    """The brightness model gives this face 0.9 for happy."""
    assert pipeline.least_confidence == DEFAULT_CONFIDENCE
    assert pipeline.process(frame_bgr, 0.0).faces[0].shown == "happy"
    record = ThresholdRecord(threshold=0.99, coverage=0.1, accuracy=1.0, pictures=100)
    card = pipeline.classifier.card.model_copy(update={"confidence_threshold": record})
    strict = Pipeline(pipeline.detector, Classifier(card, pipeline.classifier.backend), Tracker())
    assert strict.least_confidence == 0.99
    (face,) = strict.process(frame_bgr, 0.0).faces
    assert (face.shown, face.reasons) == (UNSURE, ("low_confidence",))


def test_without_a_budget_the_detector_looks_at_every_frame(
    pipeline: Pipeline, frame_bgr: FrameBgr
) -> None:
    results = [pipeline.process(frame_bgr, number / 10) for number in range(4)]
    assert all(result.detected for result in results)


def test_a_budget_that_is_too_small_leaves_the_detector_out_and_the_result_says_so(
    detector: FaceDetector, classifier: Classifier, frame_bgr: FrameBgr
) -> None:
    pipeline = Pipeline(detector, classifier, Tracker(), Cadence(budget_ms=0.001))
    results = [pipeline.process(frame_bgr, number / 30) for number in range(9)]
    assert pipeline.cadence.period == 3
    assert [result.detected for result in results] == [True, False, False] * 3
    assert all(face.track_id == 1 for result in results for face in result.faces)
    assert batches(pipeline) == [1] * 9, "carried faces are classified as well"


class CountingDetector:
    """Counts how often a whole frame is searched."""

    def __init__(self, detector: FaceDetector) -> None:
        self._detector = detector
        self.searches = 0

    def detect(self, frame_bgr: FrameBgr) -> tuple[Face, ...]:
        self.searches += 1
        return self._detector.detect(frame_bgr)

    def follow(self, frame_bgr: FrameBgr, boxes_xyxy: FloatArray) -> tuple[Face, ...]:
        return self._detector.follow(frame_bgr, boxes_xyxy)


def test_a_known_face_is_followed_and_the_frame_is_searched_now_and_then(
    detector: FaceDetector, classifier: Classifier, frame_bgr: FrameBgr
) -> None:
    counting = CountingDetector(detector)
    pipeline = Pipeline(counting, classifier, Tracker(), Cadence(budget_ms=1000))
    seen = [
        pipeline.process(np.roll(frame_bgr, 2 * number, axis=1), number / 30).faces
        for number in range(30)
    ]
    assert [face.track_id for faces in seen for face in faces] == [1] * 30
    boxes = np.array([faces[0].face.box_xyxy for faces in seen])
    np.testing.assert_allclose(np.diff(boxes[:, 0]), 2, atol=4)
    assert counting.searches == 5, "five times a second"
    pipeline.process(np.full_like(frame_bgr, 128), 0.98)
    assert counting.searches == 6, "a missing face is searched for at once"
    assert pipeline.process(frame_bgr, 1.0).faces
    pipeline.cadence.every_frame = True
    before = counting.searches
    pipeline.process(frame_bgr, 1.2)
    pipeline.process(frame_bgr, 1.21)
    assert counting.searches == before + 2


def side_by_side(frame_bgr: FrameBgr, gap: int) -> FrameBgr:
    """The same face twice, `gap` pixels between the two pictures; below 0 they overlap."""
    face = frame_bgr[20:260, 240:336]
    frame = np.full((480, 640, 3), 128, np.uint8)
    left = (640 - 2 * face.shape[1] - gap) // 2
    frame[100:340, left : left + face.shape[1]] = face
    right = left + face.shape[1] + gap
    frame[100:340, right : right + face.shape[1]] = face
    return frame


def test_two_faces_that_come_together_make_the_next_frame_be_searched_as_a_whole(
    detector: FaceDetector, classifier: Classifier, frame_bgr: FrameBgr
) -> None:
    counting = CountingDetector(detector)
    pipeline = Pipeline(counting, classifier, Tracker(), Cadence(budget_ms=1000))
    apart, together = side_by_side(frame_bgr, 20), side_by_side(frame_bgr, -25)
    assert len(pipeline.process(apart, 0.0).faces) == 2
    pipeline.process(apart, 0.03)
    assert counting.searches == 1, "two faces apart are followed"
    (one, other) = pipeline.process(together, 0.3).faces
    assert iou(one.face.box_xyxy[None], other.face.box_xyxy[None]) > 0
    searched = counting.searches
    pipeline.process(together, 0.33)
    pipeline.process(together, 0.36)
    assert counting.searches == searched + 2, "as long as their boxes overlap"
    pipeline.process(apart, 0.39)
    pipeline.process(apart, 0.42)
    assert counting.searches == searched + 3, "no longer when they are apart again"
