"""What is wrong with a run before it ends."""

import os
from pathlib import Path

import pytest

from emotion.training import runs
from emotion.training.runs import process
from emotion.ui.train_alerts import LEAST_FREE_BYTES, Alert, alerts
from tests.training.made import STARTED, Told, ended, epoch, run_with

MUCH = 10**12


def matrix(*, never: int, support: int = 5) -> list[list[int]]:
    """Every picture is taken for its class; those of class `never` for the next."""
    counts = [[support * (row == column) for column in range(7)] for row in range(7)]
    counts[never][never], counts[never][(never + 1) % 7] = 0, support
    return counts


def scores(*values: float) -> list[Told]:
    return [epoch(number, value) for number, value in enumerate(values)]


def test_a_run_that_goes_well_has_no_alert(tmp_path: Path) -> None:
    assert alerts(run_with(tmp_path, STARTED, *scores(0.4, 0.5, 0.6)), MUCH) == []
    assert alerts(run_with(tmp_path), MUCH) == []


def test_a_class_that_is_never_answered_is_told_after_two_epochs(tmp_path: Path) -> None:
    told = [epoch(number, 0.5 + number / 10, confusion=matrix(never=2)) for number in range(2)]
    assert alerts(run_with(tmp_path, told[0]), MUCH) == []
    assert alerts(run_with(tmp_path, *told), MUCH) == [Alert("never_answered", keys=("disgust",))]
    better = epoch(2, 0.8)
    assert alerts(run_with(tmp_path, *told, better), MUCH) == []


def test_a_class_without_held_out_pictures_need_not_be_answered(tmp_path: Path) -> None:
    told = [epoch(n, 0.5 + n / 10, confusion=matrix(never=2, support=0)) for n in range(2)]
    assert alerts(run_with(tmp_path, *told), MUCH) == []


@pytest.mark.parametrize(
    ("values", "falls"),
    [
        ((0.9, 0.8, 0.7), 0),
        ((0.9, 0.8, 0.7, 0.6), 3),
        ((0.5, 0.9, 0.8, 0.7, 0.6, 0.5), 4),
        ((0.9, 0.8, 0.8, 0.7, 0.6), 0),
        ((0.9, 0.8, 0.7, 0.6, 0.65), 0),
    ],
)
def test_validation_that_falls_three_epochs_in_a_row_is_told(
    tmp_path: Path, values: tuple[float, ...], falls: int
) -> None:
    expected = [Alert("falling", epochs=falls)] if falls else []
    assert alerts(run_with(tmp_path, *scores(*values)), MUCH) == expected


def test_a_loss_that_is_no_number_is_told(tmp_path: Path) -> None:
    run = run_with(tmp_path, epoch(0, 0.5, loss=float("nan")))
    assert alerts(run, MUCH) == [Alert("no_number")]


def test_a_disk_that_fills_is_told_while_the_run_works(tmp_path: Path) -> None:
    run = run_with(tmp_path, STARTED)
    process.record(run.folder, os.getpid())
    working = runs.read_run(run.folder)
    assert alerts(working, LEAST_FREE_BYTES) == []
    assert alerts(working, LEAST_FREE_BYTES - 1) == [Alert("disk_low", free=LEAST_FREE_BYTES - 1)]
    assert alerts(run_with(tmp_path, ended("stopped")), 0) == []
