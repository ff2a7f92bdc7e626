"""How turned faces are read, and what a face from the front is like: for `benchmarks.limits`.

Each picture is pasted into a frame as `benchmarks.live_path` does it and found there.
"""

from itertools import pairwise
from typing import Any, Final

import cv2
import numpy as np

from benchmarks.held_out import read, shown
from benchmarks.live_path import find
from emotion.evaluation.scores import IntArray
from emotion.models.classifier import Classifier
from emotion.vision.classify import least_confidence
from emotion.vision.crop import crop_face
from emotion.vision.detector import FaceDetector
from emotion.vision.quality import angles
from emotion.vision.types import CropGrey, Face, FrameBgr

ROLLS: Final = (0, 10, 20, 30, 40)
"""Degrees by which the pictures are turned."""
BINS: Final = {"yaw": (0, 10, 20, 30, 40, 90), "pitch": (0, 5, 10, 15, 20, 90)}
Found = tuple[Face, CropGrey, int]
"""A face, its crop, its class."""


def poses(crops: list[CropGrey], truth: IntArray, classifier: Classifier) -> dict[str, Any]:
    """Rows of yaw and pitch as they were found, of rolls that were made, and the mean face."""
    detector, rolled = FaceDetector(), []
    for degrees in ROLLS:
        found = _found(detector, crops, truth, degrees, classifier.crop_size)
        estimated = [angles(face)[2] for face, _, _ in found]
        rolled.append(
            {
                "turned": degrees,
                "estimated": float(np.median(estimated)) if found else None,
                "found": len(found) / len(crops),
            }
            | _read(found, classifier)
        )
        if degrees == 0:
            upright = found
    binned = {
        name: _by_angle(upright, index, BINS[name], classifier)
        for index, name in enumerate(("yaw", "pitch"))
    }
    return {
        "angles": {"MAX_YAW": binned["yaw"], "MAX_PITCH": binned["pitch"], "MAX_ROLL": rolled},
        "front": front([face for face, _, _ in upright]),
    }


def front(faces: list[Face]) -> dict[str, Any]:
    """The median face, turned upright and made symmetric: see `emotion.vision.quality`."""
    if not faces:
        return {}
    points, widths, above = [], [], []
    for face in faces:
        low, high = face.box_xyxy.reshape(2, 2).astype(np.float64)
        height = high[1] - low[1]
        xy = face.landmarks_xy.astype(np.float64)
        middle = xy.mean(axis=0)
        across = xy[1] - xy[0]
        right = across / max(float(np.linalg.norm(across)), 1e-6)
        points.append((xy - middle) @ np.array([right, [-right[1], right[0]]]).T / height)
        widths.append((high[0] - low[0]) / height)
        above.append(float(middle[1] - (low[1] + high[1]) / 2) / height)
    median = np.median(points, axis=0)
    mirrored = median[[1, 0, 2, 4, 3]] * [-1, 1]
    landmarks = (median + mirrored) / 2
    return {
        "landmarks": landmarks.round(3).tolist(),
        "eyes_to_mouth": round(float(landmarks[3:, 1].mean() - landmarks[:2, 1].mean()), 3),
        "box_width": round(float(np.median(widths)), 3),
        "box_above": round(float(np.median(above)), 3),
    }


def _found(
    detector: FaceDetector, crops: list[CropGrey], truth: IntArray, degrees: float, size: int
) -> list[Found]:
    found = []
    for seed, (crop, true) in enumerate(zip(crops, truth, strict=True)):
        frame, face = find(detector, _turned(crop, degrees), "texture", seed)
        if face is not None:
            found.append((face, crop_face(frame, face, size), int(true)))
    return found


def _turned(crop: CropGrey, degrees: float) -> FrameBgr:
    middle = (len(crop) - 1) / 2
    matrix = cv2.getRotationMatrix2D((middle, middle), -degrees, 1.0)  # clockwise, as a roll
    turned = cv2.warpAffine(crop, matrix, crop.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(turned, np.uint8)


def _by_angle(
    found: list[Found], index: int, edges: tuple[int, ...], classifier: Classifier
) -> list[dict[str, Any]]:
    """Rows between two edges of the angle `index` of `emotion.vision.quality.angles`."""
    bins = np.digitize([abs(angles(face)[index]) for face, _, _ in found], edges) - 1
    rows = []
    for number, (low, high) in enumerate(pairwise(edges)):
        inside = [one for one, bin_ in zip(found, bins, strict=True) if bin_ == number]
        rows.append({"from": low, "to": high} | _read(inside, classifier))
    return rows


def _read(found: list[Found], classifier: Classifier) -> dict[str, Any]:
    """How many faces, and how often their labels, and those that are shown, are right."""
    if not found:
        return {"faces": 0, "right": None, "shown": None, "shown_right": None}
    _, crops, truth = zip(*found, strict=True)
    probabilities = read(classifier, crops)
    return {"faces": len(found)} | shown(
        probabilities, np.array(truth), least_confidence(classifier)
    )
