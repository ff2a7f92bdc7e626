"""A model as one zip file: its card, its weights and its exports.

A zip from elsewhere is not trusted: no path in it is followed, only the files that its card
names are taken, and no more of them than `MOST_BYTES`.
"""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Final

from emotion.errors import ModelError
from emotion.files import replacing
from emotion.models.card import CARD_FILE, ModelCard, parse_card
from emotion.models.load import check_files
from emotion.models.store import ModelEntry

MOST_BYTES: Final = 1 << 30
"""Of all files of a model, unpacked: twenty times those of a ResNet18."""
MOST_CARD_BYTES: Final = 4 << 20
_CHUNK: Final = 1 << 20


def write_archive(entry: ModelEntry, path: Path) -> None:
    """Write the model as a zip to `path`, whole or not at all.

    Raises `ModelError` when one of its files is not as its card says or nothing can be written.
    """
    check_files(entry)
    with writing(path) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        for name in entry.card.files:
            archive.write(entry.folder / name, name)


@contextmanager
def writing(path: Path) -> Iterator[Path]:
    """As `files.replacing`, for a file that a user asked for.

    Raises `ModelError` where it cannot be written; an older file at `path` then stands.
    """
    try:
        with replacing(path) as temporary:
            yield temporary
    except OSError as error:
        raise ModelError(
            "The file {path} could not be written ({reason}). Make room on the disk, or choose "
            "another place.",
            path=path,
            reason=error.strerror or error,
        ) from error


def read_archive_card(path: Path) -> ModelCard:
    """The card in the zip at `path`. Raises `ModelError` when it holds none that is valid."""
    with _opened(path) as archive:
        return _card(archive, path)[0]


def unpack(path: Path, folder: Path, most: int = MOST_BYTES) -> ModelEntry:
    """Put the files of the zip at `path` into `folder`, each as its card says.

    The files may stand in a folder of the zip, and other files beside them are left out.
    Raises `ModelError` when it is no such zip, was cut short or has more than `most` bytes.
    """
    with _opened(path) as archive:
        card, root = _card(archive, path)
        left = most
        for name in card.files:
            try:
                info = archive.getinfo(str(root / name))
            except KeyError as error:
                raise ModelError(
                    "The file {name} is missing in {path}. Export the model again.",
                    name=name,
                    path=path,
                ) from error
            with archive.open(info) as source, (folder / name).open("wb") as target:
                left = _copy(source, target, left)
            if left < 0:
                raise ModelError(
                    "The files in {path} are larger than {most:,.0f} MB together, and no model "
                    "is. It was not imported.",
                    path=path,
                    most=most / 1e6,
                )
    entry = ModelEntry(folder, card)
    check_files(entry)
    return entry


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except FileNotFoundError as error:
        raise ModelError("The file {path} does not exist.", path=path) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise ModelError(
            "The zip {path} cannot be read ({reason}): it was cut short, or is no plain zip. "
            "Copy it again.",
            path=path,
            reason=error,
        ) from error


def _card(archive: zipfile.ZipFile, path: Path) -> tuple[ModelCard, PurePosixPath]:
    """The card, and the folder of the zip that it and its files stand in."""
    names = archive.namelist()
    for name in names:
        if name.startswith(("/", "\\")) or ".." in PurePosixPath(name.replace("\\", "/")).parts:
            raise ModelError(
                "The zip {path} holds {name!r}, which leads out of it, and was not unpacked. Use "
                "one that `models export` has made.",
                path=path,
                name=name,
            )
    cards = [name for name in names if PurePosixPath(name).parts[-1:] == (CARD_FILE,)]
    if len(cards) != 1:
        raise ModelError(
            "The zip {path} holds {n} files called card.json and is no exported model. Use one "
            "that `models export` has made.",
            path=path,
            n=len(cards),
        )
    with archive.open(cards[0]) as file:
        content = file.read(MOST_CARD_BYTES)
    return parse_card(content, path / cards[0]), PurePosixPath(cards[0]).parent


def _copy(source: IO[bytes], target: IO[bytes], left: int) -> int:
    """Copy up to `left` bytes; how many are left, below 0 where there were more. What a zip
    says of its sizes need not be so."""
    while left >= 0 and (chunk := source.read(_CHUNK)):
        left -= len(chunk)
        if left >= 0:
            target.write(chunk)
    return left
