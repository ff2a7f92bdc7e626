"""Lists of pictures in a CSV file, for example the test pictures that stand in train as well."""

import csv
from pathlib import Path

from emotion.errors import DataError


def read_paths(path: Path, column: str) -> frozenset[str]:
    """The relative paths in `column` of the CSV file `path`, or else in a column `path`.

    Raises `DataError` when the file cannot be read or has neither column.
    """
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = csv.DictReader(file)
            names = rows.fieldnames or ()
            chosen = next((name for name in (column, "path") if name in names), None)
            if chosen is None:
                raise DataError(
                    "The list {path} has the columns {names}, but none named {column} or path "
                    "with the pictures' paths. Name one so.",
                    path=path,
                    names=", ".join(names) or "none",
                    column=column,
                )
            return frozenset(row[chosen] for row in rows)
    except (OSError, ValueError, csv.Error) as error:
        raise DataError(
            "The list {path} cannot be read ({reason}). Give a CSV file.",
            path=path,
            reason=error,
        ) from error
