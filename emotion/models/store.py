"""The saved models: one folder each under `saved_models/`, one of them active."""

import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from emotion.errors import ModelError
from emotion.files import replacing
from emotion.models.card import CARD_FILE, ModelCard, read_card
from emotion.models.room import size_bytes

SHIPPED: Final = "semblante-resnet18"
"""The model that comes with the project."""
ACTIVE_FILE: Final = "active.json"
WEIGHTS_SUFFIXES: Final = (".pth", ".pt", ".safetensors")
"""How the name of a file of weights from elsewhere ends."""
NAME_PATTERN: Final = r"^[a-z0-9][a-z0-9._-]{0,63}$"
_BUILDING: Final = ".building-"
"""Before the name of a model that is not whole yet; no model's name starts with a dot."""


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """A saved model: its folder and its card."""

    folder: Path
    card: ModelCard

    @property
    def name(self) -> str:
        """The folder's name, by which a user chooses it."""
        return self.folder.name

    @property
    def size_bytes(self) -> int:
        """Of all its files."""
        return size_bytes(self.folder)


def list_models(models_dir: Path) -> list[ModelEntry]:
    """All models with a valid card, the shipped one first, then by name."""
    entries = []
    for path in models_dir.glob(f"*/{CARD_FILE}"):
        if path.parent.name.startswith(_BUILDING):
            continue
        try:
            entries.append(ModelEntry(path.parent, read_card(path.parent)))
        except ModelError:
            continue  # `find_model` says what is wrong with it when it is asked for
    return sorted(entries, key=lambda entry: (entry.name != SHIPPED, entry.name))


def broken_models(models_dir: Path) -> dict[str, ModelError]:
    """The folders with a card that is not valid, by name, each with what is wrong."""
    broken = {}
    for path in sorted(models_dir.glob(f"*/{CARD_FILE}")):
        if not path.parent.name.startswith("."):
            try:
                read_card(path.parent)
            except ModelError as error:
                broken[path.parent.name] = error
    return broken


def find_model(models_dir: Path, name: str | None = None) -> ModelEntry:
    """The model called `name`, the active one without a name; a path is taken as it is.

    Raises `ModelError` when there is none of that name, or its card is not valid.
    """
    chosen = name or active_name(models_dir)
    folder = Path(chosen) if "/" in chosen or "\\" in chosen else models_dir / chosen
    if not folder.is_dir():
        known = ", ".join(entry.name for entry in list_models(models_dir)) or "none"
        raise ModelError(
            "There is no model {name}; the folder {folder} holds: {known}. Choose one of these, "
            "train one or import one.",
            name=chosen,
            folder=models_dir,
            known=known,
        )
    return ModelEntry(folder, read_card(folder))


def active_name(models_dir: Path) -> str:
    """The name of the model that live uses; the shipped one until another is made active."""
    try:
        chosen = json.loads((models_dir / ACTIVE_FILE).read_text("utf-8"))["name"]
    except (OSError, ValueError, KeyError, TypeError):
        return SHIPPED
    return str(chosen) if (models_dir / str(chosen) / CARD_FILE).is_file() else SHIPPED


def activate(models_dir: Path, name: str) -> ModelEntry:
    """Make `name` the model that live uses. Raises `ModelError` when it is not usable."""
    entry = find_model(models_dir, name)
    if entry.folder != models_dir / entry.name:
        raise ModelError(
            "The model {path} lies outside of {folder}, so it cannot be the active one. Move it "
            "there first.",
            path=name,
            folder=models_dir,
        )
    with replacing(models_dir / ACTIVE_FILE, shared=True) as temporary:
        temporary.write_text(json.dumps({"name": entry.name}) + "\n", "utf-8")
    return entry


def check_delete(models_dir: Path, name: str) -> None:
    """Raises `ModelError` when `name` cannot be deleted: shipped, active, or no model."""
    if name == SHIPPED:
        raise ModelError(
            "The model {name} comes with Semblante and cannot be deleted: live falls back on it.",
            name=name,
        )
    if name == active_name(models_dir):
        raise ModelError(
            "The model {name} is the active one and cannot be deleted. Make another one active "
            "first.",
            name=name,
        )
    if not re.fullmatch(NAME_PATTERN, name) or not (models_dir / name / CARD_FILE).is_file():
        raise ModelError("There is no model {name} that could be deleted.", name=name)


def delete(models_dir: Path, name: str) -> None:
    """Remove the model `name` for good; a broken one as well.

    Raises `ModelError` as `check_delete` does, and when it cannot be removed.
    """
    check_delete(models_dir, name)
    gone = models_dir / (_BUILDING + name)
    try:
        shutil.rmtree(gone, ignore_errors=True)
        (models_dir / name).rename(gone)  # gone at once, also where files are still in use
    except OSError as error:
        raise ModelError(
            "The model {name} could not be deleted ({reason}). See that the folder {folder} can "
            "be written.",
            name=name,
            reason=error.strerror,
            folder=models_dir,
        ) from error
    shutil.rmtree(gone, ignore_errors=True)


def check_name(models_dir: Path, name: str) -> None:
    """Raises `ModelError` when a new model cannot be called `name`: not allowed, or taken."""
    if not re.fullmatch(NAME_PATTERN, name):
        raise ModelError(
            "A model cannot be called {name!r}: use small letters, digits, '.', '_' and '-', "
            "64 at most.",
            name=name,
        )
    if (models_dir / name).exists():
        raise ModelError(
            "A model called {name} exists already. Choose another name or delete it.", name=name
        )


def new_folder(models_dir: Path, name: str) -> Path:
    """An empty folder to build the model `name` in; `publish` gives it its name.

    Raises `ModelError` as `check_name` does, and when nothing can be written.
    """
    check_name(models_dir, name)
    folder = models_dir / (_BUILDING + name)
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    except OSError as error:
        raise ModelError(
            "The folder {folder} cannot be written ({reason}). Set SEMBLANTE_MODELS_DIR to one "
            "that can.",
            folder=folder,
            reason=error.strerror,
        ) from error
    return folder


@contextmanager
def building(models_dir: Path, name: str) -> Iterator[Path]:
    """A `new_folder` that is removed again when the block fails, whatever it holds by then."""
    folder = new_folder(models_dir, name)
    try:
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def publish(folder: Path) -> ModelEntry:
    """Give a folder of `new_folder` its final name: a model is there whole or not at all.

    Raises `ModelError` when the name was taken meanwhile.
    """
    final = folder.with_name(folder.name.removeprefix(_BUILDING))
    check_name(final.parent, final.name)
    folder.rename(final)
    return ModelEntry(final, read_card(final))


def sha256(path: Path) -> str:
    """Of a file's content, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
