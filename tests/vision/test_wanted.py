import numpy as np
import pytest

from emotion.vision.types import Face, FloatArray, FrameBgr
from emotion.vision.wanted import WantedFaces
from tests.vision.made import made_face

FRAME = np.zeros((480, 640, 3), np.uint8)


class TwoFaces:
    """Finds a face of 240 and one of 48 pixels' height in a frame of 480."""

    def detect(self, frame_bgr: FrameBgr) -> tuple[Face, ...]:
        scale = frame_bgr.shape[0] / 480
        boxes = ((100, 100, 300, 340), (320, 0, 360, 48))
        return tuple(made_face(tuple(scale * value for value in box)) for box in boxes)  # type: ignore[arg-type]

    def follow(self, frame_bgr: FrameBgr, boxes_xyxy: FloatArray) -> tuple[Face, ...]:
        """Those of the faces whose boxes are asked for."""
        return tuple(
            face
            for face in self.detect(frame_bgr)
            if any(np.array_equal(face.box_xyxy, box) for box in boxes_xyxy)
        )


@pytest.mark.parametrize(("share", "count"), [(0.0, 2), (0.1, 2), (0.2, 1), (0.5, 1), (0.6, 0)])
def test_faces_below_the_least_height_are_left_out(share: float, count: int) -> None:
    assert len(WantedFaces(TwoFaces(), share).detect(FRAME)) == count


def test_the_least_height_goes_with_the_frame() -> None:
    wanted = WantedFaces(TwoFaces(), 0.2)
    assert len(wanted.detect(np.zeros((240, 320, 3), np.uint8))) == 1


def test_it_may_be_changed_at_any_time() -> None:
    wanted = WantedFaces(TwoFaces(), 0.2)
    wanted.detect(FRAME)
    wanted.min_share = 0.0
    assert len(wanted.detect(FRAME)) == 2
    assert wanted.ignored_shares.shape == (0, 4)


def test_where_the_small_ones_were_is_known() -> None:
    wanted = WantedFaces(TwoFaces(), 0.2)
    wanted.detect(FRAME)
    assert wanted.ignored_shares == pytest.approx(np.array([[0.5, 0, 0.5625, 0.1]]))


def test_a_known_face_is_followed_even_when_it_has_become_too_small() -> None:
    """Who leans back must not vanish at once; the next search of the whole frame decides."""
    wanted = WantedFaces(TwoFaces(), 0.2)
    tall, small = TwoFaces().detect(FRAME)
    assert [f.box_xyxy.tolist() for f in wanted.follow(FRAME, small.box_xyxy[None])] == [
        small.box_xyxy.tolist()
    ]
    assert len(wanted.follow(FRAME, np.stack([tall.box_xyxy, small.box_xyxy]))) == 2
    assert wanted.follow(FRAME, np.empty((0, 4), np.float32)) == ()
    assert [face.box_xyxy.tolist() for face in wanted.detect(FRAME)] == [tall.box_xyxy.tolist()]


def test_following_says_nothing_of_where_the_small_ones_are() -> None:
    """They were not looked for: whoever hides faces has every frame searched."""
    wanted = WantedFaces(TwoFaces(), 0.2)
    (tall,) = wanted.detect(FRAME)
    before = wanted.ignored_shares
    wanted.follow(FRAME, tall.box_xyxy[None])
    np.testing.assert_array_equal(wanted.ignored_shares, before)
