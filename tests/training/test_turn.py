"""Runs that wait for each other: real processes which hold the turn as a run does."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from emotion.errors import TrainingError
from emotion.training import process, runs
from emotion.training.events import EventLog
from emotion.training.turn import LOCK_FILE, ahead, turn
from tests.conftest import tiny_config
from tests.waiting import wait_for

CODE = """
import sys, time
from pathlib import Path
from emotion.training import runs
from emotion.training.events import EventLog
from emotion.training.turn import turn

folder = Path(sys.argv[1])
stopped = runs.StopRequest(folder)
with runs.one_process(folder):
    events = EventLog(folder)
    with turn(folder, stopped, events) as came:
        if came:
            events.write("phase", name="reading")
            while not stopped():
                time.sleep(0.02)
    events.write("ended", state="stopped", came=came)
"""
Begin = Callable[[], Path]


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Begin]:
    """Makes a run and starts a process that holds its turn until it is stopped."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> Path:
        folder = runs.create(tiny_config(tmp_path, f"run{len(started)}"), tmp_path / "runs")
        started.append(subprocess.Popen([sys.executable, "-c", CODE, str(folder)]))
        wait_for("its first event", lambda: runs.read_run(folder).events, 30)
        return folder

    yield start
    for one in started:
        one.kill()
        one.wait()


def state_is(folder: Path, wanted: str) -> Callable[[], bool]:
    return lambda: runs.read_run(folder).state == wanted


def test_runs_work_one_after_the_other_in_the_order_in_which_they_came(begin: Begin) -> None:
    first, second, third = begin(), begin(), begin()
    assert [runs.read_run(one).state for one in (first, second, third)] == [
        "running",
        "queued",
        "queued",
    ]
    assert ahead(third) == [first, second]
    runs.stop(first)
    wait_for("the second", state_is(second, "running"), 20)
    assert runs.read_run(first).state == "stopped"
    assert runs.read_run(third).state == "queued"
    assert ahead(third) == [second]
    runs.stop(second)
    wait_for("the third", state_is(third, "running"), 20)
    assert ahead(third) == []


def test_a_run_that_is_killed_gives_its_turn_away(begin: Begin) -> None:
    first, second = begin(), begin()
    runs.end_now(first)
    wait_for("the second", state_is(second, "running"), 20)
    assert runs.read_run(first).state == "lost"


def test_a_run_that_waits_can_be_taken_out_of_the_queue(begin: Begin) -> None:
    first, second, third = begin(), begin(), begin()
    runs.stop(second)
    wait_for("its end", state_is(second, "stopped"), 20)
    assert runs.read_run(second).of_kind("ended")[0]["came"] is False
    runs.stop(first)
    wait_for("the third", state_is(third, "running"), 20)
    assert not (second / process.PROCESS_FILE).exists()


def test_a_turn_that_another_holds_is_waited_for_even_where_its_process_is_not_known(
    begin: Begin,
) -> None:
    """The lock decides: a note of a process can be missing for a moment."""
    first = begin()
    (first / process.PROCESS_FILE).unlink()
    assert ahead(first) == []
    second = begin()
    assert runs.read_run(second).state == "queued"
    runs.stop(first)
    wait_for("the second", state_is(second, "running"), 20)


def test_a_folder_that_cannot_be_locked_is_a_sentence(tmp_path: Path) -> None:
    folder = runs.create(tiny_config(tmp_path), tmp_path / "runs")
    (folder.parent / LOCK_FILE).mkdir()
    log = EventLog(folder)
    with pytest.raises(TrainingError, match=r"cannot be locked .*SEMBLANTE_RUNS_DIR"):
        turn(folder, lambda: False, log).__enter__()
    log.close()
