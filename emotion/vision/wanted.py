"""Leave out the faces that are too small to be wanted, and remember where they were."""

from typing import Protocol

import numpy as np

from emotion.vision.types import Face, FloatArray, FrameBgr


class Detector(Protocol):
    """What finds faces: `emotion.vision.detector.FaceDetector`."""

    def detect(self, frame_bgr: FrameBgr) -> tuple[Face, ...]:
        """The faces of one frame, boxes in its pixels."""
        ...

    def follow(self, frame_bgr: FrameBgr, boxes_xyxy: FloatArray) -> tuple[Face, ...]:
        """The faces that are still about where their boxes `(n, 4)` are expected to be."""
        ...


class WantedFaces:
    """A detector for one stream that gives the faces of a least height only.

    `min_share` is that height as a share of the frame's, 0 to 1, and may be changed at any
    time. The small ones are not read, but whoever hides faces must know of them:
    `ignored_shares` are their boxes `(n, 4)` in the newest frame that was searched, xyxy in
    shares of its width and height. `detect` runs in the worker's thread.
    """

    def __init__(self, detector: Detector, min_share: float = 0.0) -> None:
        self._detector = detector
        self.min_share = min_share
        self.ignored_shares: FloatArray = np.empty((0, 4), np.float32)

    def detect(self, frame_bgr: FrameBgr) -> tuple[Face, ...]:
        """The faces that are tall enough, in the detector's order."""
        faces = self._detector.detect(frame_bgr)
        height, width = frame_bgr.shape[:2]
        least_px = self.min_share * height
        small = [face.box_xyxy for face in faces if _height(face) < least_px]
        size = np.array([width, height] * 2, np.float32)
        self.ignored_shares = np.array(small, np.float32).reshape(-1, 4) / size
        return tuple(face for face in faces if _height(face) >= least_px)

    def follow(self, frame_bgr: FrameBgr, boxes_xyxy: FloatArray) -> tuple[Face, ...]:
        """Of the faces of these boxes `(n, 4)` those that are found again, tall or not."""
        return self._detector.follow(frame_bgr, boxes_xyxy)


def _height(face: Face) -> float:
    return float(face.box_xyxy[3] - face.box_xyxy[1])
