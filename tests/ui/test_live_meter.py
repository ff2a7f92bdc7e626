"""Whether a machine keeps up, and how long a frame takes."""

import time
from dataclasses import replace

import pytest

from emotion.ui.live_meter import Figures, Meter
from emotion.vision.worker import Counts
from tests.vision.made import made_result


@pytest.mark.parametrize(
    ("received", "read", "process_ms", "warm", "expected"),
    [
        (30, 30, 10, True, True),
        (30, 22, 10, True, True),
        (30, 20, 10, True, False),
        (30, 0, None, True, False),
        (30, 0, None, False, True),
        (4, 4, 10, True, True),
        (4, 4, 240, True, False),
        (4, 0, None, True, True),
    ],
)
def test_a_machine_keeps_up_when_it_reads_most_of_what_comes(
    received: float, read: float, process_ms: float | None, warm: bool, expected: bool
) -> None:
    figures = Figures(received_per_s=received, results_per_s=read, process_ms=process_ms, warm=warm)
    assert figures.keeps_up is expected


def test_nothing_is_known_before_the_first_frame() -> None:
    figures = Meter().figures(Counts(), None)
    assert figures == Figures()


def test_frames_and_results_of_the_last_seconds_are_counted() -> None:
    meter = Meter()
    for number in range(6):
        meter.note_frame(read=True)
        if number % 2:
            meter.note_result(made_result(number, (640, 480)))
    figures = meter.figures(Counts(received=6, processed=3, dropped=3), None)
    assert (figures.received_per_s, figures.results_per_s) == (3.0, 1.5)
    assert (figures.received, figures.processed, figures.dropped) == (6, 3, 3)
    assert (figures.detect_ms, figures.classify_ms) == (1.0, 1.0)
    assert figures.process_ms == pytest.approx(2.1)
    assert figures.silent_s is not None and figures.silent_s < 1


def test_frames_of_a_pause_are_not_counted_as_missed() -> None:
    meter = Meter()
    for _ in range(20):
        meter.note_frame(read=True)
    meter.note_frame(read=False)
    figures = meter.figures(Counts(), None)
    assert figures.received_per_s == 0 and figures.keeps_up
    assert figures.silent_s is not None


def test_the_newest_result_has_its_time() -> None:
    meter = Meter()
    assert meter.newest is None
    meter.note_result(made_result(7, (640, 480)))
    newest = meter.newest
    assert newest is not None
    assert newest[1].time_s == 7 and 0 <= time.monotonic() - newest[0] < 5


@pytest.mark.parametrize(("period", "expected"), [(1, 1), (1.5, 1), (2, 2), (3, 3)])
def test_it_is_known_how_often_faces_are_looked_for_and_what_a_look_takes(
    period: float, expected: int
) -> None:
    """The frames that the detector left out took it no time, and do not count."""
    meter = Meter()
    for number in range(12):
        looked = number % period < 1
        result = made_result(number / 30, (640, 480))
        steps = {"detect": 6.0 if looked else 0.0, "classify": 2.0}
        meter.note_result(replace(result, detected=looked, timings_ms=steps))
    figures = meter.figures(Counts(), None)
    assert (figures.looks_every, figures.detect_ms) == (expected, 6.0)
