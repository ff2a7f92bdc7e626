import numpy as np
import pytest

from emotion.vision.motion import DAMPING_S, Motion
from emotion.vision.types import FloatArray


def box(x: float, y: float = 200.0, height: float = 100.0) -> FloatArray:
    return np.array([x - 40, y - height / 2, x + 40, y + height / 2], np.float32)


def centre(box_xyxy: FloatArray) -> tuple[float, float]:
    x, y = box_xyxy.reshape(2, 2).mean(axis=0).tolist()
    return x, y


def walked(speed: float, frames_a_second: float, seconds: float = 2.0) -> Motion:
    """A face that went to the right by `speed` pixels a second until `seconds`."""
    motion = Motion(box(100), 0.0)
    for number in range(1, round(seconds * frames_a_second) + 1):
        time_s = number / frames_a_second
        motion.correct(box(100 + speed * time_s), time_s)
    return motion


@pytest.mark.parametrize("frames_a_second", [5, 12, 30])
def test_a_steady_walk_is_foreseen_at_any_frame_rate(frames_a_second: int) -> None:
    ahead_s = 1 / frames_a_second
    x, y = centre(walked(150, frames_a_second).predict(2 + ahead_s))
    assert x == pytest.approx(400 + 150 * ahead_s, abs=0.2 * 150 * ahead_s + 3)
    assert y == pytest.approx(200)


def test_what_is_not_seen_comes_to_rest() -> None:
    motion = walked(200, 30)
    soon, late, later = (centre(motion.predict(2 + s))[0] for s in (0.1, 2.0, 4.0))
    assert soon == pytest.approx(500 + 18, abs=4)
    assert late == pytest.approx(500 + 200 * DAMPING_S, abs=15)
    assert later - late < 2


def test_a_face_that_stands_still_is_foreseen_where_it_is_in_spite_of_jitter() -> None:
    random = np.random.default_rng(0)
    motion = Motion(box(300), 0.0)
    departures = []
    for number in range(1, 120):
        motion.correct(box(300 + random.normal(0, 1.5)), number / 30)
        if number > 10:
            departures.append(centre(motion.predict((number + 1) / 30))[0] - 300)
    assert np.std(departures) < 2


def test_a_box_that_shrinks_does_not_shrink_on_unseen() -> None:
    motion = Motion(box(100), 0.0)
    for number in range(1, 6):
        motion.correct(box(100, height=100 - 8 * number), number / 10)
    seen, later = (motion.predict(time_s) for time_s in (0.5, 2.0))
    assert later[3] - later[1] == pytest.approx(seen[3] - seen[1])
    assert 55 < seen[3] - seen[1] < 75


def test_looking_ahead_changes_nothing() -> None:
    motion = walked(150, 10)
    first = motion.predict(2.5)
    motion.predict(9.0)
    np.testing.assert_array_equal(motion.predict(2.5), first)


def test_a_clock_that_stands_still_or_goes_back_gives_no_speed_beyond_reason() -> None:
    motion = Motion(box(100), 5.0)
    motion.correct(box(110), 5.0)
    motion.correct(box(120), 4.0)
    assert 100 <= centre(motion.predict(5.0))[0] <= 120
    assert np.isfinite(motion.predict(6.0)).all()


def test_a_frame_of_another_size_scales_place_and_speed() -> None:
    motion, half = walked(160, 30), walked(80, 30)
    motion.scale(np.array([0.5, 0.5], np.float32))
    assert centre(motion.predict(2.1))[0] == pytest.approx(centre(half.predict(2.1))[0] - 50, abs=3)
