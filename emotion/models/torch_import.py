"""Take a model from elsewhere in as a saved one: `python -m emotion models import`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, get_args

import numpy as np
import torch

from emotion.errors import ModelError
from emotion.models import archive
from emotion.models.card import InputSpec, ModelCard, Network, WeightsRecord, write_card
from emotion.models.load import load_classifier
from emotion.models.store import (
    WEIGHTS_SUFFIXES,
    ModelEntry,
    building,
    check_name,
    publish,
    sha256,
)
from emotion.models.torch_foreign import read_any_weights
from emotion.models.torch_networks import (
    WEIGHTS_FILE,
    GreyNetwork,
    build_body,
    fill,
    load_weights,
    save_weights,
)

ORIGINAL_INPUT: Final = InputSpec(resize=256, crop=224)
"""The original system's transforms: Resize(256), CenterCrop(224), grey."""
ARCHIVE_SUFFIX: Final = ".zip"


def import_model(
    models_dir: Path, path: Path, name: str | None = None, network: Network | None = None
) -> ModelEntry:
    """Make a saved model of a file, chosen by its suffix: an exported zip, whose model keeps
    its name unless there is another, or weights, which need one.

    Raises `ModelError` when the file cannot be used, the name is taken or nothing can be
    written; then nothing is left behind.
    """
    suffix = path.suffix.lower()
    if suffix == ARCHIVE_SUFFIX:
        return import_archive(models_dir, path, name)
    if suffix not in WEIGHTS_SUFFIXES:
        raise ModelError(
            "The file {path} is none that can be imported: its name must end in one of {suffixes}.",
            path=path,
            suffixes=", ".join((*WEIGHTS_SUFFIXES, ARCHIVE_SUFFIX)),
        )
    return import_weights(models_dir, path, name or path.stem, network)


def import_weights(
    models_dir: Path, path: Path, name: str, network: Network | None = None
) -> ModelEntry:
    """Make a model called `name` of a `.pth` state dict or a `.safetensors` file.

    Without `network` it is the one whose layers are called as in the file. The model sees
    pictures as the original system does, and has no scores and no export yet. The weights are
    kept in half precision. Raises `ModelError` when the name is taken, the file cannot be
    used or nothing can be written.
    """
    check_name(models_dir, name)
    state = read_any_weights(path)
    model = GreyNetwork(network or _likeliest(state))
    fill(model, state, path)
    _check_range(model, path)
    with building(models_dir, name) as folder:
        weights = folder / WEIGHTS_FILE
        save_weights(model, weights)
        write_card(
            folder,
            ModelCard(
                name=name,
                network=model.network,
                input=ORIGINAL_INPUT,
                created=datetime.now(UTC),
                description=f"imported from {path.name}, SHA-256 {sha256(path)}",
                weights=WeightsRecord(file=weights.name, dtype="float16", sha256=sha256(weights)),
            ),
        )
        return publish(folder)


def import_archive(models_dir: Path, path: Path, name: str | None = None) -> ModelEntry:
    """Make a model of an exported zip, under its own name or `name`.

    Its weights must fit the network of its card, and its exports the input. Raises `ModelError`
    when they do not, the zip cannot be read, the name is taken or nothing can be written.
    """
    chosen = name or archive.read_archive_card(path).name
    check_name(models_dir, chosen)
    with building(models_dir, chosen) as folder:
        entry = archive.unpack(path, folder)
        _check_fit(entry, path)
        write_card(folder, entry.card.model_copy(update={"name": chosen}))
        return publish(folder)


def _check_fit(entry: ModelEntry, path: Path) -> None:
    """The card must describe the weights, and each export must answer for its input."""
    load_weights(GreyNetwork(entry.card.network), entry.folder / entry.card.weights.file)
    for export in entry.card.exports:
        alone = ModelEntry(entry.folder, entry.card.model_copy(update={"exports": (export,)}))
        reason = _export_fault(alone)
        if reason:
            raise ModelError(
                "The export {file} in {path} does not fit its card, which gives it crops of "
                "{size} pixels ({reason}). Export the model again.",
                file=export.file,
                path=path,
                size=entry.card.input.crop,
                reason=reason,
            )


def _export_fault(entry: ModelEntry) -> str:
    """Why the model's export does not answer for one crop; empty where it does."""
    size = entry.card.input.resize
    crops = np.zeros((1, size, size), np.uint8)
    try:
        answer = load_classifier(entry, "openvino").probabilities(crops)
    except (RuntimeError, ValueError) as error:  # OpenVINO's, for a shape or an operation
        return str(error).strip().splitlines()[-1]
    if answer.shape != (1, 7) or not np.isfinite(answer).all():
        return f"its answer has the shape {answer.shape}"
    return ""


def _likeliest(state: dict[str, Any]) -> Network:
    """The network that shares most names with the weights; the first one in doubt."""

    def shared(network: Network) -> int:
        with torch.device("meta"):
            return len(build_body(network).state_dict().keys() & state.keys())

    return max(get_args(Network), key=shared)


def _check_range(model: GreyNetwork, path: Path) -> None:
    for key, value in model.body.state_dict().items():
        if not torch.isfinite(value.half() if value.is_floating_point() else value).all():
            raise ModelError(
                "The weights in {path} hold values in {key} that are no numbers, or too large "
                "for half precision. Train the model again with a lower learning rate.",
                path=path,
                key=key,
            )
