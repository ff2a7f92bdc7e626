"""Unpack a zip with a data set into a folder, and nothing else: no file outside of it, no
more than fits, and of kinds that a data set has."""

import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Final

from emotion.data.layout import scan
from emotion.data.pictures import is_picture
from emotion.errors import DataError

Progress = Callable[[float], None]
MOST_BYTES: Final = 8 * 1024**3
"""What an archive may hold unpacked."""
MOST_FILES: Final = 500_000
MOST_TIMES: Final = 200
"""More bytes than this for each packed one: no picture packs so well, a bomb does."""
SPARE_BYTES: Final = 256 * 1024**2
"""Room that stays free on the disk."""
NAME_LENGTH: Final = 64
_BESIDE: Final = ("votes.csv", "split.csv", "corrections.csv")
_CHUNK: Final = 1024**2
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


def check_name(name: str, parent: Path) -> Path:
    """The folder `parent / name` for a new data set. Raises `DataError` when it cannot be."""
    usable = name and len(name) <= NAME_LENGTH and all(c.isalnum() or c in "-_ ." for c in name)
    if not usable or name.startswith(".") or name != name.strip(" ."):
        raise DataError(
            "A data set cannot be called {name!r}. Use letters, digits, - and _, at most {most}.",
            name=name,
            most=NAME_LENGTH,
        )
    if (parent / name).exists():
        raise DataError(
            "There is a folder {name} in {parent} already. Choose another name.",
            name=name,
            parent=parent,
        )
    return parent / name


def unpack(archive: IO[bytes], target: Path, progress: Progress = lambda _: None) -> None:
    """Unpack the zip into the new folder `target`; it is there as a whole or not at all.

    Only pictures, licences and the tables of a data set are taken. What `progress` raises
    ends it. Raises `DataError` for what is no zip, encrypted, broken, too large, a way out
    of the folder, or no data set.
    """
    with _building(target) as building:
        try:
            with zipfile.ZipFile(archive) as packed:
                _extract(packed, _wanted(packed, target.parent), building, progress)
        except _BROKEN as error:
            raise DataError(
                "The file is no zip archive that can be read ({reason}). Pack the folder again, "
                "as a zip without a password.",
                reason=error,
            ) from error
        except OSError as error:
            raise DataError(
                "The archive cannot be unpacked to {target} ({reason}). Make room on the disk, or "
                "make the folder writable.",
                target=target.parent,
                reason=error.strerror or error,
            ) from error
        scan(building)


@contextmanager
def _building(target: Path) -> Iterator[Path]:
    """A folder beside `target` that becomes it when all went well, and is gone otherwise."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=".unpacking-", dir=target.parent))
    except OSError as error:
        raise DataError(
            "Nothing can be written to {parent} ({reason}). Make it writable.",
            parent=target.parent,
            reason=error.strerror,
        ) from error
    try:
        yield folder
        folder.chmod(0o755)
        folder.rename(check_name(target.name, target.parent))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wanted(packed: zipfile.ZipFile, parent: Path) -> list[zipfile.ZipInfo]:
    """The entries to unpack. Raises `DataError` when they are not safe."""
    entries = packed.infolist()
    size = sum(entry.file_size for entry in entries)
    most = min(MOST_BYTES, max(0, shutil.disk_usage(parent).free - SPARE_BYTES))
    if len(entries) > MOST_FILES or size > most:
        raise DataError(
            "The archive holds {files} files of {size} MB; up to {most_files} files of {most} MB "
            "fit here. Split it, or make room on the disk.",
            files=len(entries),
            size=size // 10**6,
            most_files=MOST_FILES,
            most=most // 10**6,
        )
    for entry in entries:
        path = PurePosixPath(entry.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in entry.filename:
            raise DataError(
                "The archive has the entry {name}, which leads out of its folder. Nothing was "
                "unpacked.",
                name=entry.filename,
            )
        if entry.file_size > max(_CHUNK, MOST_TIMES * entry.compress_size):
            raise DataError(
                "The archive's entry {name} grows from {packed} to {size} bytes, as no picture "
                "does. Nothing was unpacked.",
                name=entry.filename,
                packed=entry.compress_size,
                size=entry.file_size,
            )
    return [entry for entry in entries if _belongs(entry)]


def _belongs(entry: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(entry.filename)
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in path.parts)
    if entry.is_dir() or hidden or stat.S_ISLNK(entry.external_attr >> 16):
        return False
    name = path.name
    return is_picture(Path(name)) or name in _BESIDE or name.startswith(("LICENSE", "LICENCE"))


def _extract(
    packed: zipfile.ZipFile, entries: list[zipfile.ZipInfo], folder: Path, progress: Progress
) -> None:
    """The sizes in the archive's list may lie, so that what is written is counted."""
    total = max(1, sum(entry.file_size for entry in entries))
    written = 0
    for entry in entries:
        path = folder / entry.filename.replace("\\", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        with packed.open(entry) as source, path.open("wb") as file:
            while chunk := source.read(_CHUNK):
                written += len(chunk)
                if written > total:
                    raise zipfile.BadZipFile("it holds more than it says")
                file.write(chunk)
        progress(written / total)
