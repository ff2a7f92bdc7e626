"""How fast `fine-tune` learns, beside a plain transcription of the original's loop.

    python -m emotion bench train --data FOLDER --part speed --json

The two take turns in one process, on the same pictures.
"""

import csv
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from emotion.bench.measure import middle
from emotion.data.layout import DataSet, scan
from emotion.data.lists import read_paths
from emotion.training.config import Preset, TrainConfig
from emotion.training.presets import make_config
from emotion.training.starts import find_start

if TYPE_CHECKING:
    from emotion.training.inputs import Pictures

SIZE: Final = 112
HELD_OUT: Final = 0.2
"""Of the pictures: twice a run's own share, since few make a coarse accuracy."""
STEPS: Final = 16
WARM: Final = 3
"""Of one turn, and those before it that do not count: caches fill, loaders start."""
Labelled = list[tuple[Path, int]]


@dataclass(frozen=True, slots=True)
class Task:
    """What both learn from: `data` without the pictures `aside`, and the weights they start
    from."""

    data: DataSet
    aside: frozenset[str]
    start: str
    models_dir: Path

    def config(self, preset: Preset, folder: Path, **changes: Any) -> TrainConfig:
        """The preset's settings for it; `folder` keeps the list of what stands aside."""
        aside = folder / "aside.csv"
        with aside.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([["path"], *([path] for path in sorted(self.aside))])
        file_of_start = find_start(self.start, self.models_dir).file
        start = self.start if file_of_start is None else str(file_of_start)
        return make_config(
            preset,
            data=self.data.root,
            name="bench",
            start=start,
            without=aside,
            validation_share=HELD_OUT,
            **changes,
        )

    def divided(self, config: TrainConfig) -> tuple["Pictures", "Pictures"]:
        """The pictures to learn from and those held out, as a run with `config` divides them."""
        from emotion.training.inputs import load

        return load(config, self.data.without(self.aside), lambda *_: None)

    def files(self, pictures: "Pictures") -> Labelled:
        """The files of the pictures with their class numbers, in their order."""
        labels = pictures.labels.tolist()
        return [
            (self.data.root / p, label) for p, label in zip(pictures.paths, labels, strict=True)
        ]


def read_task(root: Path, only: Path | None, start: str, models_dir: Path) -> Task:
    """The pictures of `root`'s `train`; `only` is a CSV file with a column `path` of some.

    Raises `DataError` where there are none.
    """
    data = scan(root)
    every = {sample.path for sample in data.samples("train")}
    aside = frozenset(every - read_paths(only, "path") if only is not None else ())
    data.without(aside).samples("train")
    return Task(data, aside, start, models_dir)


def measure_speed(task: Task, turns: int, size: int = SIZE, steps: int = STEPS) -> dict[str, Any]:
    """Pictures a second, medians of the turns, all layers learning in batches of one size.

    `plain_float32` reads and varies each picture as the original does;
    `plain_float32_network` has them ready: that is the network's share alone.
    """
    # Torch is imported with these.
    from emotion.models.torch_reference_training import OriginalTraining
    from emotion.training.work import starting_network

    found: dict[str, list[float]] = {"fine_tune": [], "plain_float32": []}
    found["plain_float32_network"] = []
    with TemporaryDirectory() as folder:
        config = task.config("fine-tune", Path(folder), size=size, head_epochs=0)
        fit, held_out = task.divided(config)
        need = config.batch_size * (steps + WARM + 1)
        fit = fit.part(np.resize(np.arange(len(fit)), need))
        files, held_out_files = task.files(fit), task.files(held_out)
        for turn in range(turns):
            own = Path(folder) / str(turn)
            own.mkdir()
            start = starting_network(config, task.models_dir)
            plain = OriginalTraining(
                files, held_out_files, start, size=size, batch_size=config.batch_size, frozen=False
            )
            found["fine_tune"].append(_of_fit(config, own, steps, start, fit, held_out))
            found["plain_float32"].append(_of_steps(plain.steps(), steps))
            found["plain_float32_network"].append(_of_steps(plain.steps_on_one_batch(), steps))
    rates = {f"{name}_pictures_per_s": middle(values) for name, values in found.items()}
    fastest = rates["fine_tune_pictures_per_s"]
    return (
        {"size": size, "batch_size": config.batch_size, "turns": turns}
        | rates
        | {
            "times_plain_float32": round(fastest / rates["plain_float32_pictures_per_s"], 2),
            "times_its_network": round(fastest / rates["plain_float32_network_pictures_per_s"], 2),
        }
    )


class Quiet:
    """A log that keeps nothing."""

    def write(self, kind: str, **values: Any) -> None:
        """Nothing is written."""


def _of_fit(config: TrainConfig, folder: Path, steps: int, *inputs: Any) -> float:
    """Pictures a second of a run's own loop, after the steps that do not count."""
    from emotion.training.fit import Fit

    network, fit, held_out = inputs
    loop = Fit(config, folder, network, fit, held_out, Quiet())
    asked, times = count(), []

    def enough() -> bool:
        step = next(asked)
        if step in (WARM, WARM + steps):
            times.append(time.perf_counter())
        return step == WARM + steps

    loop.run(enough)
    return config.batch_size * steps / (times[1] - times[0])


def _of_steps(learned: Iterator[int], steps: int) -> float:
    for _ in islice(learned, WARM):
        pass
    start = time.perf_counter()
    pictures = sum(islice(learned, steps))
    return pictures / (time.perf_counter() - start)
