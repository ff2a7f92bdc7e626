"""Work on a run with several processes, one for each device, that torchrun starts.

`launch` is what the process does that claimed the run: it starts them, waits, and reads how
it ended. `take_part` is what each of them does; on several machines a user's own torchrun
starts them.
"""

import logging
import os
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

from emotion.errors import TrainingError
from emotion.training import process, runs
from emotion.training.config import TrainConfig
from emotion.training.distributed import (
    FailureNote,
    Processes,
    clear_notes,
    connected,
    lost_another,
    why_another_failed,
)
from emotion.training.events import EventLog, Listener
from emotion.training.presets import with_devices
from emotion.training.run import reason, stop_signal
from emotion.training.work import work


def launch(config: TrainConfig, folder: Path) -> str:
    """Let processes for the config's devices work on the run; the state that it ends in.

    Raises `TrainingError` for a run that failed without having written why.
    """
    from torch.distributed import run as torchrun
    from torch.distributed.elastic.multiprocessing import SignalException
    from torch.distributed.elastic.multiprocessing.errors import ChildFailedError

    logging.getLogger("torch.distributed").setLevel(logging.CRITICAL)  # the run says it itself
    os.environ["PYTHONPATH"] = process.search_path()
    os.environ.setdefault("OMP_NUM_THREADS", str(_threads(config)))
    before = len(runs.read_run(folder).events)
    own = ["--standalone", "--nproc-per-node", str(config.devices), "--module"]
    program = ["emotion", "train", "--quiet", "--run", str(folder)]
    arguments = torchrun.parse_args([*own, "--", *program])  # type: ignore[no-untyped-call]
    # Raised after a clean stop as well: the last event tells what happened.
    with suppress(ChildFailedError, SignalException):
        torchrun.run(arguments)  # type: ignore[no-untyped-call]
    for event in runs.read_run(folder).events[before:]:
        if event["kind"] == "ended":
            return str(event["state"])
    raise why_another_failed(folder)


def take_part(
    find_folder: Callable[[], Path], models_dir: Path, listener: Listener | None = None
) -> Path | None:
    """Work on a run as one of its processes; its folder in the first one of them.

    That one finds the folder, which all must see, and writes what `run` writes.
    """
    process.lower_session()
    with connected() as processes, ExitStack() as stack:
        folder = processes.from_first(find_folder)
        config = with_devices(runs.read_config(folder), processes.count)
        stopped = stack.enter_context(stop_signal(folder))
        events = processes.all_do(lambda: _begin(folder, listener, processes, stack))
        try:
            work(config, folder, models_dir, events, stopped, processes)
        except BaseException as error:
            why = why_another_failed(folder) if lost_another(error) else error
            with suppress(OSError, TrainingError):  # a full disk may be the very reason
                events.write("ended", state="failed", **reason(why))
            raise why from error
        return folder if processes.first else None


def _begin(
    folder: Path, listener: Listener | None, processes: Processes, stack: ExitStack
) -> EventLog | FailureNote:
    if not processes.first:
        return FailureNote(folder, processes.rank)
    stack.enter_context(runs.one_process(folder))
    clear_notes(folder)
    events = EventLog(folder, listener)
    stack.callback(events.close)
    return events


def _threads(config: TrainConfig) -> int:
    """Of the processor for each process."""
    return config.threads or max(1, (os.cpu_count() or 1) // config.devices)
