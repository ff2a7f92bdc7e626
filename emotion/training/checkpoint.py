"""Where a run stands, on disk: everything that is needed to go on as if never stopped."""

import pickle
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor

from emotion.errors import TrainingError
from emotion.files import replacing
from emotion.training.runs import CHECKPOINT_FILE

BEST_FILE: Final = "best.safetensors"


@dataclass(slots=True)
class Progress:
    """Where a run stands. `step` counts within `epoch`; both from 0."""

    epoch: int = 0
    step: int = 0
    best_score: float = -1.0
    best_epoch: int = -1
    loss_sum: float = 0.0
    seen: list[int] = field(default_factory=list)
    """Labels of the pictures seen in this epoch, and what was answered (`answered`)."""
    answered: list[int] = field(default_factory=list)

    def next_epoch(self) -> None:
        """Begin the next epoch with empty sums."""
        self.epoch, self.step, self.loss_sum = self.epoch + 1, 0, 0.0
        self.seen.clear()
        self.answered.clear()


def save(folder: Path, progress: Progress, parts: dict[str, Any]) -> None:
    """Write a checkpoint in one step: the old one stands until the new one is whole.

    `parts` are objects with a `state_dict`. Raises `TrainingError` when the disk is full.
    """
    path = folder / CHECKPOINT_FILE
    state = {name: part.state_dict() for name, part in parts.items()}
    try:
        with replacing(path, lasting=True) as temporary, temporary.open("wb") as file:
            torch.save({"progress": asdict(progress), **state}, file)
    except (OSError, RuntimeError) as error:
        raise TrainingError(
            "The checkpoint {path} could not be written ({reason}). Make room on the disk and "
            "continue the run: the checkpoint before it stands.",
            path=path,
            reason=error,
        ) from error


def restore(folder: Path, parts: dict[str, Any]) -> Progress:
    """Fill `parts` from the folder's checkpoint; a new `Progress` where there is none.

    Raises `TrainingError` for a file that is broken, or from a version that kept other parts.
    """
    path = folder / CHECKPOINT_FILE
    if not path.exists():
        return Progress()
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        if missing := {*parts, "progress"} - {*state}:
            raise KeyError(f"it holds no {', '.join(sorted(missing))}")
        for name, part in parts.items():
            part.load_state_dict(state[name])
        return Progress(**state["progress"])
    except (
        OSError,
        EOFError,
        RuntimeError,
        KeyError,
        TypeError,
        ValueError,
        pickle.UnpicklingError,
    ) as error:
        raise TrainingError(
            "The checkpoint {path} cannot be read ({reason}); it may be cut short, or of another "
            "version. Start a new run; where {best} is there, it can start from that.",
            path=path,
            reason=_first_line(error),
            best=folder / BEST_FILE,
        ) from error


def _first_line(error: Exception) -> str:
    text = str(error.args[0]) if isinstance(error, KeyError) else str(error)
    return text.strip().partition("\n")[0].rstrip(":") or type(error).__name__


def average_with_warmup(decay: float) -> Any:
    """An update for `torch.optim.swa_utils.AveragedModel`: EMA whose decay grows to `decay`.

    At update n it is min(decay, (1 + n) / (10 + n)), so that the average soon forgets the
    random start (as in TensorFlow's ExponentialMovingAverage).
    """

    def update(averaged: list[Tensor], current: list[Tensor], n: Tensor | int) -> None:
        now = min(decay, (1 + int(n)) / (10 + int(n)))
        for average, value in zip(averaged, current, strict=True):
            if average.is_floating_point():
                average.lerp_(value, 1 - now)
            else:
                average.copy_(value)

    return update
