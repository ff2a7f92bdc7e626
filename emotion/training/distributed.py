"""Several processes on one run, one for each device: who does what, and what they tell each other.

`torchrun` starts them and gives each its number. A batch keeps its size: each process takes
a part of it, and gradients, scores and the wish to stop are put together, so that the result
is that of one process up to rounding.
"""

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import psutil
import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from emotion.errors import EmotionError, TrainingError
from emotion.models.torch_networks import GreyNetwork
from emotion.training.batch_norm import shared_batch_norm
from emotion.training.device import Device
from emotion.training.events import failure_of
from emotion.training.process import LOG_FILE, processes_here

PATIENCE: Final = timedelta(minutes=30)
"""How long one process waits for another: reading pictures may take long on one of them."""
_LOOK_EVERY_S: Final = 0.5
_NOTE: Final = "failed.{}.json"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Processes:
    """This process among `count` of them; one alone needs no connection.

    `rank` counts over all machines from 0, `local_rank` on this one.
    """

    rank: int = 0
    count: int = 1
    local_rank: int = 0

    @property
    def first(self) -> bool:
        """Whether this is the one that writes events, checkpoints and the model."""
        return self.rank == 0

    @property
    def gpu(self) -> int | None:
        """The number of this process's GPU; one process alone may take any."""
        return self.local_rank if self.count > 1 else None

    def part(self, n: int) -> slice:
        """This process's share of `n` pictures; all shares together are all pictures, once."""
        return slice(n * self.rank // self.count, n * (self.rank + 1) // self.count)

    def whole(self, rows: Tensor, n: int) -> Tensor:
        """All `n` rows in order, on the CPU, of which each process brings its `part`."""
        if self.count == 1:
            return rows.cpu()
        everything = torch.zeros(n, *rows.shape[1:], dtype=rows.dtype)
        everything[self.part(n)] = rows.cpu()
        dist.all_reduce(everything)
        return everything

    def any(self, value: bool) -> bool:
        """Whether it is true in any process; all of them must ask."""
        if self.count == 1:
            return value
        flag = torch.tensor(int(value))
        dist.all_reduce(flag, dist.ReduceOp.MAX)
        return bool(flag)

    def all_do(self, work: Callable[[], T]) -> T:
        """What `work` gives in this process, or the error of the first one that failed.

        So none goes on to wait for another that is gone.
        """
        problem: EmotionError | None = None
        told: tuple[type[EmotionError], str, dict[str, Any]] | None = None
        try:
            result = work()
        except EmotionError as error:
            problem, told = error, (type(error), error.template, error.plain_values())
        for one in self._from_all(told):
            if one is not None:
                kind, template, values = one
                raise problem or kind(template, **values)
        return result

    def from_first(self, work: Callable[[], T]) -> T:
        """What `work` gives in the first process, for all of them."""
        return cast(T, self._from_all(self.all_do(lambda: work() if self.first else None))[0])

    def check_same(self, what: Any, n: int) -> None:
        """Raises `TrainingError` unless `what`, made of `n` pictures, is the same for all."""
        answers = self._from_all((what, n))
        if any(answer != answers[0] for answer in answers):
            raise TrainingError(
                "The processes of the run read different pictures ({counts} of them). Let all "
                "machines see the same folder of data, and continue the run.",
                counts=", ".join(str(count) for _, count in answers),
            )

    def shared(self, model: GreyNetwork) -> nn.Module:
        """`model` for a forward pass whose gradients are the mean over all processes.

        Made anew whenever other layers begin to learn.
        """
        if self.count == 1:
            return model
        parallel = DistributedDataParallel(model)
        parallel.train(model.training)  # type: ignore[no-untyped-call]
        return parallel

    def prepared(self, model: GreyNetwork, device: Device) -> GreyNetwork:
        """`model` on the device, with BatchNorm that takes its statistics from whole batches."""
        model = model.to(device.name, memory_format=torch.channels_last)  # type: ignore[call-overload]
        return model if self.count == 1 else shared_batch_norm(model, device.name)

    def _from_all(self, value: T) -> list[T]:
        if self.count == 1:
            return [value]
        values: list[T | None] = [None] * self.count
        dist.all_gather_object(values, value)
        return cast(list[T], values)


ALONE: Final = Processes()


@contextmanager
def connected() -> Iterator[Processes]:
    """This process among those that torchrun started; alone where it was not torchrun."""
    if processes_here() == 1:
        yield ALONE
        return
    if "TORCHELASTIC_RUN_ID" in os.environ:
        threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    on_gpu = torch.cuda.is_available() and dist.is_nccl_available()
    if on_gpu:
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]) % torch.cuda.device_count())
    dist.init_process_group("cpu:gloo,cuda:nccl" if on_gpu else "gloo", timeout=PATIENCE)
    processes = Processes(dist.get_rank(), dist.get_world_size(), int(os.environ["LOCAL_RANK"]))
    try:
        yield processes
    except Exception as error:
        if processes.first or not (isinstance(error, EmotionError) or lost_another(error)):
            raise
        sys.exit(1)  # the first one says it
    finally:
        dist.destroy_process_group()


class FailureNote:
    """The log of a process that is not the first: it keeps only why the process failed."""

    def __init__(self, folder: Path, rank: int) -> None:
        self._path = folder / _NOTE.format(rank)

    def write(self, kind: str, **values: Any) -> None:
        """Write the event that ends a run down, for the first process to tell it."""
        if kind == "ended" and values["state"] == "failed":
            self._path.write_text(json.dumps(values), "utf-8")

    def close(self) -> None:
        """As an `EventLog`."""


def clear_notes(folder: Path) -> None:
    """Forget why processes failed before."""
    for path in folder.glob(_NOTE.format("*")):
        path.unlink(missing_ok=True)


def why_another_failed(folder: Path) -> TrainingError:
    """What another process noted when it failed, or that it ended without a word."""
    for path in sorted(folder.glob(_NOTE.format("*"))):
        with suppress(OSError, ValueError):  # the disk may have been full
            return failure_of(json.loads(path.read_text("utf-8")))
    return TrainingError(
        "One of the processes of the run ended without a word; the run's log {log} may say why. "
        "Memory may be short: continue the run with fewer devices, or start one with smaller "
        "batches.",
        log=folder / LOG_FILE,
    )


def lost_another(error: BaseException) -> bool:
    """Whether `error` says that another process is gone, and not what is wrong here."""
    return isinstance(error, dist.DistError) or (
        isinstance(error, RuntimeError) and "onnection" in str(error)
    )


def _end_with(parent: int) -> None:
    """End this process once the one that started it is gone: torchrun, killed, cannot do it."""
    while os.getppid() == parent and psutil.pid_exists(parent):
        time.sleep(_LOOK_EVERY_S)
    os._exit(1)
