"""A real face, a real detector, and a classifier that goes by brightness."""

from datetime import UTC, datetime

import numpy as np
import pytest
from skimage import data

from emotion.models.card import InputSpec, ModelCard, WeightsRecord
from emotion.models.classifier import Classifier
from emotion.vision.detector import FaceDetector
from emotion.vision.types import FrameBgr
from tests.vision.made import BrightnessBackend


@pytest.fixture(scope="session")
def astronaut_bgr() -> FrameBgr:
    """NASA's picture of Eileen Collins, 512 x 512, one face of about 112 pixels."""
    picture = np.ascontiguousarray(data.astronaut()[:, :, ::-1])
    picture.flags.writeable = False
    return picture


@pytest.fixture(scope="session")
def frame_bgr(astronaut_bgr: FrameBgr) -> FrameBgr:
    """A video frame of 640 x 480 with that face."""
    frame = np.full((480, 640, 3), 128, np.uint8)
    frame[:, 64:576] = astronaut_bgr[:480]
    frame.flags.writeable = False
    return frame


@pytest.fixture(scope="session")
def detector() -> FaceDetector:
    return FaceDetector()


@pytest.fixture
def classifier() -> Classifier:
    card = ModelCard(
        name="brightness",
        network="resnet18",
        input=InputSpec(resize=48, crop=40),
        created=datetime(2026, 1, 1, tzinfo=UTC),
        weights=WeightsRecord(file="none", dtype="float32", sha256=""),
    )
    return Classifier(card, BrightnessBackend())
