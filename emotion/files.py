"""Files that are written whole or not at all: a reader, a full disk or a kill meets no half one."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def replacing(path: Path, *, shared: bool = False, lasting: bool = False) -> Iterator[Path]:
    """A place beside `path` to write to, which becomes `path` when the block has gone well.

    Else it is removed again and an older file at `path` stands. A `shared` path may have
    several writers at once: each gets a place of its own, and the last one wins. A `lasting`
    file is on the disk when the block has ended, also through a power cut. Raises the
    `OSError` of what cannot be written.
    """
    writer = f".{os.getpid()}-{threading.get_ident()}" if shared else ""
    temporary = path.with_name(f"{path.name}{writer}.part")
    try:
        yield temporary
        if lasting:
            _to_disk(temporary)
        temporary.replace(path)
        if lasting and os.name == "posix":  # elsewhere a folder cannot be opened
            _to_disk(path.parent)
    finally:
        with suppress(OSError):
            temporary.unlink()


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY if os.name == "posix" else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
