"""A saved model as a `Classifier`: the backend that suits this machine."""

from pathlib import Path
from typing import Literal

from emotion.errors import ModelError
from emotion.models.backend import Backend
from emotion.models.card import ExportRecord
from emotion.models.classifier import Classifier
from emotion.models.store import ModelEntry, sha256

BackendChoice = Literal["auto", "openvino", "torch"]


def load_classifier(entry: ModelEntry, backend: BackendChoice = "auto") -> Classifier:
    """The model with its OpenVINO export where it has one, else with torch.

    Raises `ModelError` when the chosen files are missing, cut short or do not fit the card.
    """
    export = _export(entry, backend)
    if export is None:
        return Classifier(entry.card, _torch(entry))
    return Classifier(entry.card, _openvino(entry, export))


def source_of(entry: ModelEntry, backend: BackendChoice = "auto") -> tuple[str, str]:
    """What `load_classifier` would take, without loading it: the backend's name and the
    SHA-256 of its weights. Raises `ModelError` when the model has no such backend."""
    export = _export(entry, backend)
    if export is None:
        return "torch", entry.card.weights.sha256
    return "openvino", export.sha256


def _export(entry: ModelEntry, backend: BackendChoice) -> ExportRecord | None:
    """The export to load; None for torch."""
    export = entry.card.exports[0] if entry.card.exports else None
    if backend == "openvino" and export is None:
        raise ModelError("The model {name} has no OpenVINO export. Use torch.", name=entry.name)
    return None if backend == "torch" else export


def check_files(entry: ModelEntry) -> None:
    """Raises `ModelError` when a file of the model is missing or not as its card says."""
    weights = entry.card.weights
    _check(entry, entry.folder / weights.file, weights.sha256)
    for export in entry.card.exports:
        _check(entry, (entry.folder / export.file).with_suffix(".bin"), export.sha256)


def _openvino(entry: ModelEntry, export: ExportRecord) -> Backend:
    from emotion.models.openvino_backend import OpenVinoBackend

    path = entry.folder / export.file
    _check(entry, path.with_suffix(".bin"), export.sha256)
    return OpenVinoBackend(path, export.precision)


def _torch(entry: ModelEntry) -> Backend:
    from emotion.models.torch_backend import TorchBackend

    path = entry.folder / entry.card.weights.file
    _check(entry, path, entry.card.weights.sha256)
    return TorchBackend(entry.card, path)


def _check(entry: ModelEntry, path: Path, expected: str) -> None:
    """The file must be the one that the card describes."""
    if not path.is_file():
        raise ModelError(
            "The file {file} of the model {name} is missing. Import the model again, or choose "
            "another.",
            file=path.name,
            name=entry.name,
        )
    if sha256(path) != expected:
        raise ModelError(
            "The file {file} of the model {name} is not the one that its card describes: it was "
            "cut short or changed. Import the model again, or choose another.",
            file=path.name,
            name=entry.name,
        )
