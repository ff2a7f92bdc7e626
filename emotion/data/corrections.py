"""What a person decided about single pictures: `corrections.csv` beside the data.

The pictures stay where they are. A decision says that a picture shows another expression
than its folder (`relabel`) or is not to be used (`set_aside`); the last one on a picture
counts, and undoing it brings the one before back. `emotion.data.layout.scan` honours them,
so training and evaluation do.

    path,action,expression,when,why
    train/4/a.png,relabel,happy,2026-11-24T14:30:00.123456+00:00,looks happy to me
    train/4/b.png,set_aside,,2026-11-24T14:31:00.654321+00:00,same picture in test
"""

import csv
import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal, get_args

from filelock import FileLock, Timeout

from emotion.errors import DataError
from emotion.files import replacing
from emotion.labels import KEYS, find_expression

Action = Literal["relabel", "set_aside"]
FILE: Final = "corrections.csv"
COLUMNS: Final = ("path", "action", "expression", "when", "why")
_LOCK_FILE: Final = ".corrections.lock"
_LOCK_S: Final = 20.0


@dataclass(frozen=True, slots=True)
class Correction:
    """One decision on one picture.

    `path` is relative to the data folder, with `/`, as in `Sample`; `expression` the key of
    the class that the picture shows, empty where it is set aside; `when` an ISO time.
    """

    path: str
    action: Action
    expression: str = ""
    when: str = ""
    why: str = ""

    def same_as(self, other: "Correction | None") -> bool:
        """Whether `other` decides the same."""
        return other is not None and (self.action, self.expression) == (
            other.action,
            other.expression,
        )


def relabel(path: str, expression: str, why: str = "") -> Correction:
    """The decision, made now, that the picture shows the expression with this key."""
    if expression not in KEYS:
        raise ValueError(f"no key of an expression: {expression!r}")
    return Correction(path, "relabel", expression, _now(), why)


def set_aside(path: str, why: str = "") -> Correction:
    """The decision, made now, that the picture is not to be used."""
    return Correction(path, "set_aside", "", _now(), why)


def read(root: Path) -> tuple[Correction, ...]:
    """All decisions on the data folder `root` in the order they were made; none without a file.

    Raises `DataError` when the file cannot be understood.
    """
    return read_file(root / FILE)


def read_file(path: Path) -> tuple[Correction, ...]:
    """The same of a file that may lie elsewhere, as a copy does."""
    try:
        # A file name that is no UTF-8 keeps its bytes; a spreadsheet may put a mark in front.
        return tuple(_parse(path.read_bytes().decode("utf-8-sig", "surrogateescape")))
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, csv.Error) as error:
        raise DataError(
            "The corrections {path} cannot be read ({reason}). Nothing was changed in the file: "
            "correct it, or move it away to go on without.",
            path=path,
            reason=error,
        ) from error


def current(decisions: Iterable[Correction]) -> dict[str, Correction]:
    """The decision that counts for each path: the last one."""
    return {decision.path: decision for decision in decisions}


def add(root: Path, decisions: Iterable[Correction]) -> tuple[Correction, ...]:
    """Write the decisions down; those that were new, which is what `undo` takes.

    A decision that is in force already is not written twice. All or none are written, also
    when several processes write at once. Raises `DataError` when that is not possible.
    """
    with _exclusive(root):
        known = read(root)
        in_force = current(known)
        made = []
        for decision in decisions:
            if not decision.same_as(in_force.get(decision.path)):
                made.append(decision)
                in_force[decision.path] = decision
        if made:
            _write(root, (*known, *made))
    return tuple(made)


def undo(root: Path, decisions: Iterable[Correction]) -> int:
    """Take back exactly these decisions; how many of them there still were.

    What was decided on a picture before counts again. Raises `DataError` as `add` does.
    """
    with _exclusive(root):
        known = read(root)
        gone = set(decisions)
        left = tuple(decision for decision in known if decision not in gone)
        if len(left) < len(known):
            _write(root, left)
    return len(known) - len(left)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _parse(text: str) -> Iterator[Correction]:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    columns = reader.fieldnames or ()
    if not {"path", "action"} <= set(columns) <= set(COLUMNS):
        raise ValueError(f"its columns are not {', '.join(COLUMNS)}")
    for row in reader:
        if None in row or None in row.values():
            raise ValueError(f"line {reader.line_num} has not {len(columns)} values")
        yield _decision(row, reader.line_num)


def _decision(row: dict[str, str], line: int) -> Correction:
    action = next((known for known in get_args(Action) if known == row["action"]), None)
    if action is None:
        raise ValueError(f"line {line} has the action {row['action']!r}")
    expression = find_expression(row.get("expression", ""))
    if not row["path"] or (action == "relabel") != (expression is not None):
        raise ValueError(f"line {line} has no path, or an expression that does not fit {action}")
    key = expression.key if expression else ""
    return Correction(row["path"], action, key, row.get("when", ""), row.get("why", ""))


def _write(root: Path, decisions: Iterable[Correction]) -> None:
    """Replace the file in one step; without decisions it goes."""
    rows = [asdict(decision) for decision in decisions]
    if not rows:
        (root / FILE).unlink()
        return
    with (
        replacing(root / FILE, lasting=True) as temporary,
        temporary.open("w", encoding="utf-8", errors="surrogateescape", newline="") as file,
    ):
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


@contextmanager
def _exclusive(root: Path) -> Iterator[None]:
    """No other process or thread writes the file meanwhile."""
    try:
        root.stat()  # the lock would make a missing folder
        with FileLock(root / _LOCK_FILE, timeout=_LOCK_S):
            yield
    except Timeout as error:
        raise DataError(
            "The corrections of {root} are being written by another program. Try again.", root=root
        ) from error
    except OSError as error:
        raise DataError(
            "The corrections of {root} cannot be written ({reason}). Nothing was changed: make "
            "the folder writable or make room on the disk.",
            root=root,
            reason=error.strerror or error,
        ) from error
