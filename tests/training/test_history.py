"""What the events of a run come to: each line once, what was done again once."""

import json
import time
from pathlib import Path

import pytest

from emotion.training import runs
from emotion.training.events import EVENTS_FILE, Event, EventLog
from emotion.training.history import Histories, course, epochs, worked_s
from tests.training.made import READING, STARTED, ended, epoch, run_with, step


def brief(*, most: int = 10) -> Histories:
    return Histories(brief=True, most=most)


def timed(*kinds: str) -> list[Event]:
    """Events ten seconds apart."""
    return [
        {"kind": kind.split()[0], "time": 10.0 * number, "name": kind.split()[-1]}
        for number, kind in enumerate(kinds)
    ]


def places(events: list[Event]) -> list[tuple[str, int]]:
    return [(event["kind"], event["epoch"]) for event in events]


def test_what_a_continued_run_does_again_counts_as_it_was_last(tmp_path: Path) -> None:
    """Killed in epoch 1 after step 8, it goes on from a checkpoint at step 4 of that epoch."""
    first = (READING, STARTED, step(0, 10), epoch(0, 0.5), step(1, 4), step(1, 8, loss=7.0))
    again = (READING, ("started", {"epoch": 1}), step(1, 5), step(1, 10), epoch(1, 0.8))
    run = run_with(tmp_path, *first, *again)
    assert [(event["epoch"], event.get("step")) for event in course(run.events)] == [
        (0, 10),
        (0, None),
        (1, 4),
        (1, 5),
        (1, 10),
        (1, None),
    ]


def test_epochs_that_were_lost_with_their_checkpoint_count_no_more(tmp_path: Path) -> None:
    lost = (epoch(0, 0.5), epoch(1, 0.9), epoch(2, 0.3, best=False))
    run = run_with(tmp_path, STARTED, *lost, epoch(1, 0.6), epoch(2, 0.55, best=False))
    assert places(epochs(run.events)) == [("epoch", 0), ("epoch", 1), ("epoch", 2)]
    assert run.best is not None
    assert (run.best["epoch"], run.best["validation"]["macro_f1"]) == (1, 0.6)


def test_a_run_without_epochs_has_no_best(tmp_path: Path) -> None:
    run = run_with(tmp_path)
    assert (run.epochs, run.best, run.worked_s) == ([], None, 0.0)


@pytest.mark.parametrize(
    ("kinds", "seconds"),
    [
        (("phase reading", "started", "step"), 20),
        (("phase reading", "ended", "phase reading", "ended"), 20),  # stopped for a while
        (("phase reading", "step", "phase reading", "step"), 20),  # killed in between
        (("queued", "phase reading", "step"), 10),
        (("phase reading", "ended", "queued", "ended"), 10),  # taken out of the queue
        (("ended", "ended"), 0),  # failed twice before it could begin
        (("phase reading", "step", "phase finishing", "ended"), 30),
    ],
)
def test_time_between_processes_and_in_the_queue_is_no_work(
    kinds: tuple[str, ...], seconds: float
) -> None:
    assert worked_s(timed(*kinds))[-1] == seconds


def test_a_clock_that_is_put_back_takes_no_work_away() -> None:
    events = timed("phase reading", "step", "step")
    events[1]["time"] = 100.0
    assert worked_s(events) == [0, 100, 100]


def test_a_brief_history_keeps_the_last_step_of_each_stretch(tmp_path: Path) -> None:
    readings = [("reading", {"done": n, "of": 3}) for n in range(3)]
    told = (READING, *readings, STARTED, *(step(0, n) for n in range(1, 11)), epoch(0, 0.5))
    run = run_with(tmp_path, *told, step(1, 1), step(1, 2))
    kept = brief().of(run.folder)
    assert [event["kind"] for event in kept] == [
        "phase",
        "reading",
        "started",
        "step",
        "epoch",
        "step",
    ]
    assert [event["step"] for event in kept if event["kind"] == "step"] == [10, 2]
    assert worked_s(kept)[-1] == pytest.approx(run.worked_s, abs=1e-3)


def test_only_what_is_new_is_read_and_the_step_before_gives_way(tmp_path: Path) -> None:
    run = run_with(tmp_path, STARTED, step(0, 1))
    histories = brief()
    assert len(histories.of(run.folder)) == 2
    path = run.folder / EVENTS_FILE
    # What was read is spoiled on purpose, in the same length: it is not read again.
    path.write_bytes(b"x" * (path.stat().st_size - 1) + b"\n")
    log = EventLog(run.folder)
    log.write("step", **step(0, 2)[1])
    log.close()
    assert [event.get("step") for event in histories.of(run.folder)] == [None, 2]


def test_a_file_that_is_shorter_than_before_is_another_one(tmp_path: Path) -> None:
    run = run_with(tmp_path, STARTED, epoch(0, 0.5))
    histories = brief()
    assert len(histories.of(run.folder)) == 2
    line = json.dumps({"kind": "ended", "time": time.time(), "state": "stopped"})
    (run.folder / EVENTS_FILE).write_text(line + "\n")
    assert [event["kind"] for event in histories.of(run.folder)] == ["ended"]
    (run.folder / EVENTS_FILE).unlink()
    assert histories.of(run.folder) == ()


def test_a_line_that_the_disk_spoiled_is_left_out(tmp_path: Path) -> None:
    run = run_with(tmp_path, STARTED)
    with (run.folder / EVENTS_FILE).open("ab") as file:
        file.write(b"\0\0\0\0\n[1]\n{}\n")
    log = EventLog(run.folder)
    log.write("ended", state="stopped")
    log.close()
    assert runs.read_run(run.folder).state == "stopped"
    assert len(runs.read_run(run.folder).events) == 2


def test_runs_that_were_not_asked_for_lately_are_forgotten(tmp_path: Path) -> None:
    histories = brief(most=2)
    made = [run_with(tmp_path, STARTED, name=f"n{number}").folder for number in range(3)]
    for folder in made:
        histories.of(folder)
    for path in (folder / EVENTS_FILE for folder in made):
        # Spoiled in the same length, which shows who is read anew.
        path.write_bytes(b"x" * (path.stat().st_size - 1) + b"\n")
    assert [len(histories.of(folder)) for folder in reversed(made)] == [1, 1, 0]


def test_the_list_knows_the_state_and_the_best_score_without_the_steps(tmp_path: Path) -> None:
    run_with(tmp_path, STARTED, step(0, 5), step(0, 10), epoch(0, 0.7), ended("stopped"))
    (run,) = runs.list_runs(tmp_path / "runs")
    assert (run.state, len(run.of_kind("step"))) == ("stopped", 1)
    assert run.best is not None
    assert run.best["validation"]["macro_f1"] == 0.7
