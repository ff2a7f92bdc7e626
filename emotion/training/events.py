"""What a run says of itself: one JSON object a line in `events.jsonl`.

Kinds: `queued` (it waits for the end of another run), `phase` (what begins: `reading`,
`teachers`, `features`, `finishing`, `export`, `test`), `reading` (pictures read so far),
`teachers` (pictures that other models have answered so far), `started` (counts,
device, precision), `features` (pictures that the backbone has seen, time left; within the first
epochs), `step` (progress, time left, what it takes), `epoch` (scores of both phases,
7 x 7 counts), `ended` (state `finished`, `stopped` or `failed`). A run that was killed and
continued repeats the epoch that it was in: the last of its events counts.
"""

import errno
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, Protocol

from emotion.errors import TrainingError

EVENTS_FILE: Final = "events.jsonl"
PASSING: Final = ("step", "reading", "teachers", "features")
"""Kinds of which the next one takes the place of the one before."""
_PASSING: Final = tuple(f'{{"kind": "{kind}"'.encode() for kind in PASSING)
_KIND_LENGTH: Final = min(map(len, _PASSING))
Event = dict[str, Any]
Listener = Callable[[Event], None]


class Log(Protocol):
    """What a run tells its course to."""

    def write(self, kind: str, **values: Any) -> None:
        """Tell one event."""


class EventLog:
    """Appends events, each at once and whole, so that a reader never meets half of one.

    `listener` is called with each event after it is written. Raises `TrainingError` when
    the file cannot be written.
    """

    def __init__(self, folder: Path, listener: Listener | None = None) -> None:
        self._path = folder / EVENTS_FILE
        self._listener = listener
        with self._errors():
            self._file = self._path.open("ab", buffering=0)
            self._file.truncate(_end_of_lines(self._path))  # a killed run may leave half a line

    def write(self, kind: str, **values: Any) -> None:
        """Append one event with its time (seconds since 1970)."""
        event = {"kind": kind, "time": round(time.time(), 3), **values}
        line = (json.dumps(event) + "\n").encode()
        with self._errors():
            start = self._file.seek(0, os.SEEK_END)
            if self._file.write(line) < len(line):
                self._file.truncate(start)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if self._listener is not None:
            self._listener(event)

    def close(self) -> None:
        """Close the file; the log cannot be written after."""
        self._file.close()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise TrainingError(
                "The events of the run cannot be written to {path} ({reason}). Make room on the "
                "disk, or see that the folder can be written, and continue the run.",
                path=self._path,
                reason=error.strerror,
            ) from error


def _end_of_lines(path: Path) -> int:
    return path.read_bytes().rfind(b"\n") + 1


class EventReader:
    """Reads the events of a run as they come; keeps its place between calls.

    A `brief` one leaves out, unparsed, what the next line takes the place of: of steps (and
    of counts of pictures) that follow each other all but the last.
    """

    def __init__(self, folder: Path, *, brief: bool = False) -> None:
        self._path = folder / EVENTS_FILE
        self._brief = brief
        self._offset = 0

    def shrunk(self) -> bool:
        """Whether what was read is no longer all there: the file was replaced or deleted."""
        try:
            return self._path.stat().st_size < self._offset
        except OSError:
            return self._offset > 0

    def read_new(self) -> list[Event]:
        """The whole lines written since the last call; a half-written last line waits, and
        one that a failing disk spoiled is left out."""
        try:
            with self._path.open("rb") as file:
                file.seek(self._offset)
                data = file.read()
        except OSError:  # not there yet, or not ours to read
            return []
        whole = data[: data.rfind(b"\n") + 1]
        self._offset += len(whole)
        lines = whole.splitlines()
        return list(_parsed(_lasting(lines) if self._brief else lines))


def _lasting(lines: list[bytes]) -> Iterator[bytes]:
    """The lines that the next one does not take the place of."""
    kinds = [line.startswith(_PASSING) and line[:_KIND_LENGTH] for line in lines]
    kinds.append(False)
    return (
        line
        for line, (kind, following) in zip(lines, pairwise(kinds), strict=True)
        if not kind or kind != following
    )


def _parsed(lines: Iterable[bytes]) -> Iterator[Event]:
    for line in lines:
        with suppress(ValueError):
            event = json.loads(line)
            if isinstance(event, dict) and "kind" in event and "time" in event:
                yield event


def failure_of(ended: Event) -> TrainingError:
    """Why a run failed, as the event that ended it says."""
    values = ended.get("values", {"reason": ended["reason"]})
    return TrainingError(ended.get("template", "{reason}"), **values)


def read_events(folder: Path) -> list[Event]:
    """All events of a run so far."""
    return EventReader(folder).read_new()
