"""What can go wrong under a run: the data goes, the disk is full, a process is killed or is
one too many, files come from another version. Each is a sentence, and nothing is lost."""

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from emotion.cli import main
from emotion.errors import DataError, EmotionError, TrainingError
from emotion.models.store import find_model
from emotion.settings import PROJECT_DIR
from emotion.training import runs
from emotion.training.checkpoint import restore
from emotion.training.config import TrainConfig
from emotion.training.events import Event
from emotion.training.run import run
from tests.conftest import tiny_config
from tests.drawn_faces import write_faces
from tests.waiting import wait_for


def short(data: Path, **changes: object) -> TrainConfig:
    """One epoch of a small network."""
    values = {"network": "mobilenet_v2", "stages": ({"epochs": 1, "size": 32},)}
    return tiny_config(data, "short", **values | changes)


def said_of(folder: Path, error: EmotionError) -> str:
    """The sentence of a run that failed, as its last event keeps it."""
    info = runs.read_run(folder)
    assert info.state == "failed"
    assert info.last is not None
    assert info.last["reason"] == str(error)
    return str(error)


def test_a_folder_that_disappears_while_it_is_read_is_a_sentence(tmp_path: Path) -> None:
    faces = write_faces(tmp_path / "faces", train=8)
    folder = runs.create(short(faces), tmp_path / "runs")

    def take_away(event: Event) -> None:
        if event["kind"] == "reading" and faces.exists():
            faces.rename(tmp_path / "away")

    with pytest.raises(DataError, match=r"train/1 was there when the run began and is gone") as e:
        run(folder, tmp_path / "models", take_away)
    said_of(folder, e.value)


def test_a_folder_that_disappears_later_costs_nothing_that_was_learned(tmp_path: Path) -> None:
    """The pictures are in memory; only the test at the end needs them, and waits for them."""
    faces = write_faces(tmp_path / "faces", train=8, test=2)
    folder = runs.create(short(faces), tmp_path / "runs")
    models = tmp_path / "models"

    def take_away(event: Event) -> None:
        if event["kind"] == "started" and faces.exists():
            faces.rename(tmp_path / "away")

    with pytest.raises(DataError, match=r"was there before and cannot be found now") as caught:
        run(folder, models, take_away)
    said_of(folder, caught.value)
    assert [path.name for path in models.iterdir() if not path.name.startswith(".")] == []

    with pytest.raises(DataError, match="does not exist"):
        run(folder, models)
    (tmp_path / "away").rename(faces)
    assert run(folder, models) == "finished"
    assert len(runs.read_run(folder).of_kind("epoch")) == 1
    assert find_model(models, "short").card.scores


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 50 MB: a checkpoint of 27 MB and the best weights fit, and no second one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=50m", "tmpfs", str(disk)]
    if not shutil.which("mount") or subprocess.run(command, check=False).returncode:
        pytest.skip("this user may not mount a small disk")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_disk_that_fills_up_leaves_the_last_checkpoint_and_says_so(
    faces_dir: Path, small_disk: Path, tmp_path: Path
) -> None:
    config = short(faces_dir, stages=({"epochs": 3, "size": 32},))
    folder = runs.create(config, small_disk / "runs")
    with pytest.raises(TrainingError, match=r"checkpoint\.pt could not be written.*Make ro") as e:
        run(folder, tmp_path / "models")
    assert "No space left" in said_of(folder, e.value)
    assert restore(folder, {}).epoch == 1
    assert [path.name for path in folder.iterdir() if path.suffix == ".part"] == []

    subprocess.run(["mount", "-o", "remount,size=200m", str(small_disk)], check=True)
    assert run(folder, tmp_path / "models") == "finished"
    done = [event["epoch"] for event in runs.read_run(folder).of_kind("epoch")]
    assert done == [0, 1, 1, 2]  # the second one is done again


