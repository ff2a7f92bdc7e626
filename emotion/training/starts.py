"""What a run can start from: built-in weights, a saved model, or a weights file. No torch."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from emotion.errors import ModelError
from emotion.models.card import CARD_FILE, InputSpec, Network, read_card
from emotion.models.store import (
    SHIPPED,
    WEIGHTS_SUFFIXES,
    ModelEntry,
    find_model,
    list_models,
)

BUILT_IN: Final = ("shipped", "imagenet", "scratch")
"""Starts that are no model of the user's."""


@dataclass(frozen=True, slots=True)
class Start:
    """What a run starts from; `network` and `input` are None where it does not say."""

    file: Path | None
    network: Network | None = None
    input: InputSpec | None = None

    def settings(self) -> dict[str, Any]:
        """Changes for `make_config`: a model that is trained further keeps its network, and
        sees pictures as it did, which a frozen backbone needs."""
        if self.input is None:
            return {"network": self.network}
        size, resize = self.input.crop, self.input.resize
        return {
            "network": self.network,
            "size": size,
            "test_resize": resize if resize > size else 0,
        }


def starts(models_dir: Path) -> list[str]:
    """Values for `TrainConfig.start`: the built-in ones, then the user's own models."""
    own = [entry.name for entry in list_models(models_dir) if entry.name != SHIPPED]
    return [*BUILT_IN, *own]


def find_start(start: str, models_dir: Path) -> Start:
    """What `start` names: a built-in start, a model's name or folder, or a weights file.

    Raises `ModelError` when there is nothing of that name, or when the card beside a weights
    file cannot be used: it may tell the expressions in another order.
    """
    if start in ("imagenet", "scratch"):
        return Start(None)
    if Path(start).suffix in WEIGHTS_SUFFIXES and not (models_dir / start).is_dir():
        return _file(Path(start))
    entry = find_model(models_dir, SHIPPED if start == "shipped" else start)
    return _model(entry)


def _file(path: Path) -> Start:
    if not path.is_file():
        raise ModelError(
            "The weights file {path} does not exist. Give the path of a .pth or .safetensors "
            "file on this machine.",
            path=path,
        )
    if (path.parent / CARD_FILE).is_file():
        entry = ModelEntry(path.parent, read_card(path.parent))
        if entry.card.weights.file == path.name:
            return _model(entry)
    return Start(path)


def _model(entry: ModelEntry) -> Start:
    return Start(entry.folder / entry.card.weights.file, entry.card.network, entry.card.input)
