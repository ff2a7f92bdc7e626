"""Bring back what a backup holds, beside what is there: nothing that is there is lost.

A session that is there already is not added twice. A model whose name is taken by another
one gets a new name. A decision on a picture is added where there is none on it now.
"""

import shutil
import zlib
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Final, Literal
from zipfile import BadZipFile, ZipFile

from pydantic import ValidationError

from emotion.backup.manifest import MANIFEST, Entry, Kind, Manifest
from emotion.backup.save import Report
from emotion.data import corrections
from emotion.data.roots import data_roots, offered
from emotion.errors import ModelError, SessionError
from emotion.models.archive import read_archive_card, unpack
from emotion.models.card import ModelCard, write_card
from emotion.models.store import building, find_model, publish, sha256
from emotion.sessions.importing import AlreadyThereError, import_session, read_session
from emotion.sessions.store import SessionStore
from emotion.settings import Settings

Outcome = Literal["added", "there", "left out"]
_MOST_MANIFEST_BYTES: Final = 64 << 20
_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Restored:
    """What came of one part of a backup: it is new now ("added"), was "there" already, or
    was "left out" since its data folder is not here. `name` is what it is called now."""

    kind: Kind
    name: str
    outcome: Outcome


def restore_backup(
    settings: Settings,
    store: SessionStore,
    path: Path,
    report: Report = lambda _done, _of: None,
) -> list[Restored]:
    """Bring back all that the zip at `path` holds; what came of each part.

    The whole zip is checked first. Raises `EmotionError` when it is broken or foreign, and
    then nothing is changed; when something cannot be written, what was brought back before
    stays, and the next try goes on from there.
    """
    with TemporaryDirectory(prefix="semblante-restore-") as folder:
        parts = _unpacked(path, Path(folder))
        for entry, file in parts:
            _check(entry, file)
        outcomes = []
        for done, (entry, file) in enumerate(parts):
            report(done, len(parts))
            outcomes.append(_bring_back(settings, store, entry, file))
        report(len(parts), len(parts))
        return outcomes


def read_manifest(path: Path) -> Manifest:
    """What the backup at `path` says that it holds. Raises `SessionError` when it is none."""
    try:
        with ZipFile(path) as archive, archive.open(MANIFEST) as file:
            return Manifest.model_validate_json(file.read(_MOST_MANIFEST_BYTES))
    except FileNotFoundError as error:
        raise SessionError("The file {path} does not exist.", path=path) from error
    except KeyError as error:
        raise SessionError(
            "The zip {file} is no backup of Semblante: it holds no {manifest}. Choose another one. "
            "Nothing was restored.",
            file=path.name,
            manifest=MANIFEST,
        ) from error
    except ValidationError as error:
        raise SessionError(
            "The backup {file} is damaged or was made by another version of Semblante: its "
            "{manifest} cannot be understood. Choose another one. Nothing was restored.",
            file=path.name,
            manifest=MANIFEST,
        ) from error
    except (BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, OSError) as error:
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise SessionError(
            "The file {file} cannot be read as a zip ({reason}). Choose another one, or copy it "
            "again. Nothing was restored.",
            file=path.name,
            reason=reason[0].rstrip("."),
        ) from error


def _unpacked(path: Path, folder: Path) -> list[tuple[Entry, Path]]:
    """The parts of the zip, each in a file of `folder` that no name in the zip decides."""
    manifest = read_manifest(path)
    needed = sum(entry.size_bytes for entry in manifest.entries)
    if needed > shutil.disk_usage(folder).free:
        raise SessionError(
            "The backup {file} takes {size:,.0f} MB, for which the disk has no room. Free some "
            "space. Nothing was restored.",
            file=path.name,
            size=needed / 1e6,
        )
    parts = []
    with ZipFile(path) as archive:
        for number, entry in enumerate(manifest.entries):
            file = folder / f"{number}.part"
            try:
                with archive.open(entry.file) as source, file.open("wb") as target:
                    _copy(source, target, entry.size_bytes)
                whole = sha256(file) == entry.sha256
            except (BadZipFile, zlib.error, EOFError, KeyError, ValueError, RuntimeError):
                whole = False
            if not whole:
                raise SessionError(
                    "The backup {file} is damaged: {part} in it is missing or not as it was "
                    "saved. Copy it again, or choose another one. Nothing was restored.",
                    file=path.name,
                    part=entry.file,
                )
            parts.append((entry, file))
    return parts


def _copy(source: IO[bytes], target: IO[bytes], size: int) -> None:
    """Copy `size` bytes at most, whatever the zip would unpack to."""
    while size > 0 and (chunk := source.read(min(_CHUNK, size))):
        target.write(chunk)
        size -= len(chunk)


def _check(entry: Entry, file: Path) -> None:
    """Raise `EmotionError` when the part cannot be brought back."""
    match entry.kind:
        case "session":
            with file.open("rb") as content:
                read_session(content, entry.file)
        case "model":
            read_archive_card(file)
        case "corrections":
            corrections.read_file(file)


def _bring_back(settings: Settings, store: SessionStore, entry: Entry, file: Path) -> Restored:
    match entry.kind:
        case "session":
            return _session(store, entry, file)
        case "model":
            return _model(settings.models_dir, entry, file)
        case "corrections":
            return _corrections(settings, entry, file)


def _session(store: SessionStore, entry: Entry, file: Path) -> Restored:
    try:
        with file.open("rb") as content:
            import_session(store, content, entry.file)
    except AlreadyThereError:
        return Restored(entry.kind, entry.name, "there")
    return Restored(entry.kind, entry.name, "added")


def _model(models_dir: Path, entry: Entry, file: Path) -> Restored:
    card = read_archive_card(file)
    name, number = card.name, 1
    while (models_dir / name).exists():
        if _is_model(models_dir, name, card):
            return Restored(entry.kind, name, "there")
        number += 1
        name = f"{card.name[:60]}-{number}"
    with building(models_dir, name) as folder:
        restored = unpack(file, folder)
        write_card(folder, restored.card.model_copy(update={"name": name}))
        publish(folder)
    return Restored(entry.kind, name, "added")


def _is_model(models_dir: Path, name: str, card: ModelCard) -> bool:
    """Whether the model called `name` is the one of `card`, which says what its files hold."""
    try:
        here = find_model(models_dir, name).card
    except ModelError:
        return False  # something else has that name
    # What worse pictures cost may have been measured since.
    same = {"name": name, "robustness": None}
    return here.model_copy(update=same) == card.model_copy(update=same)


def _corrections(settings: Settings, entry: Entry, file: Path) -> Restored:
    root = _data_folder(settings, Path(entry.name))
    if root is None:
        return Restored(entry.kind, entry.name, "left out")
    decided = corrections.current(corrections.read(root))
    saved = corrections.current(corrections.read_file(file))
    new = [decision for path, decision in saved.items() if path not in decided]
    corrections.add(root, new)
    return Restored(entry.kind, str(root), "added" if new else "there")


def _data_folder(settings: Settings, saved: Path) -> Path | None:
    """The data folder that the backup speaks of: on another computer the one of its name.

    Only folders that the app reads: a zip from elsewhere must not write anywhere else.
    """
    folders = [folder for folder in offered(data_roots(settings)) if folder.is_dir()]
    namesakes = [folder for folder in folders if folder.name == saved.name]
    if saved in folders:
        return saved
    return namesakes[0] if len(namesakes) == 1 else None
