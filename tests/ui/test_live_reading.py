"""A neutral baseline learned from a stream, recorded, undone; a model changed meanwhile."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from emotion.models.card import ThresholdRecord
from emotion.models.classifier import Classifier
from emotion.models.load import load_classifier
from emotion.models.store import find_model
from emotion.sessions.store import SessionStore
from emotion.sessions.writer import SessionWriter
from emotion.ui.live_reading import Reading
from emotion.ui.live_stream import RECENT_PERIOD_S, LiveStream
from emotion.vision.baseline import DURATION_S
from emotion.vision.cadence import READ_BUDGET_MS, Cadence
from emotion.vision.detector import FaceDetector
from emotion.vision.pipeline import Pipeline
from emotion.vision.thresholds import DEFAULT_CONFIDENCE
from emotion.vision.tracker import Tracker
from emotion.vision.types import FrameBgr, TrackedFace
from emotion.vision.view import ViewOptions
from emotion.vision.worker import Worker
from tests.ui.test_live_stream import av_frame, portrait

STEP = 6  # frames at 30 a second that lie between two of the test's: five a second


@pytest.fixture(scope="module")
def classifier(models_dir: Path) -> Classifier:
    return load_classifier(find_model(models_dir, "tiny"))


@pytest.fixture
def pipeline(classifier: Classifier) -> Pipeline:
    return Pipeline(FaceDetector(), classifier, Tracker(), Cadence(READ_BUDGET_MS))


@pytest.fixture
def camera(pipeline: Pipeline) -> Iterator["Camera"]:
    stream = LiveStream(
        Worker(), pipeline, language="en", budget_ms=20_000, reading=Reading(pipeline)
    )
    yield Camera(stream)
    stream.end()


class Camera:
    """Sends pictures through a stream, five a second of its clock."""

    def __init__(self, stream: LiveStream) -> None:
        self.stream = stream
        self._number = 0

    @property
    def reading(self) -> Reading:
        assert self.stream.reading is not None
        return self.stream.reading

    def see(self, picture: FrameBgr, seconds: float = 0.2) -> tuple[TrackedFace, ...]:
        """The faces of the last picture."""
        for _ in range(round(seconds * 30 / STEP)):
            self.stream.process(av_frame(picture, self._number))
            self._number += STEP
        assert self.stream.newest is not None
        return self.stream.newest.faces

    def calibrated(self) -> TrackedFace:
        """The portrait's face, calibrated to itself."""
        (face,) = self.see(portrait())
        self.reading.calibrate(face.track_id)
        (face,) = self.see(portrait(), DURATION_S + 0.4)
        return face


def test_three_seconds_of_a_face_are_taken_off_its_probabilities(camera: Camera) -> None:
    (before,) = camera.see(portrait())
    assert not before.baseline
    camera.reading.calibrate(before.track_id)
    assert camera.reading.calibrating == (before.track_id, 0.0)
    camera.see(portrait(), 1.6)
    calibrating = camera.reading.calibrating
    assert calibrating is not None and calibrating[1] == pytest.approx(1.4 / DURATION_S)
    camera.see(portrait(), 1.6)
    assert camera.reading.calibrating is None and camera.reading.failed is None
    (after,) = camera.see(portrait(), 3)
    assert after.baseline
    np.testing.assert_allclose(after.probabilities, before.probabilities, atol=1e-4)
    neutral = 6
    assert after.smoothed[neutral] > before.smoothed[neutral] + 0.05


def test_it_is_undone(camera: Camera) -> None:
    (before,) = camera.see(portrait())
    face = camera.calibrated()
    assert face.baseline
    camera.reading.undo(face.track_id)
    (after,) = camera.see(portrait(), 5)
    assert not after.baseline
    np.testing.assert_allclose(after.smoothed, before.smoothed, atol=0.01)


