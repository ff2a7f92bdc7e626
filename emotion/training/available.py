"""The devices of this machine that a run can use: `python -m emotion.training.available`.

Only torch knows them, and a page must not import it: it is asked in a process of its own,
and not at all where the machine has no driver of a GPU.
"""

import json
import math
import os
import platform
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from emotion.training import process

_DRIVERS: Final = ("/dev/nvidiactl", "/dev/dxg", "/dev/kfd")
"""Of NVIDIA, of Windows inside Linux, and of AMD."""
_PATIENCE_S: Final = 60.0
_AGAIN_AFTER_S: Final = 120.0
"""A failed import of torch takes seconds; a busy machine may have been the reason."""


@dataclass(frozen=True, slots=True)
class AvailableDevice:
    """`value` is what the setting `device` takes, `count` how many can share a run."""

    value: str
    name: str
    count: int = 1


Devices = tuple[AvailableDevice, ...]


class Asked:
    """The answer of `ask`, which is asked once; where it fails (None), again some time later."""

    def __init__(
        self, ask: Callable[[], Devices | None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._ask, self._clock = ask, clock
        self._answer: Devices | None = None
        self._next_s = -math.inf
        self._lock = threading.Lock()

    def __call__(self) -> Devices | None:
        """The answer, or None where there is none yet."""
        with self._lock:
            if self._answer is None and self._clock() >= self._next_s:
                self._answer = self._ask()
                self._next_s = self._clock() + _AGAIN_AFTER_S
            return self._answer


def available_devices() -> Devices:
    """The processor first, then what there is beside it. Asked once in a process's life; the
    processor alone as long as that fails: a run says what is wrong with torch."""
    return _asked() or (_processor(),)


def _ask() -> Devices | None:
    if not _may_have_gpu():
        return (_processor(),)
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "emotion.training.available"],
            env=os.environ | {"PYTHONPATH": process.search_path()},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_PATIENCE_S,
            check=True,
        )
        return tuple(AvailableDevice(**values) for values in json.loads(done.stdout))
    except (OSError, ValueError, TypeError, subprocess.SubprocessError):
        return None


_asked: Final = Asked(_ask)


def devices_of_torch() -> Devices:
    """As `available_devices`, by importing torch."""
    import torch

    found = [_processor()]
    if torch.cuda.is_available():
        name, count = torch.cuda.get_device_name(), torch.cuda.device_count()
        found.append(AvailableDevice("cuda", name, count))
    if torch.backends.mps.is_available():
        found.append(AvailableDevice("mps", "Apple GPU"))
    return tuple(found)


def _processor() -> AvailableDevice:
    about = Path("/proc/cpuinfo")
    lines = about.read_text("utf-8").splitlines() if about.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return AvailableDevice("cpu", names[0] if names else platform.processor())


def _may_have_gpu() -> bool:
    return sys.platform in ("darwin", "win32") or any(Path(path).exists() for path in _DRIVERS)


if __name__ == "__main__":
    print(json.dumps([asdict(device) for device in devices_of_torch()]))
