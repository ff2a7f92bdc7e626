"""What runs a network: the small protocol that every backend fulfils."""

from typing import Protocol

import numpy as np
import numpy.typing as npt

CropsGrey = npt.NDArray[np.uint8]
"""A batch of aligned squares, `(n, size, size)`, grey."""
Logits = npt.NDArray[np.float32]
"""`(n, 7)`, in folder order, before temperature and softmax."""


class Backend(Protocol):
    """A loaded network. It belongs to the thread that calls `logits` first."""

    @property
    def description(self) -> str:
        """What runs it, for people: "OpenVINO int8", "torch float32 on cuda:0"."""
        ...

    def logits(self, crops: CropsGrey) -> Logits:
        """The network's answer for a batch of grey crops of the card's input size."""
        ...
