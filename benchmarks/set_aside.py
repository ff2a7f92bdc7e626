"""The pictures of `train` that the shipped weights never learn from, in two lists.

The shipped model learns in two runs. The first holds out a part of `train`, near duplicates
kept together. Of that part, 1,000 pictures, stratified by class and near duplicates of no other,
are set aside for `benchmarks.start_from` (`set_aside.csv`); by the rest the second run chooses
its best epoch, and fits its temperature and threshold (`validation.csv`).
`python -m benchmarks.set_aside DATA` writes both lists anew, always the same.
"""

import csv
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import numpy as np

from emotion.data.duplicates import near_duplicate_groups
from emotion.data.layout import scan
from emotion.training.inputs import load
from emotion.training.presets import make_config

SET_ASIDE: Final = Path(__file__).with_name("set_aside.csv")
VALIDATION: Final = Path(__file__).with_name("validation.csv")
COUNT: Final = 1000
SEED: Final = 6


def choose(root: Path) -> tuple[list[str], list[str]]:
    """Paths `(set aside, validation)`, together what the first run holds out."""
    config = make_config("shipped", data=root, name="first")
    _, held = load(config, scan(root), lambda *_: None)
    labels = held.labels.numpy()
    groups = near_duplicate_groups(list(held.crops.numpy()))
    single = np.bincount(groups)[groups] == 1
    order = np.random.default_rng(SEED).permutation(len(held))
    aside: list[int] = []
    for label, count in enumerate(np.bincount(labels)):
        wanted = round(COUNT * count / len(held))
        aside += [i for i in order if labels[i] == label and single[i]][:wanted]
    rest = set(range(len(held))) - set(aside)
    return [held.paths[i] for i in sorted(aside)], [held.paths[i] for i in sorted(rest)]


def write(path: Path, pictures: Iterable[str]) -> None:
    """A list as `--without` and `--validation` take it."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["path"])
        writer.writerows([picture] for picture in pictures)


if __name__ == "__main__":
    for path, pictures in zip((SET_ASIDE, VALIDATION), choose(Path(sys.argv[1])), strict=True):
        write(path, pictures)
        print(f"{path.name}: {len(pictures)} pictures")
