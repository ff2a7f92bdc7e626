import math

import cv2
import numpy as np
import pytest

from emotion.settings import PROJECT_DIR
from emotion.vision.crop import (
    BOX_BELOW_CENTRE,
    BOX_HEIGHT_SHARE,
    crop_corners,
    crop_face,
    fit_crop,
)
from emotion.vision.detector import FaceDetector
from emotion.vision.square import cut_square
from emotion.vision.types import CropGrey, Face, FrameBgr
from tests.vision.made import made_face, turned

FERPLUS = PROJECT_DIR.parent / "shared" / "data" / "ferplus"
ASTRONAUT_ROLL = 3.3  # degrees, by her pupils at (203.3, 101.2) and (246.3, 103.7)


def face_of_square(left: float, top: float, side: float, roll: float = 0.0) -> Face:
    """The face whose crop is exactly that square."""
    height = side * BOX_HEIGHT_SHARE
    down = BOX_BELOW_CENTRE * side
    x = left + side / 2 - down * math.sin(roll)
    y = top + side / 2 + down * math.cos(roll)
    return made_face((x - 0.4 * height, y - height / 2, x + 0.4 * height, y + height / 2), roll)


def textured(height: int, width: int, seed: int = 0) -> CropGrey:
    random = np.random.default_rng(seed)
    coarse = random.integers(60, 190, (max(2, height // 16), max(2, width // 16)), dtype=np.uint8)
    return cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)


def pasted(picture: CropGrey, left: int, top: int, seed: int) -> FrameBgr:
    frame = textured(480, 640, seed)
    height, width = picture.shape
    frame[top : top + height, left : left + width] = picture
    return cv2.cvtColor(frame, cv2.COLOR_GRAY2BGR)


def overlap(face: Face, left: int, top: int, side: int) -> float:
    """IoU of the face's crop with a square."""
    right, bottom = left + side, top + side
    square = np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float32)
    common, _ = cv2.intersectConvexConvex(crop_corners(face), square)
    area = cv2.contourArea(crop_corners(face))
    return common / (area + side * side - common)


def test_a_square_at_its_own_size_comes_back_pixel_for_pixel() -> None:
    frame = textured(200, 300)
    crop = crop_face(frame, face_of_square(100, 60, 48), 48)
    np.testing.assert_allclose(crop, frame[60:108, 100:148], atol=1)


def test_a_large_face_is_averaged_and_not_sampled() -> None:
    frame = np.zeros((480, 480), np.uint8)
    frame[::2] = 255  # lines of one pixel: sampling would give stripes or one of the two
    crop = crop_face(frame, face_of_square(40, 40, 384), 48)
    assert np.abs(crop.astype(int) - 127).max() <= 2


def test_colour_becomes_grey_as_opencv_makes_it(frame_bgr: FrameBgr) -> None:
    face = face_of_square(200, 40, 160)
    grey = cv2.cvtColor(frame_bgr, cv2.COLOR_BGR2GRAY)
    np.testing.assert_allclose(crop_face(frame_bgr, face, 64), crop_face(grey, face, 64), atol=2)


@pytest.mark.parametrize("degrees", [-35, -10, 20, 45])
def test_the_eyes_come_back_level_and_in_their_place(degrees: float) -> None:
    roll = math.radians(degrees)
    face = face_of_square(200, 150, 180, roll)
    frame = np.zeros((480, 640, 3), np.uint8)
    for x, y in face.landmarks_xy[:2]:
        cv2.circle(frame, (round(float(x)), round(float(y))), 6, (255, 255, 255), -1)
    crop = crop_face(frame, face, 180).astype(float)
    rows, columns = np.mgrid[:180, :180]
    eyes = [
        np.array([(part * weights).sum() for weights in (columns, rows)]) / part.sum()
        for part in (np.where(columns < 90, crop, 0), np.where(columns >= 90, crop, 0))
    ]
    assert eyes[0][1] == pytest.approx(eyes[1][1], abs=1.5)
    assert eyes[0][0] + eyes[1][0] == pytest.approx(180, abs=3)


def test_a_face_seen_from_the_side_is_not_turned() -> None:
    front = face_of_square(200, 150, 180)
    side_on = front.landmarks_xy.copy()
    side_on[:2] = [[290, 200], [291, 215]]  # one eye hides the other
    face = Face(front.box_xyxy, side_on, front.score)
    np.testing.assert_array_equal(crop_corners(face), crop_corners(front))


def test_beyond_the_edge_the_border_goes_on() -> None:
    frame = np.full((120, 160, 3), 200, np.uint8)
    for left, top in ((-40, -30), (130, 90), (400, 300)):
        assert (crop_face(frame, face_of_square(left, top, 100), 48) == 200).all()


def test_a_box_without_height_still_gives_a_crop() -> None:
    crop = crop_face(np.full((9, 9, 3), 7, np.uint8), made_face((3, 3, 3, 3)), 32)
    assert crop.shape == (32, 32) and (crop == 7).all()


def test_a_square_keeps_the_channels_of_the_frame(frame_bgr: FrameBgr) -> None:
    assert cut_square(frame_bgr, np.array([320.0, 240.0]), 100, 0.3, 50).shape == (50, 50, 3)


def test_a_pasted_crop_comes_back_nearly_as_it_was(
    detector: FaceDetector, astronaut_bgr: FrameBgr
) -> None:
    (face,) = detector.detect(astronaut_bgr)
    original = crop_face(astronaut_bgr, face, 160)
    for left, top in ((60, 40), (400, 280)):
        frame = pasted(original, left, top, seed=left)
        (found,) = detector.detect(frame)
        assert overlap(found, left, top, 160) > 0.75
        again = crop_face(frame, found, 48).astype(float)
        assert np.abs(again - fit_crop(original, 48)).mean() < 20
        elsewhere = crop_face(frame, made_face((left - 40, top, left + 80, top + 155)), 48)
        assert np.abs(elsewhere.astype(float) - fit_crop(original, 48)).mean() > 30


@pytest.mark.parametrize(("degrees", "most"), [(-20, 10), (-10, 6), (0, 6), (10, 6), (20, 10)])
def test_a_turned_face_comes_back_nearly_level(
    detector: FaceDetector, astronaut_bgr: FrameBgr, degrees: float, most: float
) -> None:
    (face,) = detector.detect(turned(astronaut_bgr, degrees, (224, 117)))
    top_left, top_right = crop_corners(face)[:2]
    crop_roll = math.degrees(math.atan2(*(top_right - top_left)[::-1]))
    assert crop_roll == pytest.approx(ASTRONAUT_ROLL + degrees, abs=most)


@pytest.mark.skipif(not FERPLUS.is_dir(), reason=f"{FERPLUS} with FER2013's faces is not here")
def test_faces_are_framed_as_the_training_pictures_are(detector: FaceDetector) -> None:
    """The measurement that the constants come from, on fewer pictures."""
    random = np.random.default_rng(0)
    paths = sorted((FERPLUS / "train").glob("*/*.png"))
    overlaps, offsets, heights = [], [], []
    for number in random.choice(len(paths), 80, replace=False):
        picture = cv2.imread(str(paths[number]), cv2.IMREAD_GRAYSCALE)
        left, top = (int(value) for value in random.integers((0, 0), (440, 280)))
        for face in detector.detect(pasted(fit_crop(picture, 200), left, top, int(number)))[:1]:
            overlaps.append(overlap(face, left, top, 200))
            offsets.append(crop_corners(face).mean(axis=0) - (left + 100, top + 100))
            heights.append((face.box_xyxy[3] - face.box_xyxy[1]) / 200)
    assert len(overlaps) > 60
    assert np.mean(overlaps) > 0.7
    assert np.abs(np.median(offsets, axis=0)).max() < 0.03 * 200
    assert np.median(heights) == pytest.approx(BOX_HEIGHT_SHARE, abs=0.08)


@pytest.mark.parametrize("shape", [(48, 48), (100, 100), (30, 60), (61, 40)])
@pytest.mark.parametrize("size", [32, 48, 112])
def test_a_picture_that_is_a_crop_is_only_scaled(shape: tuple[int, int], size: int) -> None:
    picture = textured(*shape)
    crop = fit_crop(picture, size)
    side = min(shape)
    top, left = (shape[0] - side) // 2, (shape[1] - side) // 2
    middle = picture[top : top + side, left : left + side]
    assert crop.shape == (size, size) and crop.dtype == np.uint8
    assert crop.mean() == pytest.approx(middle.mean(), abs=3)


def test_a_crop_of_the_right_size_stays_as_it_is() -> None:
    picture = textured(48, 48)
    np.testing.assert_array_equal(fit_crop(picture, 48), picture)


def test_shrinking_a_crop_averages() -> None:
    picture = np.zeros((96, 96), np.uint8)
    picture[::2] = 254
    assert (fit_crop(picture, 48) == 127).all()
