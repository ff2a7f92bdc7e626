from collections.abc import Iterator
from itertools import count, pairwise

import pytest

from emotion.vision.cadence import MAX_GAP_S, SEARCH_EVERY_S, WINDOW, Cadence

VGA, HD = (640, 480), (1280, 720)


@pytest.fixture
def clock() -> Iterator[float]:
    """The times of frames at 30 a second."""
    return (number / 30 for number in count())


def run(
    cadence: Cadence,
    frames: int,
    detection_ms: float,
    rest_ms: float,
    clock: Iterator[float],
) -> list[bool]:
    """Which of the frames were looked at, when each step takes so long."""
    looked = []
    for _ in range(frames):
        looked.append(cadence.due(VGA, next(clock)))
        cadence.note(detection_ms=detection_ms if looked[-1] else None, rest_ms=rest_ms)
    return looked


def test_without_a_budget_every_frame_is_looked_at(clock: Iterator[float]) -> None:
    assert all(run(Cadence(), 30, 500, 500, clock))


@pytest.mark.parametrize(
    ("detection_ms", "rest_ms", "period"),
    [(5, 3, 1), (12, 3, 1), (14, 6, 2), (20, 6, 3), (60, 30, 3)],
)
def test_the_detector_looks_as_often_as_the_budget_allows(
    detection_ms: float, rest_ms: float, period: int, clock: Iterator[float]
) -> None:
    cadence = Cadence(15)
    run(cadence, 3 * WINDOW, detection_ms, rest_ms, clock)
    assert cadence.period == period
    looked = run(cadence, 6 * period, detection_ms, rest_ms, clock)
    assert sum(looked) == 6
    assert looked == (looked[:period] * 6)


def test_one_slow_frame_changes_nothing(clock: Iterator[float]) -> None:
    cadence = Cadence(15)
    run(cadence, WINDOW, 5, 3, clock)
    assert all(run(cadence, 1, 400, 300, clock) + run(cadence, 20, 5, 3, clock))


def test_it_recovers_when_there_is_time_again(clock: Iterator[float]) -> None:
    cadence = Cadence(15)
    run(cadence, 30, 30, 8, clock)
    assert cadence.period == 3
    run(cadence, 60, 5, 3, clock)
    assert cadence.period == 1


def test_at_the_budget_it_does_not_go_to_and_fro(clock: Iterator[float]) -> None:
    cadence = Cadence(15)
    periods = set()
    for number in range(60):
        run(cadence, 4, 10 + number % 2, 5, clock)
        if number > 10:
            periods.add(cadence.period)
    assert len(periods) == 1


def test_a_frame_of_a_new_size_is_looked_at(clock: Iterator[float]) -> None:
    cadence = Cadence(15)
    run(cadence, 30, 30, 8, clock)
    while cadence.due(VGA, next(clock)):
        pass
    assert cadence.due(HD, next(clock))
    assert [cadence.due(HD, next(clock)) for _ in range(3)] == [False, False, True]


@pytest.mark.parametrize(("rate", "looks"), [(30, 10), (10, 15), (5, 30)])
def test_where_frames_come_rarely_the_detector_is_not_left_out_for_long(
    rate: int, looks: int
) -> None:
    """A slow camera, or a machine that is slow at other things than reading."""
    cadence = Cadence(15)
    run(cadence, 30, 30, 8, (number / rate for number in count()))
    assert cadence.period == 3
    times = [number / rate for number in range(100, 130)]
    looked = [time_s for time_s in times if cadence.due(VGA, time_s)]
    assert len(looked) == pytest.approx(looks, abs=1)
    gaps = [later - before for before, later in pairwise(looked)]
    assert max(gaps) < MAX_GAP_S + 1 / rate


def test_where_every_frame_must_be_looked_at_time_does_not_matter(clock: Iterator[float]) -> None:
    cadence = Cadence(15)
    run(cadence, 30, 30, 8, clock)
    cadence.every_frame = True
    assert all(run(cadence, 30, 30, 8, clock))
    cadence.every_frame = False
    assert sum(run(cadence, 30, 30, 8, clock)) == 10


@pytest.mark.parametrize("budget_ms", [0, -1])
def test_a_budget_of_nothing_is_refused(budget_ms: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        Cadence(budget_ms)


def test_the_whole_frame_is_searched_five_times_a_second_or_always(clock: Iterator[float]) -> None:
    cadence, patient = Cadence(15), Cadence()
    searched = []
    for time_s in (next(clock) for _ in range(31)):
        assert patient.searches(time_s)
        if cadence.searches(time_s):
            cadence.searched(time_s)
            searched.append(time_s)
    assert [b - a for a, b in pairwise(searched)] == pytest.approx([SEARCH_EVERY_S] * 5)
    cadence.every_frame = True
    assert cadence.searches(searched[-1])
