"""The shape of what the bench of training says, never how fast this machine is."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from emotion.bench.quick import measure_quick
from emotion.bench.train import Task, measure_speed, read_task
from emotion.errors import DataError
from emotion.evaluation.crops import read_crop


@pytest.fixture(autouse=True, scope="module")
def no_handler_stays() -> Iterator[None]:
    """torch's loader leaves a handler of SIGCHLD, which later tests with processes would run."""
    before = signal.getsignal(signal.SIGCHLD)
    yield
    signal.signal(signal.SIGCHLD, before)


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """No crowd of threads on a small machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def task(faces_dir: Path, models_dir: Path) -> Task:
    return read_task(faces_dir, None, "tiny", models_dir)


def test_both_learn_from_the_pictures_of_a_run_and_are_judged_by_those_it_holds_out(
    task: Task, tmp_path: Path
) -> None:
    config = task.config("quick", tmp_path)
    parts = task.divided(config)
    fit, held_out = map(task.files, parts)
    for own, theirs in zip(parts, (fit, held_out), strict=True):
        for crop, (path, label) in zip(own.crops, theirs, strict=True):
            assert int(path.parent.name) == label + 1
            assert (read_crop(path, config.resize, find_faces=False) == crop.numpy()).all()
    assert not set(fit) & set(held_out)
    assert len(fit) + len(held_out) == 98


def test_pictures_can_be_named_and_no_other_is_used(
    faces_dir: Path, models_dir: Path, tmp_path: Path
) -> None:
    named = [f"train/{folder}/{seed:03d}.png" for folder in range(1, 8) for seed in range(6)]
    only = tmp_path / "only.csv"
    only.write_text("\n".join(["path", *named]))
    task = read_task(faces_dir, only, "tiny", models_dir)
    used = [path for part in task.divided(task.config("quick", tmp_path)) for path in part.paths]
    assert sorted(used) == named
    only.write_text("path\ntrain/1/nowhere.png\n")
    with pytest.raises(DataError, match="has no pictures for train"):
        read_task(faces_dir, only, "tiny", models_dir)


def test_a_folder_without_pictures_is_a_sentence(models_dir: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="No pictures were found"):
        read_task(tmp_path, None, "tiny", models_dir)


def test_the_speed_of_a_run_stands_beside_that_of_plain_float32(task: Task) -> None:
    found = measure_speed(task, 1, size=32, steps=1)
    assert found["turns"] == 1
    ours = found["fine_tune_pictures_per_s"]
    for plain in ("plain_float32", "plain_float32_network"):
        assert ours > 0 < found[f"{plain}_pictures_per_s"]
    assert found["times_plain_float32"] == pytest.approx(
        ours / found["plain_float32_pictures_per_s"], abs=0.006
    )


def test_quick_is_timed_until_it_is_as_good_as_the_original(task: Task) -> None:
    found = measure_quick(task, 1)
    assert (found["start"], found["original"]["epochs"]) == ("tiny", 1)
    assert 0 <= found["original"]["accuracy"] <= 1
    assert found["original"]["seconds"] == found["original"]["all_seconds"] > 0
    if found["quick"]["seconds"] is None:
        assert found["times_sooner"] is None
        assert found["quick"]["accuracy"] < found["original"]["accuracy"]
    else:
        assert found["quick"]["accuracy"] >= found["original"]["accuracy"] - 1e-4
        sooner = found["original"]["seconds"] / found["quick"]["seconds"]
        assert found["times_sooner"] == pytest.approx(sooner, abs=0.06)
