"""Features of a run's pictures and of varied views of them, each computed once and kept on disk.

A view that is whole is kept in the run's folder, so that a run that was stopped goes on with
the next one. Each view has its own seed: a continued run has the same features.
"""

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor

from emotion.errors import TrainingError
from emotion.files import replacing
from emotion.models.torch_features import Extractor, make_extractor
from emotion.models.torch_networks import GreyNetwork
from emotion.training import augment
from emotion.training.config import TrainConfig
from emotion.training.device import Device
from emotion.training.events import Log
from emotion.training.fit import step_seed
from emotion.training.inputs import Pictures

CHUNK: Final = 256
"""Pictures that are varied at once. Torch's threads go on spinning for a moment after their
work and stand in the backbone's way: with 64 it takes a fifth more processor time."""
BATCH: Final = 64
"""Pictures that go through the backbone at once."""
REPORT_EVERY_S: Final = 1.0
_PLAIN: Final = 0
"""The view of the pictures as they are, which the held-out ones have alone."""


class Features:
    """What the backbone of `model` sees of the pictures, half precision, on the CPU.

    `views` is `(config.views + 1, n, width)` for the pictures to learn from, the first of
    them as they are, and `held_out` `(m, width)`. Views are computed as they are asked for
    by `prepare`, so that the first epochs need not wait for the last view.
    """

    def __init__(
        self,
        config: TrainConfig,
        folder: Path,
        model: GreyNetwork,
        fit: Pictures,
        validation: Pictures,
        device: Device,
        events: Log,
    ) -> None:
        self._config, self._folder, self._events = config, folder, events
        self._fit, self._validation = fit, validation
        self._reported = 0.0
        self._width = model.head.in_features
        self._make = partial(make_extractor, model, config.input_size, device.name, device.dtype)
        self._extractor: Extractor | None = None
        self.views = torch.empty(config.views + 1, len(fit), self._width, dtype=torch.half)
        self.held_out = torch.empty(len(validation), self._width, dtype=torch.half)
        self.ready = 0
        """How many views are there."""
        self._of = len(validation) + len(fit) * (config.views + 1)
        self._done = self._computed = 0
        self._seconds = 0.0

    def prepare(self, views: int, should_stop: Callable[[], bool]) -> bool:
        """Have the held-out pictures and the first `views` views; False when stopped before."""
        if self.ready >= views:
            return True
        self._events.write("phase", name="features")
        if not self.ready and not self._fill(
            self.held_out, "held-out", self._validation, _PLAIN, should_stop
        ):
            return False
        for view in range(self.ready, views):
            if not self._fill(self.views[view], f"view-{view}", self._fit, view, should_stop):
                return False
            self.ready += 1
        return True

    def forget(self) -> None:
        """Delete what is kept: the run needs it no more."""
        for path in self._folder.glob("features-*.safetensors"):
            path.unlink()

    def _fill(
        self,
        into: Tensor,
        name: str,
        pictures: Pictures,
        view: int,
        should_stop: Callable[[], bool],
    ) -> bool:
        path = self._folder / f"features-{name}.safetensors"
        kept = _read(path)
        if kept is not None and kept.shape == into.shape:
            into.copy_(kept)
            self._done += len(into)
            return True
        extract = self._extractor = self._extractor or self._make()  # not where all is kept
        began = time.monotonic()
        for start in range(0, len(into), CHUNK):
            if should_stop():
                return False
            crops = pictures.crops[start : start + CHUNK]
            varied = torch.split(self._view(crops, view, start), BATCH)
            into[start : start + CHUNK] = torch.cat([extract(batch) for batch in varied])
            self._computed += len(crops)
            self._tell(self._done + start + len(crops), self._seconds + time.monotonic() - began)
        self._done += len(into)
        self._seconds += time.monotonic() - began
        _write(path, into)
        return True

    def _view(self, crops: Tensor, view: int, start: int) -> Tensor:
        config = self._config
        if view == _PLAIN:
            return augment.plain(crops, config.resize, config.input_size)
        torch.manual_seed(step_seed(config.seed, view, start))
        return augment.mild(crops, config.input_size, config.erasing)

    def _tell(self, done: int, seconds: float) -> None:
        now = time.monotonic()
        if now - self._reported < REPORT_EVERY_S and done < self._of:
            return
        self._reported = now
        rate = self._computed / max(seconds, 1e-9)
        left = (self._of - done) / rate
        self._events.write(
            "features", done=done, of=self._of, pictures_per_s=rate, seconds_left=left
        )


def _read(path: Path) -> Tensor | None:
    """The features in `path`; None where there are none that can be read."""
    try:
        return safetensors.torch.load_file(path)["features"]
    except (OSError, SafetensorError, KeyError):
        return None


def _write(path: Path, features: Tensor) -> None:
    try:
        with replacing(path) as temporary:
            safetensors.torch.save_file({"features": features.contiguous()}, temporary)
    except (OSError, SafetensorError) as error:
        raise TrainingError(
            "The features could not be written to {path} ({reason}). Make room on the disk and "
            "continue the run: it goes on from the last view that is whole.",
            path=path,
            reason=error,
        ) from error