ENDLESS_SAVING = """
import sys, torch
from pathlib import Path
from emotion.training.checkpoint import Progress, save
layer = torch.nn.Linear(4000, 4000)
for epoch in range(10**6):
    torch.nn.init.constant_(layer.weight, epoch)
    save(Path(sys.argv[1]), Progress(epoch=epoch), {"model": layer})
"""


def test_a_process_killed_while_it_writes_a_checkpoint_leaves_the_one_before(
    tmp_path: Path,
) -> None:
    part = tmp_path / "checkpoint.pt.part"
    for _ in range(5):  # until it was killed within the writing, which the unfinished file shows
        part.unlink(missing_ok=True)
        (tmp_path / runs.CHECKPOINT_FILE).unlink(missing_ok=True)
        process = subprocess.Popen(
            [sys.executable, "-c", ENDLESS_SAVING, str(tmp_path)], cwd=PROJECT_DIR
        )
        wait_for("a whole checkpoint", (tmp_path / runs.CHECKPOINT_FILE).exists)
        while not (part.exists() and part.stat().st_size):
            time.sleep(0.0005)
        process.send_signal(signal.SIGKILL)
        process.wait()
        if part.exists() and part.stat().st_size < 4000 * 4000 * 4:
            break
    assert part.stat().st_size < 4000 * 4000 * 4
    layer = torch.nn.Linear(4000, 4000)
    progress = restore(tmp_path, {"model": layer})
    assert torch.all(layer.weight == progress.epoch)


CLAIM = """
import sys, time
from pathlib import Path
from emotion.errors import TrainingError
from emotion.training import runs
folder = Path(sys.argv[1])
print("ready", flush=True)
while not (folder / "go").exists():
    pass
try:
    with runs.one_process(folder):
        print("works", flush=True)
        sys.stdin.read()
except TrainingError as error:
    print(error, flush=True)
"""


def test_of_processes_that_start_on_one_run_at_the_same_moment_one_works(tmp_path: Path) -> None:
    folder = runs.create(tiny_config(tmp_path), tmp_path / "runs")
    started = [
        subprocess.Popen(
            [sys.executable, "-c", CLAIM, str(folder)],
            cwd=PROJECT_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    (folder / "go").touch()
    said = [process.stdout.readline().strip() for process in started if process.stdout]
    for process in started:
        process.communicate("")
    assert said.count("works") == 1
    refused = [sentence for sentence in said if sentence != "works"]
    assert all(f"{folder.name} is working already" in sentence for sentence in refused)


def test_settings_of_another_version_are_a_sentence_and_the_other_runs_stay(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    old, other = (runs.create(tiny_config(tmp_path, name), tmp_path / "runs") for name in "ab")
    path = old / runs.CONFIG_FILE
    now = path.read_text()
    path.write_text(now.replace('"batch_size": 8', '"batch": 8'))
    with pytest.raises(TrainingError, match=r"\(batch_size: Field required\).*older version"):
        runs.read_run(old)
    assert [info.folder for info in runs.list_runs(tmp_path / "runs")] == [other]
    monkeypatch.setenv("SEMBLANTE_MODELS_DIR", str(tmp_path / "models"))
    assert main(["train", "--run", str(old)]) == 2
    said = capsys.readouterr().err
    assert "batch_size: Field required" in said
    assert said.count("\n") == 1


def test_settings_that_came_later_have_a_value_for_older_runs(tmp_path: Path) -> None:
    """A run of the first version: it knew nothing of devices, threads, views and erasing, and
    class weights stayed in the answers."""
    folder = runs.create(tiny_config(tmp_path), tmp_path / "runs")
    config = runs.read_config(folder)
    older = config.model_dump_json(exclude={"devices", "threads", "views", "erasing", "prior_kept"})
    (folder / runs.CONFIG_FILE).write_text(older)
    assert runs.read_config(folder) == config.model_copy(update={"prior_kept": False})
