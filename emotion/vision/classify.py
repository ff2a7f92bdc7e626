"""The faces of one frame as a classifier sees them."""

from collections.abc import Sequence

import numpy as np

from emotion.labels import EXPRESSIONS
from emotion.models.classifier import Classifier
from emotion.vision.crop import crop_face
from emotion.vision.thresholds import DEFAULT_CONFIDENCE
from emotion.vision.tracker import Track
from emotion.vision.types import CropGrey, FloatArray, FrameBgr


def crop_faces(
    frame_bgr: FrameBgr, tracks: Sequence[Track], classifier: Classifier
) -> list[CropGrey]:
    """The tracks' faces in the frame, each `(crop_size, crop_size)` as the classifier wants it."""
    return [crop_face(frame_bgr, track.face, classifier.crop_size) for track in tracks]


def classify_crops(crops: list[CropGrey], classifier: Classifier) -> FloatArray:
    """Calibrated probabilities `(crops, 7)`."""
    if not crops:
        return np.empty((0, len(EXPRESSIONS)), np.float32)
    return classifier.probabilities(np.stack(crops))


def least_confidence(classifier: Classifier) -> float:
    """Below this confidence a label is not sure: the card's threshold, else the default."""
    record = classifier.card.confidence_threshold
    return DEFAULT_CONFIDENCE if record is None else record.threshold
