"""Hold out a part of `train` for every choice, near duplicates kept together.

`test` is never used for a choice: the best epoch, the temperature and the early stop
are decided on the held-out part.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from emotion.data import split_file
from emotion.data.layout import DataSet, count_by_key
from emotion.data.report import check_held_out
from emotion.errors import DataError
from emotion.labels import BY_KEY, KEYS

TEST_SHARE: Final = 0.2
IntArray = npt.NDArray[np.int64]


def hold_out(
    labels: Sequence[int], groups: IntArray, share: float, seed: int
) -> tuple[IntArray, IntArray]:
    """Indices `(fit, validation)` with about `share` of each class in `validation`.

    Stratified, and no group stands on both sides. Raises `DataError` when a class that has
    pictures has too few to stand on both.
    """
    folds = round(1 / share)
    counts = np.bincount(labels, minlength=len(KEYS))
    check_held_out(dict(zip(KEYS, counts.tolist(), strict=True)), share)
    positions = np.zeros(len(labels))
    if len(np.unique(groups)) == len(groups):
        splits = StratifiedKFold(folds, shuffle=True, random_state=seed).split(positions, labels)
    else:
        splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
        splits = splitter.split(positions, labels, groups)
    # With few groups a class may fall to one side whole: then the next fold is tried.
    classes = np.asarray(labels)
    for fit, validation in splits:
        if set(classes[fit]) == set(classes[validation]):
            return np.asarray(fit, np.int64), np.asarray(validation, np.int64)
    different = {c: len(np.unique(groups[classes == c])) for c in np.unique(classes)}
    fewest = min(different, key=lambda c: different[c])
    raise DataError(
        "Class {folder} has {count} pictures in train, but only {different} that are not near "
        "duplicates of each other: too few to hold some out for validation. Add other pictures.",
        folder=int(fewest) + 1,
        count=int(counts[fewest]),
        different=different[fewest],
    )


def divide(data: DataSet, groups: IntArray, share: float = TEST_SHARE, seed: int = 0) -> None:
    """Write `split.csv` for a flat folder: `share` of each class is for the test.

    `groups` belong to the data's pictures in their order; near duplicates stay together.
    Raises `DataError` when a class has too few pictures, or the file cannot be written.
    """
    samples = list(data.every())
    least = round(1 / share)
    for key, n in count_by_key(samples).items():
        if 0 < n < least:
            raise DataError(
                "Class {folder} has {count} pictures; at least {least} are needed to put "
                "{share:.0%} of them into the test. Add pictures, or leave the class empty.",
                folder=BY_KEY[key].folder,
                count=n,
                least=least,
                share=share,
            )
    train, test = hold_out([sample.expression for sample in samples], groups, share, seed)
    sides = {
        samples[i].path: split for split, side in (("train", train), ("test", test)) for i in side
    }
    split_file.write(data.root, dict(sorted(sides.items())))
