"""Weights in the original system's form: a `.pth` that its script loads with `strict=True`.

What such a file cannot say: at which size and of what the pictures must be. The original's
script gives the network the whole frame at 224 pixels; Semblante's models see a face, at the
size of their card. `ORIGINAL_NOTE` beside the file says so.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import torch

from emotion.errors import ModelError
from emotion.models.archive import writing
from emotion.models.store import ModelEntry, sha256
from emotion.models.torch_networks import GreyNetwork, load_weights

ORIGINAL_FILE: Final = "emotion_classifier_resnet18.pth"
"""Under `saved_models/`: where the original's script looks for its weights."""
ORIGINAL_NOTE: Final = "emotion_classifier_resnet18.json"
"""Which model the file is of, so that one that is not ours is known and kept."""


def save_state(entry: ModelEntry, path: Path) -> None:
    """Write the model's weights to `path` as a state dict in torchvision's names, float32.

    Raises `ModelError` when they cannot be read or written.
    """
    model = GreyNetwork(entry.card.network)
    load_weights(model, entry.folder / entry.card.weights.file)
    with writing(path) as temporary:
        try:
            torch.save(model.body.state_dict(), temporary)
        except RuntimeError as error:  # torch's word for a full disk
            raise OSError(str(error).splitlines()[0]) from error


def write_original(models_dir: Path, entry: ModelEntry) -> Path:
    """Write a ResNet18 to the place where the original's script looks for its weights.

    A file there that Semblante has not written is kept under another name. Raises
    `ModelError` when the model is another network or nothing can be written.
    """
    if entry.card.network != "resnet18":
        raise ModelError(
            "The model {name} is a {network}; the original's script loads a ResNet18 only.",
            name=entry.name,
            network=entry.card.network,
        )
    path, note = models_dir / ORIGINAL_FILE, models_dir / ORIGINAL_NOTE
    _keep_foreign(path, note)
    save_state(entry, path)
    crop = entry.card.input.crop
    text = {
        "model": entry.name,
        "sha256": sha256(path),
        "input": f"a face, grey, {crop} x {crop} pixels; the original's script gives 224 x 224",
    }
    with writing(note) as temporary:
        temporary.write_text(json.dumps(text, indent=2) + "\n", "utf-8")
    return path


def _keep_foreign(path: Path, note: Path) -> None:
    if not path.is_file():
        return
    try:
        ours = json.loads(note.read_text("utf-8"))["sha256"]
    except (OSError, ValueError, KeyError, TypeError):
        ours = None
    if sha256(path) != ours:
        kept = path.with_name(f"{path.stem}-kept-{datetime.now(UTC):%Y%m%d-%H%M%S}{path.suffix}")
        path.rename(kept)
