"""A network run by torch: where there is CUDA or MPS, or where there is no export."""

from pathlib import Path

import numpy as np
import torch

from emotion.models.backend import CropsGrey, Logits
from emotion.models.card import ModelCard
from emotion.models.torch_networks import GreyNetwork, load_weights


class TorchBackend:
    """Runs the card's network in float32 on the best device that is there."""

    def __init__(self, card: ModelCard, path: Path) -> None:
        mps = torch.backends.mps.is_available()
        name = "cuda" if torch.cuda.is_available() else "mps" if mps else "cpu"
        self.description = f"torch float32 on {name}"
        self._device = torch.device(name)
        model = GreyNetwork(card.network)
        load_weights(model, path)
        self._model = model.eval().to(self._device)

    @torch.inference_mode()
    def logits(self, crops: CropsGrey) -> Logits:
        """Logits `(n, 7)`."""
        batch = torch.from_numpy(np.ascontiguousarray(crops)).to(self._device)
        return np.asarray(self._model(batch).cpu().numpy(), dtype=np.float32)
