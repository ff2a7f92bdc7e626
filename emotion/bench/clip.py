"""A clip of real faces that move, turn and change from frame to frame, for the bench."""

from math import cos, pi, sin
from typing import Final

import cv2
import numpy as np

from emotion.errors import SettingsError
from emotion.vision.types import FrameBgr

WIDTH, HEIGHT, RATE = 640, 480, 30
HEAD: Final = (slice(0, 260), slice(94, 354))
"""The head in the portrait, 260 pixels wide and high; the face's box is 112 pixels high."""
PLACES: Final = {
    1: ((320, 240, 420),),
    2: ((180, 230, 290), (460, 250, 290)),
    4: ((160, 125, 220), (480, 125, 220), (160, 355, 220), (480, 355, 220)),
}
"""Number of faces -> centre and width in pixels of each head in the frame."""


def portrait_bgr() -> FrameBgr:
    """NASA's portrait of Eileen Collins, in the public domain, `(512, 512, 3)`.

    Raises `SettingsError` when scikit-image, which carries it, is not installed.
    """
    try:
        from skimage import data
    except ModuleNotFoundError as error:
        raise SettingsError(
            "The bench shows the camera a portrait that the package {package} carries, and it "
            "is not installed. Run pip install -r requirements-dev.txt.",
            package="scikit-image",
        ) from error
    picture_rgb = np.asarray(data.astronaut(), np.uint8)  # type: ignore[no-untyped-call]
    return np.ascontiguousarray(picture_rgb[:, :, ::-1])


def moving_faces(faces: int, frames: int) -> list[FrameBgr]:
    """A loop of `frames` pictures `(480, 640, 3)` with 1, 2 or 4 faces.

    Each face drifts, nods, comes nearer and is lit differently from frame to frame, so that
    no picture is like the last one.
    """
    head = portrait_bgr()[HEAD]
    return [_frame(head, PLACES[faces], number / frames) for number in range(frames)]


def _frame(head: FrameBgr, places: tuple[tuple[int, int, int], ...], share: float) -> FrameBgr:
    frame = np.full((HEIGHT, WIDTH, 3), (70, 80, 90), np.uint8)
    for index, (x, y, width) in enumerate(places):
        phase = 2 * pi * (share + index / len(places))
        size = round(width * (1 + 0.08 * sin(phase)))
        centre = (head.shape[1] / 2, head.shape[0] / 2)
        matrix = cv2.getRotationMatrix2D(centre, 8 * sin(phase), size / head.shape[1])
        matrix[0, 2] += size / 2 - centre[0]
        matrix[1, 2] += size / 2 - centre[1]
        picture = cv2.warpAffine(head, matrix, (size, size), borderMode=cv2.BORDER_REPLICATE)
        picture = cv2.convertScaleAbs(picture, alpha=0.85 + 0.15 * cos(phase))
        left = round(x + 0.05 * width * cos(phase) - size / 2)
        top = round(y + 0.04 * width * sin(2 * phase) - size / 2)
        place = frame[max(top, 0) : top + size, max(left, 0) : left + size]
        corner = picture[max(-top, 0) :, max(-left, 0) :]
        place[:] = corner[: place.shape[0], : place.shape[1]]
    return frame
