"""A second model for tests: `tiny` with noise on its weights, so that it answers otherwise."""

import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from emotion.models.card import read_card, write_card
from emotion.models.store import sha256


def add_other_model(models_dir: Path, name: str = "other") -> None:
    """Put it beside `tiny` in `models_dir`; it has no export and is run by torch."""
    folder = models_dir / name
    shutil.copytree(models_dir / "tiny", folder)
    card = read_card(folder)
    path = folder / card.weights.file
    weights = load_file(path)
    head = weights["fc.weight"]
    noise = torch.randn(head.shape, generator=torch.Generator().manual_seed(0))
    weights["fc.weight"] = (head + noise * head.float().std()).to(head.dtype)
    save_file(weights, path)
    record = card.weights.model_copy(update={"sha256": sha256(path)})
    write_card(folder, card.model_copy(update={"name": name, "exports": (), "weights": record}))
