"""When `quick` is as good as the original's loop ever gets, on the same held-out pictures.

python -m emotion bench train --data FOLDER --part quick --json
"""

import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from emotion.bench.train import Task
from emotion.training import runs
from emotion.training.config import TrainConfig
from emotion.training.events import Event
from emotion.training.run import run


def measure_quick(task: Task, epochs: int) -> dict[str, Any]:
    """Seconds until the accuracy that the original's loop reaches at best in `epochs` epochs.

    Both start from the same weights, the original's with a new last layer, as it does. Ours
    is a whole run from its beginning, the reading of the pictures included, torch's import
    not; `seconds` is None where it never gets so far.
    """
    with TemporaryDirectory() as folder:
        config = task.config("quick", Path(folder))
        theirs = _original(task, config, epochs)
        ours = _quick(config, Path(folder), max(theirs, key=lambda epoch: epoch["accuracy"]))
    best = max(theirs, key=lambda epoch: epoch["accuracy"])
    sooner = best["seconds"] / ours["seconds"] if ours["seconds"] else None
    return {
        "start": task.start,
        "original": best | {"epochs": epochs, "all_seconds": theirs[-1]["seconds"]},
        "quick": ours,
        "times_sooner": sooner and round(sooner, 1),
    }


def _original(task: Task, config: TrainConfig, epochs: int) -> list[dict[str, Any]]:
    """Accuracy on the held-out pictures after each epoch, and the seconds until then."""
    from emotion.models.torch_reference_training import OriginalTraining
    from emotion.training.work import starting_network

    fit, held_out = map(task.files, task.divided(config))
    original = OriginalTraining(fit, held_out, starting_network(config, task.models_dir))
    start = time.perf_counter()
    found = []
    for epoch in range(epochs):
        sum(original.steps())
        accuracy = original.accuracy()
        seconds = round(time.perf_counter() - start, 2)
        found.append({"epoch": epoch + 1, "accuracy": round(accuracy, 4), "seconds": seconds})
    return found


def _quick(config: TrainConfig, root: Path, target: dict[str, Any]) -> dict[str, Any]:
    """The first epoch of a run with `config` that is as good as `target`."""
    import emotion.training.work  # noqa: F401  (torch's import is not the run's)

    folder = runs.create(config, root / "runs")
    found: dict[str, Any] = {"accuracy": None, "seconds": None}
    start = time.perf_counter()

    def listen(event: Event) -> None:
        if event["kind"] != "epoch" or found["seconds"] is not None:
            return
        accuracy = event["validation"]["accuracy"]
        found["accuracy"] = round(max(accuracy, found["accuracy"] or 0.0), 4)
        if accuracy >= target["accuracy"] - 1e-4:
            found["seconds"] = round(time.perf_counter() - start, 2)
            found["epoch"] = event["epoch"] + 1
            runs.stop(folder)

    run(folder, root / "models", listen)
    return found
