"""What is wrong with a run that works, before it ends: read from its events. No widgets."""

import math
import shutil
from dataclasses import dataclass
from typing import Final, Literal

from emotion.labels import KEYS
from emotion.training.runs import WORKING, RunInfo
from emotion.ui.train_points import confusion

FALLING_EPOCHS: Final = 3
"""So many epochs in a row, each below the one before, are no chance."""
NEVER_EPOCHS: Final = 2
"""The first epoch of a run often leaves a rare class out."""
LEAST_FREE_BYTES: Final = 500_000_000
"""A checkpoint is written beside the one before, and the model is still to come."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing that is wrong: `keys` of expressions, `epochs` in a row, or bytes `free`."""

    kind: Literal["no_number", "never_answered", "falling", "disk_low"]
    keys: tuple[str, ...] = ()
    epochs: int = 0
    free: int = 0


def alerts(run: RunInfo, free_bytes: int) -> list[Alert]:
    """What is wrong with `run`, on whose disk so many bytes are free."""
    found = []
    epochs = run.epochs
    if epochs and not math.isfinite(epochs[-1]["validation"]["loss"]):
        found.append(Alert("no_number"))
    never = _never_answered(run)
    if never:
        found.append(Alert("never_answered", keys=never))
    scores = [event["validation"][run.config.choose_by] for event in epochs]
    falls = _falls(scores)
    if falls >= FALLING_EPOCHS:
        found.append(Alert("falling", epochs=falls))
    if run.state in WORKING and free_bytes < max(LEAST_FREE_BYTES, 2 * run.size_bytes):
        found.append(Alert("disk_low", free=free_bytes))
    return found


def free_bytes(run: RunInfo) -> int:
    """Free room on the disk of the run's folder."""
    return shutil.disk_usage(run.folder).free


def _never_answered(run: RunInfo) -> tuple[str, ...]:
    """The expressions with held-out pictures that no picture was taken for lately."""
    last = run.epochs[-NEVER_EPOCHS:]
    if len(last) < NEVER_EPOCHS:
        return ()
    answered = sum(confusion(event).sum(axis=0) for event in last)
    support = confusion(last[-1]).sum(axis=1)
    return tuple(key for key, has, n in zip(KEYS, support, answered, strict=True) if has and not n)


def _falls(scores: list[float]) -> int:
    """How many of the newest scores each lie below the one before."""
    falls = 0
    while falls + 1 < len(scores) and scores[-1 - falls] < scores[-2 - falls]:
        falls += 1
    return falls
