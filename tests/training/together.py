"""What two processes do together, for `test_distributed.py`: `torchrun … -m
tests.training.together OUT`. Each writes what it came to into `OUT/{rank}.pt`."""

import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from emotion.errors import DataError, EmotionError
from emotion.models.torch_networks import GreyNetwork
from emotion.training.config import TrainConfig
from emotion.training.distributed import ALONE, Processes, connected
from emotion.training.events import Event, EventLog, read_events
from emotion.training.fit import Fit
from tests.conftest import tiny_config
from tests.training.conftest import pictures

RECIPES: dict[str, dict[str, Any]] = {
    "averaged, head first": {"ema_decay": 0.9, "head_epochs": 1, "class_weights": "sqrt"},
    "original": {"augmentation": "original", "optimizer": "adam"},
}


@contextmanager
def fit_of(
    folder: Path, config: TrainConfig, processes: Processes, dtype: torch.dtype = torch.float32
) -> Iterator[Fit]:
    """Batches of 8, 8 and 5 of 21 pictures, and 7 held out: odd numbers for two. Some classes
    are rarer than others, so that their weights differ."""
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    network = GreyNetwork("resnet18").to(dtype)
    fit = pictures(6).part(np.flatnonzero(np.arange(42) % 6 < np.repeat([6, 5, 4, 2, 2, 1, 1], 6)))
    fit = replace(fit, targets=fit.targets.to(dtype))
    with closing(EventLog(folder)) as log:
        yield Fit(config, folder, network, fit, pictures(1, 50), log, processes)


def run_through(folder: Path, recipe: str, processes: Processes = ALONE) -> dict[str, Any]:
    """A run in double precision from its start to its end: what it came to."""
    config = tiny_config(folder, stages=({"epochs": 2, "size": 32},), **RECIPES[recipe])
    with fit_of(folder, config, processes, torch.float64) as fit:
        assert fit.run(lambda: False)
    return {
        "weights": fit.model.state_dict(),
        "judged": fit.judged.state_dict(),
        "epochs": [_scores(event) for event in read_events(folder) if event["kind"] == "epoch"],
        "files": sorted(path.name for path in folder.iterdir()),
    }


def first_gradient(folder: Path, processes: Processes = ALONE) -> dict[str, torch.Tensor]:
    """The gradient of the first batch in float32, and the statistics of its BatchNorm."""
    asked = iter([False, True])
    with fit_of(folder, tiny_config(folder), processes) as fit:
        assert not fit.run(lambda: next(asked))
    gradients = {name: p.grad for name, p in fit.model.named_parameters() if p.grad is not None}
    return gradients | dict(fit.model.named_buffers())


def stop_of_one(folder: Path, processes: Processes) -> tuple[int, int]:
    """Where each process stands after the last one alone was asked to stop, in the third step."""
    asked = iter([False, False, not processes.first])
    with fit_of(folder, tiny_config(folder), processes) as fit:
        assert not fit.run(lambda: next(asked))
    return fit.progress.epoch, fit.progress.step


def said(work: Callable[[], Any]) -> str:
    """The sentence with which `work` fails."""
    try:
        work()
    except EmotionError as error:
        return f"{type(error).__name__}: {error}"
    return "nothing"


def last_fails(processes: Processes) -> None:
    if not processes.first:
        raise DataError("The folder {path} is not here.", path=Path("/data"))


def _scores(event: Event) -> dict[str, Any]:
    return {key: event[key] for key in ("train", "validation", "confusion", "best")}


def main(out: Path) -> None:
    torch.set_num_threads(1)
    with connected() as processes:
        own = out / str(processes.rank)
        results = {
            "part": processes.part(7),
            "runs": {recipe: run_through(own / recipe, recipe, processes) for recipe in RECIPES},
            "gradient": first_gradient(own / "gradient", processes),
            "stopped": stop_of_one(own / "stop", processes),
            "failed": said(lambda: processes.all_do(lambda: last_fails(processes))),
            "different": said(lambda: processes.check_same(processes.rank, 5)),
            "same": said(lambda: processes.check_same("same", 5)),
            "from first": processes.from_first(lambda: f"of {processes.rank}"),
        }
        torch.save(results, out / f"{processes.rank}.pt")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
