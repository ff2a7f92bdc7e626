"""What is wrong with a picture, on a real face that is made worse in one way at a time."""

from math import cos, radians, sin

import cv2
import numpy as np
import pytest

from emotion.vision import thresholds
from emotion.vision.detector import FaceDetector
from emotion.vision.quality import _FRONT, angles, assess, sharpness, visible_share
from emotion.vision.reasons import reason_name
from emotion.vision.types import REASONS, Face, FrameBgr, Quality
from tests.vision.made import turned

CENTRE_XY, RADIUS, HALF_HEIGHT = (288, 120), 62, 110
"""Of the astronaut's head in `frame_bgr`."""


def quality(detector: FaceDetector, frame: FrameBgr) -> Quality:
    (face,) = detector.detect(frame)
    return assess(frame, face)


def smaller(frame: FrameBgr, scale: float) -> FrameBgr:
    small = cv2.resize(frame, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    canvas = np.full_like(frame, 128)
    canvas[100 : 100 + small.shape[0], 100 : 100 + small.shape[1]] = small
    return canvas


def lit(frame: FrameBgr, gain: float) -> FrameBgr:
    return np.clip(np.rint(frame * gain), 0, 255).astype(np.uint8)


def blurred(frame: FrameBgr, sigma: float) -> FrameBgr:
    return np.asarray(cv2.GaussianBlur(frame, (0, 0), sigma), np.uint8)


def shaken(frame: FrameBgr, length: int) -> FrameBgr:
    """Blurred by a movement down."""
    return np.asarray(cv2.blur(frame, (1, length)), np.uint8)


def shaken_aslant(frame: FrameBgr, length: int) -> FrameBgr:
    """Blurred by a movement along the diagonal."""
    return np.asarray(cv2.filter2D(frame, -1, np.eye(length) / length), np.uint8)


def looking_aside(frame: FrameBgr, yaw: float) -> FrameBgr:
    """The head painted on an upright cylinder that is turned by `yaw` degrees."""
    (x, y), angle = CENTRE_XY, radians(yaw)
    columns, rows = np.arange(x - RADIUS, x + RADIUS + 1), np.arange(y - HALF_HEIGHT, y + 110)
    on_cylinder = np.arcsin((columns - x) / RADIUS) - angle
    source = x + RADIUS * np.sin(np.clip(on_cylinder, -np.pi / 2, np.pi / 2))
    map_x, map_y = np.meshgrid(source.astype(np.float32), rows.astype(np.float32))
    aside = frame.copy()
    aside[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] = cv2.remap(
        frame, map_x, map_y, cv2.INTER_LINEAR
    )
    return aside


def moved(frame: FrameBgr, x: int, y: int) -> FrameBgr:
    matrix = np.array([[1, 0, x], [0, 1, y]], np.float32)
    return np.asarray(cv2.warpAffine(frame, matrix, (640, 480), borderValue=(128,) * 3), np.uint8)


def test_nothing_is_wrong_with_a_good_picture(detector: FaceDetector, frame_bgr: FrameBgr) -> None:
    found = quality(detector, frame_bgr)
    assert found.reasons == ()
    assert found.visible == 1 and 90 < found.side_px < 120
    assert abs(found.yaw) < 10 and abs(found.pitch) < 10


@pytest.mark.parametrize(
    ("reason", "change", "mild", "strong"),
    [
        ("too_small", smaller, 0.4, 0.235),
        ("too_dark", lit, 0.5, 0.2),
        ("too_bright", lit, 1.2, 1.9),
        ("blurred", blurred, 1.5, 5),
        ("blurred", shaken, 5, 26),
        ("blurred", shaken_aslant, 4, 19),
        ("turned_away", looking_aside, 20, 60),
        ("turned_away", looking_aside, -20, -60),
    ],
)
def test_a_picture_that_gets_worse_has_its_reason_and_no_other(
    detector: FaceDetector,
    frame_bgr: FrameBgr,
    reason: str,
    change: object,
    mild: float,
    strong: float,
) -> None:
    assert quality(detector, change(frame_bgr, mild)).reasons == ()  # type: ignore[operator]
    assert quality(detector, change(frame_bgr, strong)).reasons == (reason,)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("x", "y", "share"),
    [(-225, 0, 1.0), (-270, 0, 0.7), (329, 0, 0.76), (0, -90, 0.78), (0, 330, 0.76)],
)
def test_a_face_that_leaves_over_any_edge_is_partly_out_of_view(
    detector: FaceDetector, frame_bgr: FrameBgr, x: int, y: int, share: float
) -> None:
    """The detector squeezes its box into the frame; the landmarks tell how much is missing."""
    found = quality(detector, moved(frame_bgr, x, y))
    assert found.visible == pytest.approx(share, abs=0.08)
    assert ("partly_out_of_view" in found.reasons) == (share < thresholds.MIN_VISIBLE)


@pytest.mark.parametrize("degrees", [-20, 0, 20])
def test_a_head_held_aslant_is_no_reason(
    detector: FaceDetector, frame_bgr: FrameBgr, degrees: float
) -> None:
    found = quality(detector, turned(frame_bgr, degrees, CENTRE_XY))
    assert found.reasons == ()
    assert found.roll == pytest.approx(6 + degrees, abs=10)


def front_seen_from(yaw: float, pitch: float, roll: float) -> Face:
    """The mean face's landmarks under scaled orthography; degrees."""
    a, b, c = radians(yaw), radians(pitch), radians(roll)
    about_y = np.array([[cos(a), 0, sin(a)], [0, 1, 0], [-sin(a), 0, cos(a)]])
    about_x = np.array([[1, 0, 0], [0, cos(b), sin(b)], [0, -sin(b), cos(b)]])
    about_z = np.array([[cos(c), -sin(c), 0], [sin(c), cos(c), 0], [0, 0, 1]])
    points = (about_z @ about_x @ about_y @ _FRONT.T).T[:, :2] * 120 + 300
    box = np.array([240, 240, 360, 360], np.float32)
    return Face(box, points.astype(np.float32), 0.9)


@pytest.mark.parametrize(
    ("yaw", "pitch", "roll"),
    [(0, 0, 0), (25, 0, 0), (-50, 0, 0), (0, 15, 0), (0, -15, 0), (0, 0, 25), (20, 0, -25)],
)
def test_the_angles_of_the_mean_face_are_found(yaw: float, pitch: float, roll: float) -> None:
    assert angles(front_seen_from(yaw, pitch, roll)) == pytest.approx((yaw, pitch, roll), abs=0.5)


def test_sharpness_does_not_depend_on_contrast() -> None:
    picture = np.random.default_rng(0).integers(60, 200, (48, 48)).astype(np.uint8)
    faint = (picture // 4 + 100).astype(np.uint8)
    assert sharpness(faint) == pytest.approx(sharpness(picture), abs=0.02)
    assert sharpness(np.full((48, 48), 90, np.uint8)) == 0


def test_a_face_outside_of_the_frame_is_not_visible() -> None:
    face = front_seen_from(0, 0, 0)
    assert visible_share(face, (640, 480)) == 1
    assert visible_share(face, (100, 100)) == 0


@pytest.mark.parametrize("frame", [np.full((480, 640), 90, np.uint8)], ids=["grey"])
def test_a_grey_frame_is_measured_as_well(frame: FrameBgr) -> None:
    assert assess(frame, front_seen_from(0, 0, 0)).brightness == pytest.approx(90 / 255)


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_reason_has_a_name_of_its_own(language: str) -> None:
    names = {reason_name(reason, language) for reason in REASONS}
    assert len(names) == len(REASONS) and all(names)
