"""What a run's process takes of the machine, and what share of its time goes into input."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil
import torch


class Meter:
    """Measured between two calls of `read`, from the process itself."""

    def __init__(self, device: str) -> None:
        self._on_gpu = device.startswith("cuda")
        self._process = psutil.Process()
        self._process.cpu_percent()  # the first call only begins to count
        self._begin()

    def _begin(self) -> None:
        self._since, self._input_s = time.monotonic(), 0.0
        self._loss_sum, self._pictures = 0.0, 0

    @contextmanager
    def input(self) -> Iterator[None]:
        """Around what makes the network's input: reading from memory and augmentation."""
        start = time.monotonic()
        yield
        self._input_s += time.monotonic() - start

    def count(self, loss: float, pictures: int) -> None:
        """A batch of so many pictures had this mean loss."""
        self._loss_sum += loss * pictures
        self._pictures += pictures

    def read(self) -> dict[str, float | None]:
        """Since the last call: `step_loss` (mean of the batches), `input_share` of the time
        (0 to 1), `cpu_cores` in use; now: `memory_bytes`, and on a GPU `gpu_memory_bytes`
        and `gpu_share` in use (0 to 1; None where the driver does not tell).
        """
        seconds = max(time.monotonic() - self._since, 1e-9)
        values: dict[str, float | None] = {
            "step_loss": self._loss_sum / self._pictures if self._pictures else None,
            "input_share": min(self._input_s / seconds, 1.0),
            "cpu_cores": self._process.cpu_percent() / 100,
            "memory_bytes": self._process.memory_info().rss,
        }
        if self._on_gpu:
            values["gpu_memory_bytes"] = torch.cuda.memory_reserved()
            values["gpu_share"] = _gpu_share()
        self._begin()
        return values


def _gpu_share() -> float | None:
    with suppress(ImportError, RuntimeError):  # needs NVIDIA's management library
        return torch.cuda.utilization() / 100
    return None
