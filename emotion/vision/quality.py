"""How good the picture of a face is, and what is wrong with it when it is not good enough."""

from math import acos, atan2, copysign, degrees
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from emotion.vision import thresholds
from emotion.vision.crop import crop_face, fit_crop
from emotion.vision.types import CropGrey, Face, FloatArray, FrameBgr, Quality, Reason

MEASURED_SIZE: Final = 48
"""Side of the crop that light and sharpness are measured in: the size of FER2013's pictures,
so that a face which is sharp enough for a model of such pictures counts as sharp."""

NOSE_DEPTH: Final = 0.2
"""How far the nose tip stands before the plane of eyes and mouth, in box heights: some 34 mm
of the 168 that the box is high when the pupils are 63 mm apart, as they are on average. In
FER+ the yaw that follows and the narrowing of the same faces agree to five degrees."""
SQUEEZED: Final = 0.75
"""Width by height of the landmarks, 1 for the mean face. 95 in a hundred faces of FER+ have
more, and those with less are turned: here the narrowing itself tells the yaw."""

# YuNet's landmarks of a face from the front, in box heights from their own middle: the median
# of 2586 faces of FER+ as found in frames of 640 x 480, turned upright and made symmetric
# (`python -m benchmarks.limits DATA`).
_FRONT: Final = np.array(
    [
        [-0.183, -0.195, 0.0],
        [0.183, -0.195, 0.0],
        [0.0, 0.013, NOSE_DEPTH],
        [-0.150, 0.188, 0.0],
        [0.150, 0.188, 0.0],
    ]
)
_TO_POSE: Final = np.linalg.pinv((_FRONT - _FRONT.mean(axis=0)).T)
# In the same faces: eyes to mouth, the box's width, its centre above that of the landmarks.
_EYES_TO_MOUTH: Final = 0.383
_BOX_WIDTH: Final = 0.79
_BOX_ABOVE: Final = 0.057

DoubleArray = npt.NDArray[np.float64]


def assess(frame_bgr: FrameBgr, face: Face, crop: CropGrey | None = None) -> Quality:
    """What the picture of `face` in the frame (BGR or grey) is like.

    The limits are those of `emotion.vision.thresholds`. A `crop` that was made already spares
    the second one if it is large enough.
    """
    if crop is None or len(crop) < MEASURED_SIZE:
        crop = crop_face(frame_bgr, face, MEASURED_SIZE)
    else:
        crop = fit_crop(crop, MEASURED_SIZE)
    yaw, pitch, roll = angles(face)
    side_px = float(face.box_xyxy[3] - face.box_xyxy[1])
    brightness = float(crop.mean()) / 255
    saturated = float((crop >= thresholds.SATURATED_LEVEL).mean())
    sharp = sharpness(crop)
    visible = visible_share(face, (frame_bgr.shape[1], frame_bgr.shape[0]))
    turned = (
        abs(yaw) > thresholds.MAX_YAW
        or abs(pitch) > thresholds.MAX_PITCH
        or abs(roll) > thresholds.MAX_ROLL
    )
    found: dict[Reason, bool] = {
        "partly_out_of_view": visible < thresholds.MIN_VISIBLE,
        "too_small": side_px < thresholds.MIN_SIDE_PX,
        "too_dark": brightness < thresholds.MIN_BRIGHTNESS,
        "too_bright": saturated > thresholds.MAX_SATURATED,
        "turned_away": turned,
        "blurred": sharp < thresholds.MIN_SHARPNESS,
    }
    reasons = tuple(reason for reason, is_so in found.items() if is_so)
    return Quality(side_px, brightness, saturated, sharp, yaw, pitch, roll, visible, reasons)


def sharpness(crop: CropGrey) -> float:
    """How much of the fine detail a blur would take away, 0 to 1.

    The share of the squared grey differences between neighbours that is lost when the crop
    `(48, 48)` is blurred with a sigma of one pixel, in the direction where it is less: what is
    blurred, or was moved in that direction, already loses little. After the idea of Crete et
    al., 2007, "The blur effect: perception and estimation with a new no-reference perceptual
    blur metric"; without the diagonals most movements along them are missed. It does not
    depend on contrast; noise of a dark picture counts as detail.
    """
    grey = crop.astype(np.float32)
    blurred = np.asarray(cv2.GaussianBlur(grey, (0, 0), 1.0), np.float32)
    before, after = _difference_energies(grey), _difference_energies(blurred)
    lost = (before - after) / np.maximum(before, 1e-6)
    return float(np.clip(lost.min(), 0, 1))


def _difference_energies(grey: FloatArray) -> FloatArray:
    """The squared differences between neighbours across, down and along both diagonals, `(4,)`."""
    pairs = (
        (grey[:, 1:], grey[:, :-1]),
        (grey[1:], grey[:-1]),
        (grey[1:, 1:], grey[:-1, :-1]),
        (grey[1:, :-1], grey[:-1, 1:]),
    )
    return np.array([np.square(one - other).sum() for one, other in pairs], np.float32)


def angles(face: Face) -> tuple[float, float, float]:
    """Yaw, pitch and roll in degrees, estimated from the five landmarks.

    The pose of the mean face that projects onto them best under scaled orthography, in one
    linear step: DeMenthon and Davis, 1995, "Model-based object pose in 25 lines of code" (POS,
    without its iterations). A face that is narrower than any from the front is turned by what
    narrows it so, whatever the nose says. People differ: zero is the mean face, and a dropped
    jaw looks like a pitch of a few degrees. Signs as in `Quality`.
    """
    right_eye, left_eye = face.landmarks_xy[:2].astype(np.float64)
    roll = atan2(left_eye[1] - right_eye[1], left_eye[0] - right_eye[0])
    points = face.landmarks_xy.astype(np.float64)
    upright = np.array([[np.cos(roll), np.sin(roll)], [-np.sin(roll), np.cos(roll)]])
    across, down = upright @ (points - points.mean(axis=0)).T @ _TO_POSE
    yaw, pitch = atan2(across[2], across[0]), atan2(down[2], down[1])
    narrowed = float(np.clip(across[0] / max(np.hypot(*down[1:]), 1e-6), 0, 1))
    if narrowed < SQUEEZED:
        yaw = copysign(max(abs(yaw), acos(narrowed)), yaw)
    return degrees(yaw), degrees(pitch), degrees(roll)


def visible_share(face: Face, size_wh: tuple[int, int]) -> float:
    """The share of the face's box inside of a frame of `size_wh` pixels, 0 to 1.

    YuNet squeezes a box into the frame but places landmarks beyond it: the whole box is the
    one that belongs to them.
    """
    box = _whole_box(face.landmarks_xy.astype(np.float64))
    limit = np.array(size_wh, np.float64)
    inside = np.clip(np.minimum(box[1], limit) - np.maximum(box[0], 0), 0, None)
    return float(inside.prod() / max((box[1] - box[0]).prod(), 1e-6))


def _whole_box(landmarks_xy: FloatArray | DoubleArray) -> DoubleArray:
    """Low and high corner `(2, 2)` of the box that a face with these landmarks has."""
    eyes, mouth = landmarks_xy[:2].mean(axis=0), landmarks_xy[3:].mean(axis=0)
    down = mouth - eyes
    height = float(np.linalg.norm(down)) / _EYES_TO_MOUTH
    centre = landmarks_xy.mean(axis=0) - down / _EYES_TO_MOUTH * _BOX_ABOVE
    half = np.array([_BOX_WIDTH, 1.0]) * height / 2
    return np.asarray(np.stack([centre - half, centre + half]), np.float64)
