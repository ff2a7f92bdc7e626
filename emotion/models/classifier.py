"""A model ready to answer: its card, its backend, calibrated probabilities."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import softmax

from emotion.models.backend import Backend, CropsGrey, Logits
from emotion.models.card import ModelCard


@dataclass(frozen=True, slots=True)
class Classifier:
    """The seven probabilities of a batch of crops."""

    card: ModelCard
    backend: Backend

    @property
    def crop_size(self) -> int:
        """Side in pixels of the square crops that `probabilities` takes."""
        return self.card.input.resize

    def probabilities(self, crops: CropsGrey) -> npt.NDArray[np.float32]:
        """Calibrated probabilities `(n, 7)` of grey crops `(n, crop_size, crop_size)`."""
        return calibrated(self.logits(crops), self.card.temperature)

    def logits(self, crops: CropsGrey) -> Logits:
        """The network's own answer `(n, 7)`, before temperature and softmax."""
        margin = (self.card.input.resize - self.card.input.crop) // 2
        side = slice(margin, margin + self.card.input.crop)
        return self.backend.logits(np.ascontiguousarray(crops[:, side, side]))


def calibrated(logits: Logits, temperature: float) -> npt.NDArray[np.float32]:
    """Probabilities `(n, 7)`: softmax of the logits divided by the temperature.

    Guo et al., 2017, "On calibration of modern neural networks".
    """
    return np.asarray(softmax(logits / temperature, axis=1), dtype=np.float32)
