"""Two processes beside one: they really are two, started by torchrun, on the CPU by gloo."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from emotion.errors import TrainingError
from emotion.settings import PROJECT_DIR
from emotion.training.distributed import (
    ALONE,
    FailureNote,
    Processes,
    clear_notes,
    lost_another,
    why_another_failed,
)
from emotion.training.run import reason
from tests.training.together import RECIPES, first_gradient, run_through


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What each of two processes came to."""
    out = tmp_path_factory.mktemp("two")
    command = ["torch.distributed.run", "--standalone", "--nproc-per-node", "2", "--module"]
    done = subprocess.run(
        [sys.executable, "-m", *command, "tests.training.together", str(out)],
        cwd=PROJECT_DIR,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [torch.load(out / f"{rank}.pt", weights_only=False) for rank in range(2)]


def furthest(first: dict[str, Tensor], second: dict[str, Tensor]) -> float:
    """The largest difference between two numbers of the same name and place."""
    assert first.keys() == second.keys()
    return max(float((first[key].double() - second[key].double()).abs().max()) for key in first)


@pytest.mark.parametrize("recipe", RECIPES)
def test_two_processes_come_to_the_result_of_one_with_the_same_batch(
    two: list[dict[str, Any]], recipe: str, tmp_path: Path
) -> None:
    """In double precision, where rounding cannot grow to what a real difference would be."""
    one = run_through(tmp_path / "one", recipe)
    for result in (process["runs"][recipe] for process in two):
        assert furthest(result["weights"], one["weights"]) < 1e-8
        assert furthest(result["judged"], one["judged"]) < 1e-8
    for found, expected in zip(two[0]["runs"][recipe]["epochs"], one["epochs"], strict=True):
        assert found["confusion"] == expected["confusion"]
        assert found["best"] == expected["best"]
        for phase in ("train", "validation"):
            assert found[phase] == pytest.approx(expected[phase], rel=1e-6)


def test_the_gradient_in_single_precision_is_that_of_one_process(
    two: list[dict[str, Any]], tmp_path: Path
) -> None:
    one = first_gradient(tmp_path)
    for name, value in one.items():
        torch.testing.assert_close(
            two[0]["gradient"][name], value, rtol=1e-3, atol=1e-4 * float(value.abs().max()) + 1e-9
        )


def test_each_held_out_picture_is_counted_once(two: list[dict[str, Any]]) -> None:
    assert [process["part"] for process in two] == [slice(0, 3), slice(3, 7)]
    for epoch in two[0]["runs"]["original"]["epochs"]:
        assert [sum(row) for row in epoch["confusion"]] == [1] * 7


def test_only_the_first_process_writes(two: list[dict[str, Any]]) -> None:
    files = [process["runs"]["original"]["files"] for process in two]
    assert files == [["best.safetensors", "checkpoint.pt", "events.jsonl"], ["events.jsonl"]]


def test_all_stop_at_the_same_step_when_one_is_asked_to(two: list[dict[str, Any]]) -> None:
    assert [process["stopped"] for process in two] == [(0, 2), (0, 2)]


def test_an_error_of_one_is_the_error_of_all(two: list[dict[str, Any]]) -> None:
    assert {process["failed"] for process in two} == {"DataError: The folder /data is not here."}


def test_processes_that_read_different_pictures_do_not_go_on(two: list[dict[str, Any]]) -> None:
    for process in two:
        assert "read different pictures (5, 5 of them)" in process["different"]
        assert process["same"] == "nothing"
        assert process["from first"] == "of 0"


@pytest.mark.parametrize(("n", "count"), [(7, 2), (5, 4), (3, 4), (64, 8)])
def test_the_parts_are_the_whole_without_doubles(n: int, count: int) -> None:
    parts = [list(range(n))[Processes(rank, count).part(n)] for rank in range(count)]
    assert [i for part in parts for i in part] == list(range(n))
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


def test_one_process_alone_asks_nobody() -> None:
    rows = torch.rand(3, 2)
    assert torch.equal(ALONE.whole(rows, 3), rows)
    assert ALONE.any(True)
    assert not ALONE.any(False)
    assert ALONE.from_first(lambda: 5) == 5


def test_why_a_process_failed_is_kept_for_the_one_that_tells_it(tmp_path: Path) -> None:
    assert "ended without a word" in str(why_another_failed(tmp_path))
    note = FailureNote(tmp_path, 1)
    note.write("started", epoch=0)
    note.write("ended", state="stopped")
    assert "ended without a word" in str(why_another_failed(tmp_path))
    error = TrainingError("No room for {n} pictures.", n=3)
    note.write("ended", state="failed", **reason(error))
    assert str(why_another_failed(tmp_path)) == "No room for 3 pictures."
    note.write("ended", state="failed", **reason(ZeroDivisionError("by zero")))
    assert str(why_another_failed(tmp_path)) == "ZeroDivisionError: by zero"
    (tmp_path / "failed.0.json").write_text(json.dumps({"reason": "half"})[:5])
    assert str(why_another_failed(tmp_path)) == "ZeroDivisionError: by zero"
    clear_notes(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("error", "lost"),
    [
        (RuntimeError("[pair.cc:534] Connection closed by peer [127.0.0.1]:5"), True),
        (torch.distributed.DistNetworkError("gone"), True),
        (RuntimeError("CUDA out of memory"), False),
        (TrainingError("The loss became nan."), False),
    ],
)
def test_a_connection_that_broke_is_told_from_an_error_of_this_process(
    error: Exception, lost: bool
) -> None:
    assert lost_another(error) == lost
