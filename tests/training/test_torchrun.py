"""A run of two processes on the CPU as the page and the command line start it."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from emotion.settings import PROJECT_DIR
from emotion.training import process, runs
from tests.conftest import tiny_config
from tests.training.conftest import stays_behind
from tests.waiting import wait_for


@pytest.fixture
def folder(faces_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run that would go on for hours."""
    monkeypatch.setenv("SEMBLANTE_MODELS_DIR", str(tmp_path / "models"))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    config = tiny_config(faces_dir, stages=({"epochs": 1000, "size": 32},), devices=2)
    return runs.create(config, tmp_path / "runs")


def started(folder: Path) -> list[psutil.Process]:
    """The processes of the run, once it was started and they train together."""
    before = len(runs.read_run(folder).of_kind("step"))
    runs.start(folder)
    wait_for(
        f"the first step, after {runs.log_tail(folder)}",
        lambda: len(runs.read_run(folder).of_kind("step")) > before,
    )
    one = process.working(folder)
    assert one is not None
    assert len(one.children()) == 2
    return [one, *one.children()]


def all_gone(processes: list[psutil.Process]) -> Callable[[], bool]:
    return lambda: (
        not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in processes)
    )


def test_none_of_the_processes_outlives_the_run_however_it_ends(folder: Path) -> None:
    """One of them is killed; then, as the run goes on, the one that started them."""
    processes = started(folder)
    assert runs.read_run(folder).of_kind("started")[-1]["devices"] == 2
    processes[-1].kill()
    wait_for("the end of the others", all_gone(processes), 60)
    info = runs.read_run(folder)
    assert info.state == "failed"
    assert info.last is not None
    assert "One of the processes of the run ended without a word" in info.last["reason"]

    processes = started(folder)
    assert processes[1].nice() >= process.LOW_PRIORITY
    assert all(map(stays_behind, processes))
    runs.end_now(folder)
    wait_for("the end of the others", all_gone(processes), 10)
    assert runs.read_run(folder).state == "lost"


def test_the_command_line_says_in_one_sentence_why_it_cannot(folder: Path, tmp_path: Path) -> None:
    (folder / runs.CONFIG_FILE).write_text(
        tiny_config(tmp_path / "nowhere", devices=2).model_dump_json()
    )
    done = subprocess.run(
        [sys.executable, "-m", "emotion", "train", "--run", str(folder), "--json"],
        cwd=PROJECT_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "nowhere does not exist" in done.stderr


def test_an_interrupted_command_saves_and_says_how_to_go_on(folder: Path) -> None:
    command = subprocess.Popen(
        [sys.executable, "-m", "emotion", "train", "--run", str(folder), "--devices", "2"],
        cwd=PROJECT_DIR,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    wait_for("the first step", lambda: runs.read_run(folder).of_kind("step"))
    processes = psutil.Process(command.pid).children()
    os.kill(command.pid, signal.SIGINT)  # as Ctrl-C
    out, _ = command.communicate(timeout=60)
    assert command.returncode == 0
    assert f"Continue with --run {folder}" in out
    assert runs.read_run(folder).state == "stopped"
    assert all_gone(processes)()
