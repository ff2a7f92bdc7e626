"""Runs with events that a test gives, in real folders, and the events themselves."""

from pathlib import Path
from typing import Any

from emotion.training import runs
from emotion.training.events import EventLog
from tests.conftest import tiny_config

Told = tuple[str, dict[str, Any]]
READING: Told = ("phase", {"name": "reading"})
STARTED: Told = ("started", {"epoch": 0, "epochs": 3})


def run_with(folder: Path, *events: Told, name: str = "tiny", **changes: object) -> runs.RunInfo:
    """A real run's folder whose events are those given."""
    run = runs.create(tiny_config(folder / "data", name, **changes), folder / "runs")
    log = EventLog(run)
    for kind, values in events:
        log.write(kind, **values)
    log.close()
    return runs.read_run(run)


def step(epoch: int, number: int, **changes: Any) -> Told:
    values: dict[str, Any] = {
        "epoch": epoch,
        "step": number,
        "steps": 10,
        "loss": 1.0,
        "learning_rate": 0.001,
        "pictures_per_s": 100.0,
        "seconds_left": 60.0,
    }
    return "step", values | changes


def epoch(
    number: int,
    value: float,
    *,
    best: bool = True,
    loss: float = 1.0,
    confusion: list[list[int]] | None = None,
) -> Told:
    """An epoch with the same value for all scores of the held-out pictures, half in training."""
    scores = {"loss": loss, "accuracy": value, "balanced_accuracy": value, "macro_f1": value}
    worse = {key: part / 2 for key, part in scores.items()}
    matrix = confusion or [[10 * (row == column) for column in range(7)] for row in range(7)]
    return "epoch", {
        "epoch": number,
        "train": worse,
        "validation": scores,
        "confusion": matrix,
        "best": best,
    }


def ended(state: str, **values: Any) -> Told:
    return "ended", {"state": state, **values}
