import numpy as np
import pytest

from emotion.vision.hide import CELLS, GROWTH_S, HOLD_S, MARGIN, FaceMemory, cover, cover_all
from emotion.vision.types import FloatArray, FrameBgr
from emotion.vision.view import Hide
from tests.vision.made import made_result

NOBODY = np.empty((0, 4), np.float32)
HIDING: tuple[Hide, ...] = ("blur", "mosaic")


def noise() -> FrameBgr:
    return np.random.default_rng(7).integers(0, 256, (480, 640, 3), np.uint8)


def inside(outer: FloatArray, inner: tuple[float, float, float, float]) -> bool:
    """Whether a place in shares holds a box in pixels of a frame of 640 x 480."""
    left, top, right, bottom = np.array(inner) / [640, 480, 640, 480]
    return bool(outer[0] <= left and outer[1] <= top and outer[2] >= right and outer[3] >= bottom)


@pytest.mark.parametrize("hide", HIDING)
def test_what_lies_in_a_covered_place_cannot_be_seen_and_all_else_stays(hide: Hide) -> None:
    before, after = noise(), noise()
    cover(after, np.array([0.25, 0.25, 0.5, 0.75]), hide)
    place = (slice(120, 360), slice(160, 320))
    assert after[place].std() < before[place].std() / 5
    after[place] = before[place]
    assert np.array_equal(after, before)


def test_a_mosaic_has_a_few_cells_only() -> None:
    frame = noise()
    cover(frame, np.array([0.0, 0.0, 0.5, 1.0]), "mosaic")
    colors = np.unique(frame[:, :320].reshape(-1, 3), axis=0)
    assert len(colors) <= CELLS * CELLS


@pytest.mark.parametrize(
    ("box", "covered"),
    [
        ((-0.2, -0.2, 0.1, 0.1), 64 * 48),
        ((0.9, 0.9, 1.4, 1.4), 64 * 48),
        ((1.2, 0, 1.5, 0.5), 0),
        ((0.5, 0.5, 0.5, 0.5), 0),
    ],
)
def test_a_place_may_lie_beyond_the_edge(box: tuple[float, ...], covered: int) -> None:
    frame = noise()
    cover(frame, np.array(box), "blur")
    changed = int((frame != noise()).any(axis=2).sum())
    assert changed == pytest.approx(covered, rel=0.01)


@pytest.mark.parametrize("hide", HIDING)
def test_a_whole_frame_can_be_covered(hide: Hide) -> None:
    frame = noise()
    cover_all(frame, hide)
    assert frame.std() < noise().std() / 10


def test_a_face_is_covered_with_a_margin() -> None:
    memory = FaceMemory()
    memory.learn(made_result(1.0, (640, 480), (200, 100, 300, 220)), NOBODY)
    (place,) = memory.places(1.0) or []
    expected = (200 - 100 * MARGIN, 100 - 120 * MARGIN, 300 + 100 * MARGIN, 220 + 120 * MARGIN)
    assert place * [640, 480, 640, 480] == pytest.approx(expected, abs=0.1)


def test_before_the_first_result_nothing_is_known() -> None:
    assert FaceMemory().places(0.0) is None


def test_where_the_newest_result_is_old_nothing_is_known() -> None:
    memory = FaceMemory()
    memory.learn(made_result(1.0, (640, 480)), NOBODY)
    assert memory.places(1.0 + HOLD_S) == []
    assert memory.places(1.1 + HOLD_S) is None


def test_a_face_that_is_missed_stays_hidden_for_a_while() -> None:
    memory = FaceMemory()
    memory.learn(made_result(1.0, (640, 480), (200, 100, 300, 220)), NOBODY)
    memory.learn(made_result(1.5, (640, 480)), NOBODY)
    (place,) = memory.places(1.5) or []
    assert inside(place, (200, 100, 300, 220))
    memory.learn(made_result(1.1 + HOLD_S, (640, 480)), NOBODY)
    assert memory.places(1.1 + HOLD_S) == []


def test_a_place_moves_on_with_its_face_while_no_result_comes() -> None:
    memory = FaceMemory()
    memory.learn(made_result(1.0, (640, 480), (100, 100, 200, 220)), NOBODY)
    memory.learn(made_result(1.1, (640, 480), (140, 100, 240, 220)), NOBODY)
    (place,) = memory.places(1.3) or []
    assert inside(place, (220, 100, 320, 220)), "400 pixels a second for another 0.2 s"


def test_a_place_grows_with_its_age() -> None:
    memory = FaceMemory()
    memory.learn(made_result(1.0, (640, 480), (200, 100, 300, 220)), NOBODY)
    widths = [float(place[2] - place[0]) for at in (1.0, 1.5) for place in memory.places(at) or []]
    assert widths[1] - widths[0] == pytest.approx(2 * 0.5 * GROWTH_S * 100 / 640, abs=1e-4)


def test_faces_that_are_not_read_are_hidden_as_well() -> None:
    memory = FaceMemory()
    memory.learn(made_result(1.0, (640, 480)), np.array([[0.1, 0.1, 0.2, 0.2]], np.float32))
    assert len(memory.places(1.0) or []) == 1


def test_a_clock_that_starts_anew_forgets_the_faces_of_before() -> None:
    memory = FaceMemory()
    memory.learn(made_result(90.0, (640, 480), (200, 100, 300, 220)), NOBODY)
    memory.learn(made_result(0.0, (640, 480)), NOBODY)
    assert memory.places(0.0) == []
