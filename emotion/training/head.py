"""The preset `quick`: only the last layer learns, from features that were computed once.

The epochs are those of any run, with the same events and checkpoints; what differs is what
goes into a step (a random view of each picture's features) and what is kept (the last layer).
"""

import copy
from collections.abc import Callable
from functools import cached_property
from typing import Any

import torch
from torch import Tensor, nn

from emotion.models.torch_networks import save_weights
from emotion.training.checkpoint import BEST_FILE
from emotion.training.features import Features
from emotion.training.fit import Fit


class HeadFit(Fit):
    """A `Fit` of the last layer alone, for a config with `views`, which allows one process."""

    @cached_property
    def _best(self) -> nn.Linear:
        """The last layer of the best epoch, which a checkpoint keeps."""
        return copy.deepcopy(self.model.head)

    @cached_property
    def _features(self) -> Features:
        return Features(
            self.config,
            self.folder,
            self.model,
            self.fit,
            self.validation,
            self.device,
            self.events,
        )

    def run(self, should_stop: Callable[[], bool]) -> bool:
        """Train as any run does; the whole network is written when the epochs are through."""
        if not super().run(should_stop):
            return False
        self.model.head.load_state_dict(self._best.state_dict())
        save_weights(self.model, self.folder / BEST_FILE, torch.float32)
        self._features.forget()
        return True

    def _train_epoch(self, should_stop: Callable[[], bool]) -> bool:
        """Each of the first epochs adds a view, so that the first one begins soon."""
        views = min(self.progress.epoch, self.config.views) + 1
        return self._features.prepare(views, should_stop) and super()._train_epoch(should_stop)

    def _parts(self) -> dict[str, Any]:
        return {"head": self.model.head, "best": self._best, "optimizer": self.optimizer}

    def _inputs(self, indices: Tensor, size: int) -> Tensor:  # noqa: ARG002 (they have their own)
        view = torch.randint(self._features.ready, indices.shape)
        return self._features.views[view, indices].float()

    def _forward(self, inputs: Tensor) -> Tensor:
        with torch.autocast(inputs.device.type, enabled=False):  # nothing is gained by it here
            logits: Tensor = self.model.head(inputs)
        return logits

    @torch.inference_mode()
    def _held_out_logits(self, size: int) -> Tensor:  # noqa: ARG002
        return self._forward(self._features.held_out.float().to(self.device.name)).cpu()

    def _keep_best(self) -> None:
        """In the checkpoint."""
        self._best.load_state_dict(self.model.head.state_dict())
