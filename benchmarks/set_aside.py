"""The 1,000 pictures of `train` that the shipped weights never see: `set_aside.csv`.

They are stratified by class and no near duplicate of them is left among the others, so that
a network trained on the others can be a fair start for one that learns from these.
`python -m benchmarks.set_aside DATA` writes the list anew, always the same.
"""

import csv
import sys
from pathlib import Path
from typing import Final

import numpy as np

from emotion.data.duplicates import near_duplicate_groups
from emotion.data.layout import Sample, scan
from emotion.data.pictures import read_grey
from emotion.data.split import hold_out

LIST: Final = Path(__file__).with_name("set_aside.csv")
COUNT: Final = 1000
SEED: Final = 6


def choose(root: Path) -> list[Sample]:
    """`COUNT` pictures of `train`, each with all its near duplicates."""
    samples = scan(root).samples("train")
    groups = near_duplicate_groups([read_grey(root / sample.path) for sample in samples])
    labels = [sample.expression for sample in samples]
    _, held = hold_out(labels, groups, 1 / (len(samples) // COUNT), SEED)
    order = np.random.default_rng(SEED).permutation(held)
    single = np.bincount(groups)[groups] == 1
    surplus = len(held) - COUNT
    common = np.argmax(np.bincount(labels))
    spare = [i for i in order if single[i] and labels[i] == common][:surplus]
    return [samples[i] for i in sorted(set(held.tolist()) - set(spare))]


if __name__ == "__main__":
    with LIST.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["path"])
        writer.writerows([sample.path] for sample in choose(Path(sys.argv[1])))
