"""Small real objects for the tests of one frame."""

from threading import Event

import cv2
import numpy as np

from emotion.models.backend import CropsGrey, Logits
from emotion.vision.types import Face, FrameBgr, FrameResult, TrackedFace


class BrightnessBackend:
    """A linear model of one feature: the brighter the crop, the happier."""

    description = "brightness"

    def __init__(self) -> None:
        self.batches: list[int] = []

    def logits(self, crops: CropsGrey) -> Logits:
        self.batches.append(len(crops))
        weights = np.array([0, -1, 0, 8, 0, 0, 1], np.float32)
        return (crops.mean(axis=(1, 2), dtype=np.float32) / 255)[:, None] * weights


class GatedPipeline:
    """Waits at a gate before each frame and notes which frames came; black ones raise."""

    def __init__(self, name: str = "", log: list[str] | None = None, *, is_open: bool = True):
        self.gate, self.entered = Event(), Event()
        self.log = [] if log is None else log
        self._name = name
        if is_open:
            self.gate.set()

    def process(self, frame_bgr: FrameBgr, time_s: float) -> FrameResult:
        self.log.append(f"{self._name}{time_s:g}")
        self.entered.set()
        assert self.gate.wait(30), "nobody opened the gate"
        if not frame_bgr.any():
            raise ArithmeticError("a black frame")
        return made_result(time_s, (frame_bgr.shape[1], frame_bgr.shape[0]))


def made_face(
    box_xyxy: tuple[float, float, float, float], roll: float = 0.0, score: float = 0.9
) -> Face:
    """A face in that box, its landmarks where a face of that roll (radians) has them."""
    left, top, right, bottom = box_xyxy
    height = bottom - top
    upright = np.array([[-0.18, -0.13], [0.18, -0.13], [0, 0.07], [-0.14, 0.23], [0.14, 0.23]])
    turn = np.array([[np.cos(roll), -np.sin(roll)], [np.sin(roll), np.cos(roll)]])
    centre_xy = np.array([(left + right) / 2, (top + bottom) / 2])
    landmarks_xy = centre_xy + (upright * height) @ turn.T
    return Face(np.array(box_xyxy, np.float32), landmarks_xy.astype(np.float32), score)


def made_result(
    time_s: float,
    size_wh: tuple[int, int],
    *boxes: tuple[float, float, float, float],
    expression: int = 3,
    confidence: float = 0.87,
) -> FrameResult:
    """A result with a face in each box, all of one expression (index)."""
    probabilities = np.full(7, (1 - confidence) / 6, np.float32)
    probabilities[expression] = confidence
    faces = tuple(
        TrackedFace(index, made_face(box), probabilities, probabilities)
        for index, box in enumerate(boxes, start=1)
    )
    return FrameResult(time_s, size_wh, faces, {"detect": 1.0, "classify": 1.0, "track": 0.1})


def turned(picture: FrameBgr, degrees: float, centre_xy: tuple[float, float]) -> FrameBgr:
    """The picture turned clockwise on the screen around `centre_xy`."""
    matrix = cv2.getRotationMatrix2D(centre_xy, -degrees, 1)
    size_wh = (picture.shape[1], picture.shape[0])
    return cv2.warpAffine(picture, matrix, size_wh, borderMode=cv2.BORDER_REPLICATE)
