"""What a data folder holds, and whether a run can learn from it: shown before a run starts."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from emotion.data.layout import DataSet, count_by_key, scan
from emotion.data.split_file import SPLITS
from emotion.data.survey import Survey
from emotion.errors import DataError
from emotion.labels import BY_KEY, KEYS

FEW: Final = 100
"""Of fewer pictures of a class, a tenth held out is too little to trust a score of it."""


@dataclass(frozen=True, slots=True)
class DataReport:
    """The pictures of a data folder as a run would use them.

    `counts` has `train` and `test`, each with all seven keys.
    """

    data: DataSet
    counts: dict[str, dict[str, int]]

    @property
    def root(self) -> Path:
        """The folder that holds the splits."""
        return self.data.root

    @property
    def undivided(self) -> bool:
        """Whether it is a flat folder that has to be divided before a run can learn from it."""
        return self.data.flat and not self.total("train")

    def total(self, split: str) -> int:
        """Pictures of all classes."""
        return sum(self.counts[split].values())

    def empty(self, split: str) -> list[str]:
        """Keys of the classes without pictures."""
        return [key for key, n in self.counts[split].items() if n == 0]

    def few(self) -> list[str]:
        """Keys of the classes of `train` that have pictures, but fewer than `FEW`."""
        return [key for key, n in self.counts["train"].items() if 0 < n < FEW]

    def imbalance(self) -> float | None:
        """Pictures of the largest class of `train` for each one of the smallest that has any."""
        present = [n for n in self.counts["train"].values() if n]
        return max(present) / min(present) if present else None

    def check(self, validation_share: float) -> None:
        """Raise `DataError` when a run that holds out `validation_share` cannot learn from it."""
        if self.undivided:
            raise DataError(
                "The folder {root} has no train and test. Divide its pictures first.",
                root=self.root,
            )
        present = len(KEYS) - len(self.empty("train"))
        if present < 2:
            raise DataError(
                "The folder {root} has pictures of {n} class in train; at least two classes are "
                "needed to tell apart.",
                root=self.root,
                n=present,
            )
        check_held_out(self.counts["train"], validation_share)


def read_report(root: Path) -> DataReport:
    """The report of the folder `root`; the pictures themselves are not opened.

    Raises `DataError` for a folder that is missing, cannot be read, or has no `train` and
    is not flat.
    """
    data = scan(root)
    if not data.flat and not data.set_aside:
        data.samples("train")
    counts = {split: count_by_key(data.splits.get(split, ())) for split in SPLITS}
    return DataReport(data, counts)


@dataclass(frozen=True, slots=True)
class Sizes:
    """How large the pictures are: `(width, height)`, the commonest first with their number."""

    smallest: tuple[int, int]
    middle: int
    largest: tuple[int, int]
    commonest: tuple[tuple[tuple[int, int], int], ...]


def picture_sizes(data: DataSet, survey: Survey, most: int = 5) -> Sizes | None:
    """Sizes of the pictures that are used; `middle` is the median of their longer sides."""
    every = [
        survey.seen[sample.path].size_wh
        for sample in data.every()
        if survey.problem(sample.path) is None
    ]
    if not every:
        return None
    by_area = sorted(every, key=lambda wh: wh[0] * wh[1])
    middle = round(median(max(wh) for wh in every))
    return Sizes(by_area[0], middle, by_area[-1], tuple(Counter(every).most_common(most)))


def check_held_out(counts: Mapping[str, int], share: float) -> None:
    """Raise `DataError` when a class has too few pictures for `share` of it to be held out.

    `counts` are the pictures of `train` by expression key; a class may have none at all.
    """
    least = round(1 / share)
    for key, n in counts.items():
        if 0 < n < least:
            raise DataError(
                "Class {folder} has {count} pictures in train; at least {least} are needed to hold "
                "{share:.0%} of them out for validation. Add pictures, or leave the class empty.",
                folder=BY_KEY[key].folder,
                count=n,
                least=least,
                share=share,
            )
