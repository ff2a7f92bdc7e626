"""One run from its folder to a finished model: what `python -m emotion train --run` does.

The process claims the folder and waits for its turn; torch is imported after that.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from emotion.errors import EmotionError, TrainingError
from emotion.training import process, runs
from emotion.training.config import TrainConfig
from emotion.training.events import EventLog, Listener
from emotion.training.presets import with_devices
from emotion.training.turn import turn


def run(
    folder: Path,
    models_dir: Path,
    listener: Listener | None = None,
    devices: int | None = None,
) -> str:
    """Start or continue the run in `folder`; the state that it ends in.

    It waits while another run works in the same runs folder. The finished model is written
    under `models_dir`; `listener` gets each event. A sentence of an `EmotionError` is written
    to the events before it is raised, and so is any other error. With several `devices`
    (without, as many as the settings say) processes of their own do the work.
    """
    process.lower_session()
    config = runs.read_config(folder)
    if devices is not None:
        config = with_devices(config, devices)
    with runs.one_process(folder), stop_signal(folder) as stopped:
        events = EventLog(folder, listener)
        try:
            state = _in_turn(config, folder, models_dir, events, stopped)
        except BaseException as error:
            with suppress(TrainingError):  # a full disk may be the very reason
                events.write("ended", state="failed", **reason(error))
            raise
        finally:
            events.close()
    runs.clear_checkpoints(folder.parent)
    return state


def _in_turn(
    config: TrainConfig,
    folder: Path,
    models_dir: Path,
    events: EventLog,
    stopped: runs.StopRequest,
) -> str:
    with turn(folder, stopped, events) as came:
        if not came:
            events.write("ended", state="stopped")
            return "stopped"
        if config.devices > 1:
            from emotion.training.torchrun import launch

            return launch(config, folder)
        from emotion.training.work import work

        return work(config, folder, models_dir, events, stopped)


def reason(error: BaseException) -> dict[str, Any]:
    """Why a run failed, as its last event says it."""
    if not isinstance(error, EmotionError):
        return {"reason": f"{type(error).__name__}: {error}"}
    return {"reason": str(error), "template": error.template, "values": error.plain_values()}


@contextmanager
def stop_signal(folder: Path) -> Iterator[runs.StopRequest]:
    """A request that is true once SIGTERM, SIGINT or the stop file has come."""
    request = runs.StopRequest(folder)
    before = {
        number: signal.signal(number, lambda *_: request.set())
        for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield request
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
