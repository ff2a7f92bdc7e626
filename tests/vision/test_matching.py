import numpy as np
import pytest

from emotion.vision.matching import LEAP_S, MAX_REACH, REACH, UNSEEN_COST, iou, match
from emotion.vision.types import FloatArray


def box(x: float, y: float = 0.0, height: float = 100.0) -> list[float]:
    """A box of `height` around `x, y`, four fifths as wide."""
    return [x - 0.4 * height, y - height / 2, x + 0.4 * height, y + height / 2]


def array(*boxes: list[float]) -> FloatArray:
    return np.array(boxes, np.float32).reshape(-1, 4)


def matched(
    expected: FloatArray, boxes: FloatArray, unseen_s: tuple[float, ...] | None = None
) -> dict[int, int]:
    return match(expected, np.array(unseen_s or [0.03] * len(expected)), boxes)


def test_nothing_is_matched_with_nothing() -> None:
    assert matched(array(), array(box(0))) == {}
    assert matched(array(box(0)), array()) == {}


def test_each_box_goes_to_the_track_that_expects_it() -> None:
    expected, boxes = array(box(0), box(150), box(300)), array(box(310), box(5), box(148))
    assert matched(expected, boxes) == {0: 2, 1: 0, 2: 1}


def test_the_sum_of_costs_counts_and_not_the_best_pair() -> None:
    """The greedy choice, best pair first, would leave the second box to a track far off."""
    assert matched(array(box(0), box(60)), array(box(40), box(90))) == {0: 0, 1: 1}


def test_of_two_tracks_in_one_place_the_one_just_seen_gets_the_box() -> None:
    """While two faces cross, the hidden one must not take over the box of the other."""
    expected = array(box(0), box(4))
    assert matched(expected, array(box(2)), (0.5, 0.03)) == {0: 1}
    assert matched(expected, array(box(2)), (0.03, 0.5)) == {0: 0}
    assert UNSEEN_COST * 0.4 > 0.04


def test_a_box_of_quite_another_size_is_another_face() -> None:
    assert matched(array(box(0)), array(box(0, height=160))) == {0: 0}
    assert matched(array(box(0)), array(box(0, height=180))) == {}


def test_of_two_faces_that_change_places_in_size_each_gets_its_own() -> None:
    expected = array(box(0, height=100), box(10, height=150))
    assert matched(expected, array(box(5, height=145), box(5, height=105))) == {0: 1, 1: 0}


def test_the_reach_grows_with_the_time_that_a_face_was_not_seen_and_ends() -> None:
    far = array(box(100 * (REACH + 0.5)))
    assert matched(array(box(0), box(-900)), far, (0.6, 0.03)) == {0: 0}
    assert matched(array(box(0)), array(box(100 * MAX_REACH + 5)), (1.9,)) == {}


def test_a_leap_is_followed_where_there_is_one_face_and_one_box() -> None:
    assert matched(array(box(0)), array(box(230)), (0.2,)) == {0: 0}


def test_a_leap_is_not_guessed_between_two() -> None:
    assert matched(array(box(0)), array(box(200), box(-200)), (0.2,)) == {}
    assert matched(array(box(0), box(400)), array(box(200)), (0.2, 0.2)) == {}


def test_a_face_that_has_its_box_does_not_stand_in_the_way_of_anothers_leap() -> None:
    expected, boxes = array(box(0), box(150)), array(box(2), box(360))
    assert matched(expected, boxes, (0.2, 0.2)) == {0: 0, 1: 1}


def test_after_a_while_a_leap_is_a_newcomer() -> None:
    assert matched(array(box(0)), array(box(230)), (LEAP_S + 0.05,)) == {}


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ((0, 0, 10, 10), 1.0),
        ((5, 0, 15, 10), 1 / 3),
        ((10, 0, 20, 10), 0.0),
        ((2, 2, 8, 8), 0.36),
        ((5, 5, 5, 5), 0.0),
    ],
)
def test_iou_is_the_common_part_of_the_union(
    other: tuple[float, float, float, float], expected: float
) -> None:
    first = np.array([[0, 0, 10, 10]], np.float32)
    assert iou(first, np.array([other], np.float32))[0, 0] == pytest.approx(expected)
