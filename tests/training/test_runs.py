"""Runs as the page sees them; the processes are real ones that only sleep."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from emotion.errors import TrainingError
from emotion.training import process, runs
from emotion.training.events import EventLog
from tests.conftest import tiny_config
from tests.waiting import wait_for

Sleeper = Callable[[Path], "subprocess.Popen[bytes]"]


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return runs.create(tiny_config(tmp_path), tmp_path / "runs")


@pytest.fixture
def sleeper() -> Iterator[Sleeper]:
    """Starts a process in a group of its own that a run's folder takes for its own."""
    started: list[subprocess.Popen[bytes]] = []

    def start(folder: Path) -> "subprocess.Popen[bytes]":
        code = "import time; time.sleep(100)"
        started.append(subprocess.Popen([sys.executable, "-c", code], start_new_session=True))
        process.record(folder, started[-1].pid)
        return started[-1]

    yield start
    for one in started:
        one.kill()
        one.wait()


def write(run: Path, *kinds: str, **values: object) -> None:
    log = EventLog(run)
    for kind in kinds:
        log.write(kind, **values)
    log.close()


def state(run: Path) -> str:
    return runs.read_run(run).state


def test_a_new_run_waits_with_its_settings(run: Path, tmp_path: Path) -> None:
    info = runs.read_run(run)
    assert (info.state, info.events, info.last) == ("waiting", (), None)
    assert info.config == tiny_config(tmp_path)
    assert run.name.endswith("-tiny")


def test_runs_are_listed_newest_first_and_broken_ones_apart(tmp_path: Path) -> None:
    made = [runs.create(tiny_config(tmp_path, name), tmp_path / "runs") for name in "abc"]
    (made[1] / runs.CONFIG_FILE).write_text("{}")
    assert [info.folder for info in runs.list_runs(tmp_path / "runs")] == [made[2], made[0]]
    ((folder, error),) = runs.broken_runs(tmp_path / "runs").items()
    assert folder == made[1]
    assert "Field required" in str(error)
    assert runs.list_runs(tmp_path / "none") == []
    assert runs.broken_runs(tmp_path / "none") == {}


def test_a_broken_run_can_be_deleted_unless_its_process_lives(run: Path, sleeper: Sleeper) -> None:
    (run / runs.CONFIG_FILE).write_text("{}")
    process_of_run = sleeper(run)
    with pytest.raises(TrainingError, match="still working"):
        runs.delete(run)
    process_of_run.kill()
    process_of_run.wait()
    runs.delete(run)
    assert not run.exists()
    with pytest.raises(TrainingError, match=r"could not be deleted \(No such file"):
        runs.delete(run)


def test_a_run_without_usable_settings_is_a_sentence(run: Path) -> None:
    for content in ("", "{}", '{"name": "x"}'):
        (run / runs.CONFIG_FILE).write_text(content)
        with pytest.raises(TrainingError, match=r"no usable config\.json \(.+\)"):
            runs.read_run(run)
    with pytest.raises(TrainingError, match=r"no usable config\.json"):
        runs.read_config(run / "none")


def test_runs_of_one_millisecond_have_folders_of_their_own(tmp_path: Path) -> None:
    made = [runs.create(tiny_config(tmp_path), tmp_path / "runs") for _ in range(20)]
    assert sorted(set(made)) == made


def test_a_runs_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(TrainingError, match=r"could not be made \(Not a directory\).*RUNS_DIR"):
        runs.create(tiny_config(tmp_path), tmp_path / "file" / "runs")


@pytest.mark.parametrize("ended", ["finished", "stopped", "failed"])
def test_the_state_of_a_run_is_its_last_event(run: Path, ended: str) -> None:
    write(run, "started", "ended", state=ended)
    assert state(run) == ended


def test_a_run_is_running_while_its_process_lives_and_lost_after_a_kill(
    run: Path, sleeper: Sleeper
) -> None:
    write(run, "started")
    sleeper(run)
    assert state(run) == "running"
    runs.end_now(run)
    wait_for("the end", lambda: state(run) == "lost", 10)


def test_a_process_that_died_before_its_first_event_is_lost(run: Path, sleeper: Sleeper) -> None:
    sleeper(run).kill()
    wait_for("the end", lambda: state(run) == "lost", 10)


def test_a_run_that_goes_on_after_a_stop_is_running(run: Path, sleeper: Sleeper) -> None:
    write(run, "ended", state="stopped")
    sleeper(run)
    assert state(run) == "running"


