"""The one rule that makes a classifier's crop from a face; live, training and evaluation."""

from math import atan2
from typing import Final

import cv2
import numpy as np

from emotion.vision.square import DoubleArray, cut_square, turn
from emotion.vision.types import CropGrey, Face, FloatArray, FrameBgr

# How the training crops frame a face. Measured with 600 pictures of FER2013's training
# part, enlarged to 200 pixels and pasted into textured frames of 640 x 480, 90 % found:
# box height / side has a median of 1.00 (0.98 to 1.05 for other sizes and backgrounds,
# standard deviation 0.16 between pictures), and the box's centre lies 0.00 to the right
# of and 0.02 below the picture's (deviation 0.05). The overlap (mean IoU) of the found
# square with the pasted one is flat there: 0.771 at a ratio of 0.97, 0.775 at 1.00,
# 0.771 at 1.03. The lower end is taken: a little more around a face costs less than a
# chin cut off. Their eyes are level (roll: median 0, deviation 7 degrees).
BOX_HEIGHT_SHARE: Final = 0.97
"""Height of the detector's box as a share of the crop's side."""
BOX_BELOW_CENTRE: Final = 0.02
"""How far the box's centre lies below the crop's, as a share of the crop's side."""

MIN_EYE_DISTANCE: Final = 0.15
"""Share of the box height between the eyes below which the face is seen from the side:
the line through them says nothing of its roll any more, and the face is not turned."""


def crop_face(frame_bgr: FrameBgr, face: Face, size: int) -> CropGrey:
    """The face as `(size, size)` grey, eyes level, framed as the training crops are.

    The frame is BGR `(height, width, 3)` or grey `(height, width)`; beyond its edge the
    border is repeated.
    """
    centre_xy, side, roll = _square(face)
    square = cut_square(frame_bgr, centre_xy, side, roll, size)
    if square.ndim == 2:
        return square
    return np.asarray(cv2.cvtColor(square, cv2.COLOR_BGR2GRAY), np.uint8)


def fit_crop(grey: CropGrey, size: int) -> CropGrey:
    """A picture that is a face crop already, `(height, width)`, as `(size, size)`.

    Of a picture that is not square the middle square is taken.
    """
    height, width = grey.shape
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    square = grey[top : top + side, left : left + side]
    method = cv2.INTER_AREA if size < side else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(square, (size, size), interpolation=method), np.uint8)


def crop_corners(face: Face) -> FloatArray:
    """The crop's corners in the frame, `(4, 2)`: top left, top right, bottom right and left,
    as the upright face sees them."""
    centre_xy, side, roll = _square(face)
    corners = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]]) * side
    return (centre_xy + corners @ turn(roll).T).astype(np.float32)


def _square(face: Face) -> tuple[DoubleArray, float, float]:
    """The crop's centre in the frame, its side in pixels and its roll in radians."""
    left, top, right, bottom = (float(value) for value in face.box_xyxy)
    height = max(bottom - top, 1.0)
    side = height / BOX_HEIGHT_SHARE
    right_eye, left_eye = face.landmarks_xy[:2].astype(np.float64)
    dx, dy = left_eye - right_eye
    roll = atan2(dy, dx) if np.hypot(dx, dy) >= MIN_EYE_DISTANCE * height else 0.0
    box_centre_xy = np.array([(left + right) / 2, (top + bottom) / 2])
    down = turn(roll) @ np.array([0.0, 1.0])
    return box_centre_xy - BOX_BELOW_CENTRE * side * down, side, roll
