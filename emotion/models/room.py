"""Room on disk: what a folder takes, while others may still write to it."""

from contextlib import suppress
from pathlib import Path


def size_bytes(folder: Path) -> int:
    """Of all files in `folder`; one that vanishes meanwhile counts nothing."""
    total = 0
    for path in folder.rglob("*"):
        with suppress(OSError):
            if path.is_file():
                total += path.stat().st_size
    return total