def test_a_calibration_that_is_cancelled_leaves_nothing(camera: Camera) -> None:
    (face,) = camera.see(portrait())
    camera.reading.calibrate(face.track_id)
    camera.see(portrait(), 1)
    camera.reading.undo(face.track_id)
    assert camera.reading.calibrating is None
    (face,) = camera.see(portrait(), DURATION_S)
    assert not face.baseline


def test_a_face_that_is_not_seen_well_is_told_and_may_be_tried_again(camera: Camera) -> None:
    (face,) = camera.see(portrait())
    camera.reading.calibrate(face.track_id)
    camera.see(np.asarray(portrait() // 6, np.uint8), DURATION_S + 0.4)
    failed = camera.reading.failed
    assert "seen well in only 0 pictures" in str(failed)
    assert camera.calibrated().baseline
    assert camera.reading.failed is None


def test_a_face_that_leaves_while_it_is_calibrated_is_told_as_well(camera: Camera) -> None:
    (face,) = camera.see(portrait())
    camera.reading.calibrate(face.track_id)
    camera.see(portrait(), 1)
    assert camera.see(np.zeros_like(portrait()), DURATION_S) == ()
    assert "seen well in only 5 pictures" in str(camera.reading.failed)


def test_a_recording_and_the_last_minute_hold_what_was_corrected(
    camera: Camera, tmp_path: Path
) -> None:
    face = camera.calibrated()
    store = SessionStore(f"sqlite:///{tmp_path / 'sessions.db'}")
    writer = SessionWriter(store)
    try:
        camera.stream.start_recording(writer, "calibrated", "tiny")
        time.sleep(RECENT_PERIOD_S)
        (face,) = camera.see(portrait())
        recording = camera.stream.stop_recording()
        assert recording is not None and recording.wait(5)
        samples = store.read_samples(recording.session_id)
    finally:
        writer.close()
        store.close()
    assert samples["baseline"].tolist() == [True]
    assert samples["p_neutral"].tolist() == pytest.approx([face.smoothed[6]])
    _, newest = camera.stream.recent[-1]
    assert newest.faces == (face,)


def test_another_model_begins_without_baselines_and_ids_go_on(
    camera: Camera, pipeline: Pipeline
) -> None:
    face = camera.calibrated()
    other = replace(pipeline, tracker=camera.reading.tracker, cadence=Cadence(READ_BUDGET_MS))
    camera.stream.use(other, reading=Reading(other))
    (after,) = camera.see(portrait())
    assert (after.track_id, after.baseline) == (face.track_id, False)


def test_how_steady_labels_are_may_change_while_the_stream_runs(camera: Camera) -> None:
    """With full strength a picture of other light hardly moves the label's numbers."""
    moved = []
    for strength in (0.0, 1.0):
        camera.reading.strength = strength
        (before,) = camera.see(portrait(), 6)
        assert camera.reading.strength == strength
        camera.see(np.asarray(portrait() // 3 + 80, np.uint8))
        newest = camera.stream.newest
        assert newest is not None
        moved.append(float(np.abs(newest.faces[0].smoothed - before.smoothed).sum()))
    assert moved[1] < moved[0] / 2


def test_while_faces_are_hidden_the_detector_looks_at_every_frame(camera: Camera) -> None:
    camera.stream.show(ViewOptions(hide="blur"))
    assert camera.reading.every_frame
    camera.stream.show(ViewOptions())
    assert not camera.reading.every_frame


def test_the_least_confidence_is_the_cards_or_the_default(pipeline: Pipeline) -> None:
    record = ThresholdRecord(threshold=0.8, coverage=0.6, accuracy=0.92, pictures=500)
    with_record, without = (
        Reading(
            replace(
                pipeline,
                classifier=replace(
                    pipeline.classifier,
                    card=pipeline.classifier.card.model_copy(
                        update={"confidence_threshold": chosen}
                    ),
                ),
            )
        )
        for chosen in (record, None)
    )
    assert (with_record.least_confidence, with_record.threshold) == (0.8, record)
    assert (without.least_confidence, without.threshold) == (DEFAULT_CONFIDENCE, None)
