"""What a start is worth to others: `python -m benchmarks.start_from DATA [--start NAME ...]`.

Models are trained on the 1,000 pictures of `set_aside.csv`, which the shipped weights never
learned from, from each start with several seeds, and judged on DATA's `test`. From random
weights a run has four times the epochs. The runs and models are thrown away. Prints one JSON
object.
"""

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.set_aside import SET_ASIDE
from emotion.bench.train import HELD_OUT
from emotion.data.layout import scan
from emotion.data.lists import read_paths
from emotion.evaluation.run import evaluate
from emotion.models.load import load_classifier
from emotion.models.store import SHIPPED, find_model
from emotion.settings import load_settings
from emotion.training import runs
from emotion.training.presets import make_config
from emotion.training.run import run
from emotion.training.starts import find_start

EPOCHS: Final = {"scratch": 40}
"""The others take the preset's own ten."""
SCORES: Final = ("accuracy", "balanced_accuracy", "macro_f1")


def take(data: Path, folder: Path, listed: Path = SET_ASIDE) -> int:
    """Copy the pictures of `data` that stand in the list to `folder`; how many they are."""
    paths = read_paths(listed, "path")
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(data / path, folder / path)
    return len(paths)


def train(data: Path, folder: Path, start: str, seed: int, size: int) -> dict[str, float]:
    """The scores on `data`'s test of a model that learned from the pictures in `folder`."""
    config = make_config(
        "fine-tune",
        data=folder,
        name=f"from-{Path(start).stem}-{seed}",
        start=str(find_start(start, load_settings().models_dir).file or start),
        epochs=EPOCHS.get(start),
        size=size,
        seed=seed,
        validation_share=HELD_OUT,
        head_epochs=0 if start == "scratch" else None,
        layer_decay=1.0 if start == "scratch" else None,
        patience=0,
    )
    made = folder.parent / "models"
    state = run(runs.create(config, folder.parent / "runs"), made)
    assert state == "finished", state
    classifier = load_classifier(find_model(made, config.name))
    scores = evaluate(classifier, scan(data)).scores
    return {name: float(getattr(scores, name)) for name in SCORES}


def main(data: Path, starts: list[str], seeds: int) -> dict[str, Any]:
    """Mean and range over the seeds of each score, for each start."""
    size = find_model(load_settings().models_dir, SHIPPED).card.input.crop
    rows: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "data"
        pictures = take(data, folder)
        for start in starts:
            told = []
            for seed in range(seeds):
                told.append(train(data, folder, start, seed, size))
                print(start, seed, told[-1], file=sys.stderr, flush=True)
            values = {name: np.array([one[name] for one in told]) for name in SCORES}
            rows[start] = {
                name: {
                    "mean": round(float(scores.mean()), 4),
                    "from": round(float(scores.min()), 4),
                    "to": round(float(scores.max()), 4),
                }
                for name, scores in values.items()
            }
    return {"pictures": pictures, "size": size, "seeds": seeds, "starts": rows}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--start", action="append", help="shipped and scratch where none is named")
    parser.add_argument("--seeds", type=int, default=3)
    asked = parser.parse_args()
    starts = asked.start or ["shipped", "scratch"]
    print(json.dumps(main(asked.data, starts, asked.seeds), indent=1))
