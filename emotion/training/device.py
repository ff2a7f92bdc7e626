"""Where a run computes and in which precision."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import torch

from emotion.errors import TrainingError
from emotion.training.config import TrainConfig


@dataclass(frozen=True, slots=True)
class Device:
    """Where the run computes and in which precision, with the reason for it."""

    name: str
    dtype: torch.dtype
    reason: str

    def autocast(self) -> AbstractContextManager[Any]:
        """The context in which the network runs."""
        if self.dtype == torch.float32:
            return nullcontext()
        return torch.autocast(torch.device(self.name).type, self.dtype)


def choose_device(config: TrainConfig, number: int | None = None) -> Device:
    """The device and precision that the config asks for, or the best that is there.

    Of several processes on a machine each has a `number`, and takes the GPU with it.
    """
    name = config.device
    if name == "auto":
        mps = torch.backends.mps.is_available() and number is None
        name = "cuda" if torch.cuda.is_available() else "mps" if mps else "cpu"
    if name.startswith("cuda") and number is not None:
        name = f"cuda:{number}"
    try:
        torch.empty(0, device=name)
    except (RuntimeError, AssertionError) as error:
        raise TrainingError(
            "The device {device} cannot be used here ({reason}). Choose auto, cpu, or "
            "fewer devices.",
            device=name,
            reason=str(error).partition("\n")[0],
        ) from error
    if config.precision != "auto":
        return Device(name, getattr(torch, config.precision), "asked for")
    if name == "cpu":
        if torch.ops.mkldnn._is_mkldnn_bf16_supported():
            return Device(name, torch.bfloat16, "this processor computes in bfloat16")
        return Device(name, torch.float32, "this processor does not compute in bfloat16")
    if name.startswith("cuda") and torch.cuda.is_bf16_supported():
        return Device(name, torch.bfloat16, "this GPU computes in bfloat16")
    return Device(name, torch.float32, "the precision that works everywhere")
