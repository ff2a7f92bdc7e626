"""Votes of several annotators for each picture, where a data set has them: `votes.csv`."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from emotion.data.layout import Sample
from emotion.errors import DataError
from emotion.labels import KEYS

VOTES_FILE: Final = "votes.csv"


def read_votes(root: Path, samples: Sequence[Sample]) -> npt.NDArray[np.float32]:
    """The share of votes for each expression, `(n, 7)`, rows sum to 1.

    `votes.csv` in `root` has the columns `path` and the seven keys; other columns are not
    counted. A picture without votes gets its class, and so does one whose class a person
    corrected: the votes were for another. Raises `DataError` when the
    file is missing or has other columns.
    """
    path = root / VOTES_FILE
    targets = np.eye(len(KEYS), dtype=np.float32)[[sample.expression for sample in samples]]
    rows = {sample.path: i for i, sample in enumerate(samples) if not sample.corrected}
    try:
        with path.open(newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            if missing := {"path", *KEYS}.difference(reader.fieldnames or ()):
                raise ValueError("no column " + ", ".join(sorted(missing)))
            for row in reader:
                index = rows.get(row["path"])
                votes = np.array([float(row[key]) for key in KEYS], dtype=np.float32)
                if not (np.isfinite(votes).all() and (votes >= 0).all()):
                    raise ValueError(f"line {reader.line_num} has votes that are no counts")
                if index is not None and votes.sum() > 0:
                    targets[index] = votes / votes.sum()
    except (OSError, ValueError, TypeError, csv.Error) as error:
        raise DataError(
            "The votes of the annotators could not be read from {path} ({reason}). It needs the "
            "columns path, {keys}; or train without soft labels.",
            path=path,
            reason=error,
            keys=", ".join(KEYS),
        ) from error
    return targets
