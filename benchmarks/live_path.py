"""Test faces through the live path: `python -m benchmarks.live_path DATA [--model NAME]`.

Each picture of `test` is enlarged to 200 pixels and pasted at a random place into a frame of
640 x 480; the frame is searched as on the live page, and the face nearest to the place is
cropped and classified. Beside that the same pictures as they are. Prints one JSON object.
"""

import argparse
import json
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np

from emotion.data.layout import scan
from emotion.data.pictures import read_grey
from emotion.models.classifier import Classifier
from emotion.models.load import load_classifier
from emotion.models.store import SHIPPED, find_model
from emotion.settings import load_settings
from emotion.vision.crop import crop_face, fit_crop
from emotion.vision.detector import DETECTION_SIZE, FaceDetector
from emotion.vision.types import CropGrey, Face, FrameBgr

SIDE: Final = 200
WIDTH, HEIGHT = 640, 480
NEAR: Final = 50
"""Pixels that the middle of a found box may lie off the picture's."""
BACKGROUNDS: Final = ("texture", "grey")


def background(name: str, seed: int) -> FrameBgr:
    """Blotches of 16 pixels between two greys, or one grey."""
    if name == "grey":
        return np.full((HEIGHT, WIDTH, 3), 128, np.uint8)
    coarse = np.random.default_rng(seed).integers(60, 190, (HEIGHT // 16, WIDTH // 16, 1), np.uint8)
    large = cv2.resize(coarse, (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR)
    return np.repeat(large[:, :, None], 3, axis=2)


def find(
    detector: FaceDetector, picture: CropGrey, name: str, seed: int
) -> tuple[FrameBgr, Face | None]:
    """The frame with the picture in it, and the face that was found there, if any."""
    frame = background(name, seed)
    left, top = np.random.default_rng(seed).integers(0, (WIDTH - SIDE, HEIGHT - SIDE))
    large = cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    frame[top : top + SIDE, left : left + SIDE] = large[:, :, None]
    middle = np.array([left, top]) + SIDE / 2
    for face in detector.detect(frame):
        if np.abs(face.box_xyxy.reshape(2, 2).mean(axis=0) - middle).max() < NEAR:
            return frame, face
    return frame, None


def measure(root: Path, classifier: Classifier, name: str) -> dict[str, Any]:
    """Share found, and of those found the accuracy through the live path and as crops."""
    detector, size, data = FaceDetector(), classifier.crop_size, scan(root)
    samples = data.samples("test")
    crops, live, truth = [], [], []
    for seed, sample in enumerate(samples):
        picture = read_grey(data.path(sample))
        frame, face = find(detector, picture, name, seed)
        if face is not None:
            live.append(crop_face(frame, face, size))
            crops.append(fit_crop(picture, size))
            truth.append(sample.expression)
    right = [
        float((classifier.probabilities(np.stack(one)).argmax(axis=1) == truth).mean())
        for one in (live, crops)
    ]
    return {
        "pictures": len(samples),
        "found": round(len(live) / len(samples), 4),
        "accuracy_live": round(right[0], 4),
        "accuracy_as_crops": round(right[1], 4),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", default=SHIPPED)
    asked = parser.parse_args()
    model = load_classifier(find_model(load_settings().models_dir, asked.model))
    rows = {name: measure(asked.data, model, name) for name in BACKGROUNDS}
    print(json.dumps({"detector_input": DETECTION_SIZE, "face_px": SIDE} | rows, indent=1))