def test_a_number_that_another_process_got_is_not_the_run(run: Path) -> None:
    process.record(run, os.getpid())
    assert state(run) == "running"
    path = run / process.PROCESS_FILE
    known = json.loads(path.read_text())
    path.write_text(json.dumps(known | {"created": known["created"] - 5}))
    assert state(run) == "lost"
    runs.end_now(run)  # and does not end this process


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"pid": "x", "created": 0}', '{"pid": 1'])
def test_a_broken_note_of_the_process_is_none(run: Path, content: str) -> None:
    (run / process.PROCESS_FILE).write_text(content)
    assert state(run) == "lost"


def test_a_process_that_is_gone_when_it_is_noted_is_lost(run: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    process.record(run, gone.pid)
    assert state(run) == "lost"


def test_end_now_takes_the_workers_of_the_run_along(run: Path) -> None:
    code = (
        "import subprocess, sys, time; "
        "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(100)']).pid, "
        "flush=True); time.sleep(100)"
    )
    leader = subprocess.Popen(
        [sys.executable, "-c", code], start_new_session=True, stdout=subprocess.PIPE
    )
    assert leader.stdout is not None
    worker = psutil.Process(int(leader.stdout.readline()))
    process.record(run, leader.pid)
    runs.end_now(run)
    leader.wait(10)
    leader.stdout.close()
    wait_for(
        "the end of the worker",
        lambda: not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE,
        10,
    )


def test_a_run_of_a_terminal_is_ended_without_what_else_runs_there(run: Path) -> None:
    """Its process is no leader of a group: this test's own group must survive."""
    member = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(100)"])
    process.record(run, member.pid)
    runs.end_now(run)
    assert member.wait(10) != 0


def test_a_run_that_works_is_neither_started_again_nor_deleted(run: Path, sleeper: Sleeper) -> None:
    sleeper(run)
    for begin in (runs.start, lambda folder: runs.one_process(folder).__enter__()):
        with pytest.raises(TrainingError, match=f"{run.name} is working already"):
            begin(run)
    with pytest.raises(TrainingError, match="Stop it before it is deleted"):
        runs.delete(run)


def test_a_run_that_waits_for_another_is_queued_and_not_deleted(
    run: Path, sleeper: Sleeper
) -> None:
    sleeper(run)
    write(run, "queued")
    assert state(run) == "queued"
    with pytest.raises(TrainingError, match="Stop it before it is deleted"):
        runs.delete(run)
    write(run, "phase", name="reading")
    assert state(run) == "running"


def test_a_finished_run_is_not_started_again(run: Path) -> None:
    write(run, "ended", state="finished", model="tiny")
    for begin in (runs.start, lambda folder: runs.one_process(folder).__enter__()):
        with pytest.raises(TrainingError, match="is finished and its model is saved"):
            begin(run)
    assert state(run) == "finished"


def test_a_claimed_run_is_running_until_it_is_left(run: Path) -> None:
    with runs.one_process(run):
        assert state(run) == "running"
        runs.stop(run)
    write(run, "ended", state="stopped")
    assert state(run) == "stopped"
    assert not (run / runs.STOP_FILE).exists()


def test_a_stop_is_asked_for_by_a_file_or_in_the_process(run: Path) -> None:
    by_file, by_signal = runs.StopRequest(run), runs.StopRequest(run / "other")
    assert not by_file()
    runs.stop(run)
    assert by_file()
    assert not by_signal()
    by_signal.set()
    assert by_signal()


def test_a_run_that_cannot_write_its_log_is_a_sentence(run: Path) -> None:
    (run / process.LOG_FILE).mkdir()
    with pytest.raises(TrainingError, match=r"could not be started \(Is a directory\)"):
        runs.start(run)
    assert state(run) == "waiting"


def test_a_deleted_run_is_gone(run: Path) -> None:
    write(run, "ended", state="failed")
    runs.delete(run)
    assert not run.exists()


def test_only_finished_runs_lose_their_checkpoint(tmp_path: Path) -> None:
    made = {}
    for end in ("finished", "stopped", "failed"):
        made[end] = runs.create(tiny_config(tmp_path, end), tmp_path / "runs")
        write(made[end], "ended", state=end)
    made["lost"] = runs.create(tiny_config(tmp_path, "lost"), tmp_path / "runs")
    write(made["lost"], "started")
    for folder in made.values():
        for name in ("checkpoint.pt", "checkpoint.pt.part", "best.safetensors"):
            (folder / name).touch()
    runs.clear_checkpoints(tmp_path / "runs")
    kept = {end: (folder / "checkpoint.pt").exists() for end, folder in made.items()}
    assert kept == {"finished": False, "stopped": True, "failed": True, "lost": True}
    assert not (made["finished"] / "checkpoint.pt.part").exists()
    assert (made["finished"] / "best.safetensors").exists()


def test_the_end_of_the_log_is_shown(run: Path) -> None:
    assert runs.log_tail(run) == ""
    (run / process.LOG_FILE).write_bytes("\n".join(map(str, range(50))).encode() + b"\n\xff\n")
    assert runs.log_tail(run, 2) == "49\n\ufffd"
