"""One run at a time: two at once would both be slow, so each waits for its turn.

The turn is a lock on the runs folder that the operating system takes back from a process
that dies, however it dies. Those that wait go on in the order in which they came.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from emotion.errors import TrainingError
from emotion.training import process
from emotion.training.events import Log

LOCK_FILE: Final = ".turn.lock"
_LOOK_EVERY_S: Final = 0.5


@contextmanager
def turn(folder: Path, stopped: Callable[[], bool], events: Log) -> Iterator[bool]:
    """Hold the turn for the run in `folder`, which this process has claimed.

    While it waits it has told `queued`. False when a stop was asked for before its turn came.
    Raises `TrainingError` where the lock cannot be made.
    """
    lock = FileLock(folder.parent / LOCK_FILE)
    told = False
    while ahead(folder) or not _taken(lock):
        if stopped():
            yield False
            return
        if not told:
            events.write("queued")
            told = True
        time.sleep(_LOOK_EVERY_S)
    try:
        yield True
    finally:
        lock.release()


def ahead(folder: Path) -> list[Path]:
    """The folders of the runs that work or wait and came before the one in `folder`, the
    first one first; none when that one is not there itself."""
    line = _line(folder.parent)
    return line[: line.index(folder)] if folder in line else []


def _line(runs_dir: Path) -> list[Path]:
    """The runs whose process lives, in the order of these processes' starts."""
    came: list[tuple[float, Path]] = []
    for path in runs_dir.glob(f"*/{process.PROCESS_FILE}"):
        living = process.working(path.parent)
        if living is not None:
            came.append((living.create_time(), path.parent))
    return [folder for _, folder in sorted(came)]


def _taken(lock: FileLock) -> bool:
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return False
    except OSError as error:
        raise TrainingError(
            "The folder of runs {folder} cannot be locked ({reason}). Set SEMBLANTE_RUNS_DIR to "
            "a folder on a disk of this machine that can be written.",
            folder=Path(lock.lock_file).parent,
            reason=error.strerror or error,
        ) from error
    return True
