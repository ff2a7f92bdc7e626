import cv2
import numpy as np
import pytest

from emotion.vision.detector import read_detector, yunet_path
from emotion.vision.types import FloatArray, FrameBgr
from emotion.vision.yunet import NMS_IOU, YuNet


@pytest.fixture(scope="module")
def yunet() -> YuNet:
    return YuNet(read_detector(yunet_path()), 0.3)


def opencv_rows(picture: FrameBgr) -> FloatArray:
    """What OpenCV's own detector finds: the reference."""
    size_wh = (picture.shape[1], picture.shape[0])
    net = cv2.FaceDetectorYN.create(
        "onnx", read_detector(yunet_path()), np.empty(0, np.uint8), size_wh, 0.3, NMS_IOU
    )
    rows = net.detect(picture)[1]
    return np.empty((0, 15), np.float32) if rows is None else rows


@pytest.mark.parametrize("size_wh", [(320, 240), (240, 320), (256, 256), (311, 197), (70, 90)])
def test_boxes_points_and_scores_are_those_of_opencv(
    yunet: YuNet, frame_bgr: FrameBgr, size_wh: tuple[int, int]
) -> None:
    picture = cv2.resize(frame_bgr, size_wh, interpolation=cv2.INTER_AREA)
    expected = opencv_rows(picture)
    assert len(expected) >= 1
    np.testing.assert_allclose(yunet(picture), expected, atol=0.01)


def test_several_faces_that_overlap_are_those_of_opencv(yunet: YuNet, frame_bgr: FrameBgr) -> None:
    picture = cv2.resize(frame_bgr, (320, 240), interpolation=cv2.INTER_AREA)
    face = picture[25:95, 110:180].copy()
    for left, top in ((0, 0), (45, 20), (240, 160), (255, 150)):
        place = picture[top : top + 70, left : left + 70]
        place[:] = face[: place.shape[0], : place.shape[1]]
    expected = opencv_rows(picture)
    assert len(expected) >= 3
    np.testing.assert_allclose(yunet(picture), expected, atol=0.01)


def test_a_grey_picture_gives_what_its_three_channels_give(
    yunet: YuNet, frame_bgr: FrameBgr
) -> None:
    grey = cv2.cvtColor(cv2.resize(frame_bgr, (320, 240)), cv2.COLOR_BGR2GRAY)
    np.testing.assert_array_equal(yunet(grey), yunet(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)))


def test_a_picture_without_faces_gives_no_rows(yunet: YuNet) -> None:
    assert yunet(np.full((240, 320, 3), 90, np.uint8)).shape == (0, 15)
