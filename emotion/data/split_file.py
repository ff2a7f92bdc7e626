"""Which picture of a flat folder `{1..7}` is for training and which for the test: `split.csv`.

It stands beside the class folders, with the columns `path` and `split`; the pictures stay
where they are.
"""

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from emotion.errors import DataError
from emotion.files import replacing

FILE: Final = "split.csv"
COLUMNS: Final = ("path", "split")
SPLITS: Final = ("train", "test")


def read(root: Path) -> dict[str, str]:
    """The split of each picture, by its path relative to `root`; empty without a file.

    Raises `DataError` when the file cannot be understood.
    """
    path = root / FILE
    try:
        text = path.read_bytes().decode("utf-8-sig", "surrogateescape")
        header, *rows = list(csv.reader(io.StringIO(text, newline=""), strict=True)) or [[]]
        if tuple(header) != COLUMNS:
            raise ValueError(f"its columns are not {', '.join(COLUMNS)}")
        if wrong := [row for row in rows if len(row) != len(COLUMNS) or row[1] not in SPLITS]:
            raise ValueError(f"{wrong[0]} is no path and one of {', '.join(SPLITS)}")
        return dict(rows)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, csv.Error) as error:
        raise DataError(
            "The split {path} cannot be read ({reason}). Correct the file, or move it away to "
            "make a new split.",
            path=path,
            reason=error,
        ) from error


def write(root: Path, splits: Mapping[str, str]) -> None:
    """Replace the file in one step. Raises `DataError` when it cannot be written."""
    try:
        with (
            replacing(root / FILE, shared=True) as temporary,
            temporary.open("w", encoding="utf-8", errors="surrogateescape", newline="") as file,
        ):
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)
            writer.writerows(splits.items())
    except OSError as error:
        raise _not_written(root, error) from error


def remove(root: Path) -> None:
    """The folder is one split again. Raises `DataError` when the file cannot be removed."""
    try:
        (root / FILE).unlink(missing_ok=True)
    except OSError as error:
        raise _not_written(root, error) from error


def _not_written(root: Path, error: OSError) -> DataError:
    return DataError(
        "The split of {root} cannot be written ({reason}). Make the folder writable, or make "
        "the folders train and test yourself.",
        root=root,
        reason=error.strerror,
    )
