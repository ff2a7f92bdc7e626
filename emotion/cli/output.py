"""What the commands share: options, JSON for tools, tables and progress for people."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Annotated, Any

import pandas as pd
import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from emotion.errors import SessionError
from emotion.evaluation.run import Progress as Report
from emotion.files import replacing

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
ModelName = Annotated[
    str | None, typer.Option("--model", help="Name of a saved model; without, the active one.")
]
Labelled = Annotated[Path, typer.Option(help="Folder that holds test/1 … 7, or 1 … 7.")]
Split = Annotated[str, typer.Option(help="train or test.")]
FindFaces = Annotated[
    bool, typer.Option("--find-faces", help="Pictures are whole: find the face first.")
]


def print_json(values: dict[str, Any]) -> None:
    """One JSON object on standard output."""
    print(json.dumps(values, ensure_ascii=False, allow_nan=False))


def print_table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table on standard output; numbers are right-aligned."""
    table = Table(box=None, pad_edge=False)
    for index, column in enumerate(columns):
        numeric = bool(rows) and all(isinstance(row[index], int | float) for row in rows)
        table.add_column(column, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(_cell(value) for value in row))
    Console().print(table)


def _cell(value: object) -> str:
    if value is None or value != value:  # NaN
        return "–"
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def records(table: pd.DataFrame) -> Any:
    """The rows of `table` as JSON values; NaN, where there is nothing to tell, is null."""
    return json.loads(table.to_json(orient="records"))


@contextmanager
def written(path: Path) -> Iterator[IO[bytes]]:
    """A file that becomes `path` when the block has gone well. Raises `SessionError` where
    it cannot be written; an older file there then stands."""
    try:
        with replacing(path) as temporary, temporary.open("wb") as file:
            yield file
    except OSError as error:
        raise SessionError(
            "The file {path} could not be written ({reason}). Choose another place.",
            path=path,
            reason=error.strerror,
        ) from error


@contextmanager
def progress(text: str) -> Iterator[Report]:
    """A bar on standard error, where that is a terminal; the block calls what it is given
    with `(done, of)`."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(text, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)
