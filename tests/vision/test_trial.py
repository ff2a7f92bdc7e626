"""A second model on the same faces: its own labels, its own input, and the first untouched."""

import cv2
import numpy as np
import pytest

from emotion.models.card import InputSpec, ThresholdRecord
from emotion.models.classifier import Classifier
from emotion.vision.baseline import baseline_of
from emotion.vision.detector import FaceDetector
from emotion.vision.pipeline import Pipeline
from emotion.vision.tracker import Tracker
from emotion.vision.trial import Trial
from emotion.vision.types import FrameBgr, TrackedFace
from tests.vision.made import BrightnessBackend


@pytest.fixture
def pipeline(detector: FaceDetector, classifier: Classifier) -> Pipeline:
    return Pipeline(detector, classifier, Tracker())


def on_trial(classifier: Classifier, **changes: object) -> Trial:
    card = classifier.card.model_copy(update=changes)
    return Trial("other", Classifier(card, BrightnessBackend()))


def trial_of(face: TrackedFace) -> TrackedFace:
    assert face.trial is not None
    return face.trial


def test_the_same_model_on_trial_says_the_same_of_each_frame(
    pipeline: Pipeline, classifier: Classifier, frame_bgr: FrameBgr
) -> None:
    pipeline.trial = on_trial(classifier)
    dark = cv2.convertScaleAbs(frame_bgr, alpha=0.5)
    for number, picture in enumerate([frame_bgr, frame_bgr, dark, dark, frame_bgr]):
        (face,) = pipeline.process(picture, number / 30).faces
        other = trial_of(face)
        assert other.track_id == face.track_id
        np.testing.assert_array_equal(other.probabilities, face.probabilities)
        np.testing.assert_array_equal(other.smoothed, face.smoothed)
        assert (other.held, other.reasons) == (face.held, face.reasons)
    assert not np.array_equal(face.smoothed, face.probabilities), "smoothed over frames"


def test_each_model_has_its_own_input_and_threshold(
    pipeline: Pipeline, classifier: Classifier, frame_bgr: FrameBgr
) -> None:
    never = ThresholdRecord(threshold=1.0, coverage=0.0, accuracy=None, pictures=60)
    pipeline.trial = on_trial(
        classifier, input=InputSpec(resize=96, crop=96), confidence_threshold=never, temperature=4.0
    )
    (face,) = pipeline.process(frame_bgr, 0.0).faces
    assert "low_confidence" not in face.reasons
    assert "low_confidence" in trial_of(face).reasons
    assert trial_of(face).confidence < face.confidence


def test_a_neutral_baseline_belongs_to_the_model_in_use(
    pipeline: Pipeline, classifier: Classifier, frame_bgr: FrameBgr
) -> None:
    (face,) = pipeline.process(frame_bgr, 0.0).faces
    pipeline.tracker.set_baseline(face.track_id, baseline_of(face.probabilities[None]))
    pipeline.trial = on_trial(classifier)
    (face,) = pipeline.process(frame_bgr, 0.1).faces
    assert face.baseline and not trial_of(face).baseline


def test_a_trial_costs_its_time_and_nothing_after_its_end(
    pipeline: Pipeline, classifier: Classifier, frame_bgr: FrameBgr
) -> None:
    trial = on_trial(classifier)
    pipeline.trial = trial
    assert pipeline.process(frame_bgr, 0.0).timings_ms["trial"] > 0
    backend = trial.classifier.backend
    assert isinstance(backend, BrightnessBackend)
    assert backend.batches == [1]
    pipeline.trial = None
    result = pipeline.process(frame_bgr, 0.1)
    assert "trial" not in result.timings_ms
    assert result.faces[0].trial is None
    assert backend.batches == [1]


def test_a_face_that_comes_back_is_read_as_a_new_one(
    pipeline: Pipeline, classifier: Classifier, frame_bgr: FrameBgr
) -> None:
    pipeline.trial = on_trial(classifier)
    pipeline.process(frame_bgr, 0.0)
    empty = np.full_like(frame_bgr, 128)
    assert pipeline.process(empty, 0.1).faces == ()
    (face,) = pipeline.process(cv2.convertScaleAbs(frame_bgr, alpha=0.5), 9.0).faces
    np.testing.assert_array_equal(trial_of(face).smoothed, trial_of(face).probabilities)
