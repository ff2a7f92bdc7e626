"""Runs as the page sees them: their folders, their processes, their state.

A run's folder holds `config.json`, `events.jsonl`, `process.json`, `log.txt`,
`checkpoint.pt` and the best weights; a page and a run share nothing else. Nothing here
imports torch.
"""

import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

from filelock import FileLock
from pydantic import ValidationError

from emotion.errors import TrainingError
from emotion.files import replacing
from emotion.models.room import size_bytes
from emotion.training import process
from emotion.training.about import About, read_about
from emotion.training.config import TrainConfig
from emotion.training.events import EVENTS_FILE, Event
from emotion.training.history import Histories, epochs, worked_s

CONFIG_FILE: Final = "config.json"
STOP_FILE: Final = "stop"
CHECKPOINT_FILE: Final = "checkpoint.pt"
CLAIM_FILE: Final = ".claim.lock"
"""In the folder of runs, held while a process writes down that it works on one of them."""
CLAIM_PATIENCE_S: Final = 20.0
_starting: Final = threading.Lock()
"""Two pages of one server are two threads; only one of them may start a run."""
_whole: Final = Histories(brief=False, most=16)
_brief: Final = Histories(brief=True, most=2000)
State = Literal["waiting", "queued", "running", "finished", "stopped", "failed", "lost"]
"""`waiting` was never started; `queued` waits in its process for another run's end."""
WORKING: Final[tuple[State, ...]] = ("queued", "running")
"""States of a run whose process lives."""


@dataclass(frozen=True, slots=True)
class RunInfo:
    """One run: its folder, settings, state and all events so far."""

    folder: Path
    config: TrainConfig
    about: About
    state: State
    events: tuple[Event, ...]

    @property
    def title(self) -> str:
        """What the user calls it; the name of its model where nothing else was given."""
        return self.about.title or self.config.name

    @property
    def last(self) -> Event | None:
        """The newest event."""
        return self.events[-1] if self.events else None

    def of_kind(self, kind: str) -> list[Event]:
        """The events of one kind, in order."""
        return [event for event in self.events if event["kind"] == kind]

    @property
    def epochs(self) -> list[Event]:
        """The epochs that count: one that was done again counts as it was last."""
        return epochs(self.events)

    @property
    def best(self) -> Event | None:
        """The epoch whose weights are kept."""
        chosen = [event for event in self.epochs if event["best"]]
        return chosen[-1] if chosen else None

    @property
    def made_s(self) -> float:
        """When the run was made, in seconds since 1970: its settings are written once."""
        return (self.folder / CONFIG_FILE).stat().st_mtime

    @property
    def worked_s(self) -> float:
        """For how long it has worked, in seconds."""
        return worked_s(self.events)[-1] if self.events else 0.0

    @property
    def size_bytes(self) -> int:
        """Of all its files; its model lies elsewhere."""
        return size_bytes(self.folder)


class StopRequest:
    """True once a stop was asked for, by `set` or by the stop file in the run's folder."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / STOP_FILE
        self._asked = False

    def set(self) -> None:
        """Ask for a stop."""
        self._asked = True

    def __call__(self) -> bool:
        return self._asked or self._file.exists()


def create(config: TrainConfig, runs_dir: Path) -> Path:
    """Make a new run's folder with its config; the folder's name is time and name."""
    folder = _free_folder(runs_dir, config.name)
    try:
        folder.mkdir(parents=True)
        with replacing(folder / CONFIG_FILE) as temporary:
            temporary.write_text(config.model_dump_json(indent=2) + "\n", "utf-8")
    except OSError as error:
        raise TrainingError(
            "The run's folder {folder} could not be made ({reason}). Set SEMBLANTE_RUNS_DIR to "
            "a folder that can be written.",
            folder=folder,
            reason=error.strerror,
        ) from error
    return folder


def _free_folder(runs_dir: Path, name: str) -> Path:
    """Named by the millisecond; two runs of one millisecond get two names."""
    while True:
        stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")[:-3]
        folder = runs_dir / f"{stamp}-{name}"
        if not folder.exists():
            return folder
        time.sleep(0.001)


def read_config(folder: Path) -> TrainConfig:
    """The settings of the run in `folder`. Raises `TrainingError` when there are none."""
    path = folder / CONFIG_FILE
    try:
        return TrainConfig.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise TrainingError(
            "The run {folder} has no usable {file} ({reason}). It may be of an older version: "
            "start a new run.",
            folder=folder,
            file=CONFIG_FILE,
            reason=_what_is_wrong(error),
        ) from error


def _what_is_wrong(error: OSError | ValidationError) -> str:
    if isinstance(error, OSError):
        return error.strerror or str(error)
    first = error.errors()[0]
    return ": ".join(filter(None, (".".join(map(str, first["loc"])), first["msg"])))


def start(folder: Path) -> None:
    """Start or continue the run in `folder` as a process of its own group.

    It waits there while another run works in the same runs folder. Raises `TrainingError`
    when it is finished, or works already.
    """
    with _starting:
        _check_startable(folder)
        try:
            (folder / STOP_FILE).unlink(missing_ok=True)
            process.spawn(folder)
        except OSError as error:
            raise _not_started(folder, error) from error


def _not_started(folder: Path, error: OSError) -> TrainingError:
    return TrainingError(
        "The run {name} could not be started ({reason}). Make room on the disk, or see "
        "that its folder can be written.",
        name=folder.name,
        reason=error.strerror or error,
    )


def stop(folder: Path) -> None:
    """Ask the run to save and end, or to wait no longer; it does so within a few seconds."""
    (folder / STOP_FILE).touch()


def end_now(folder: Path) -> None:
    """End the run's whole process group at once; what came after its checkpoint is lost."""
    working = process.working(folder)
    if working is not None:
        process.kill(working)


def read_run(folder: Path, *, brief: bool = False) -> RunInfo:
    """The run in `folder` as it stands now; `brief` leaves out the single steps but the last
    ones of each epoch, so that asking takes no longer as the run does."""
    return _read_run(folder, _brief if brief else _whole)


def list_runs(runs_dir: Path) -> list[RunInfo]:
    """All readable runs, the newest first; their events are without the single steps."""
    found = []
    for folder in _folders(runs_dir):
        with suppress(TrainingError):  # `broken_runs` says what is wrong with it
            found.append(_read_run(folder, _brief))
    return found


def broken_runs(runs_dir: Path) -> dict[Path, TrainingError]:
    """The folders whose settings cannot be read, as those of an older version, the newest
    first, each with what is wrong."""
    broken = {}
    for folder in _folders(runs_dir):
        try:
            read_config(folder)
        except TrainingError as error:
            broken[folder] = error
    return broken


def _folders(runs_dir: Path) -> list[Path]:
    return sorted((path.parent for path in runs_dir.glob(f"*/{CONFIG_FILE}")), reverse=True)


def _read_run(folder: Path, histories: Histories) -> RunInfo:
    config, about = read_config(folder), read_about(folder)
    # In this order: a run that ends between the two has told its end.
    alive = process.working(folder) is not None
    events = histories.of(folder)
    return RunInfo(folder, config, about, _state(folder, events, alive), events)


def delete(folder: Path) -> None:
    """Remove a run's folder, a broken one as well.

    Raises `TrainingError` while it works, and when it cannot be removed.
    """
    if process.working(folder) is not None:
        raise TrainingError(
            "The run {name} is still working. Stop it before it is deleted.", name=folder.name
        )
    try:
        shutil.rmtree(folder)
    except OSError as error:
        raise TrainingError(
            "The run {name} could not be deleted ({reason}). See that its folder can be written.",
            name=folder.name,
            reason=error.strerror or error,
        ) from error


def clear_checkpoints(runs_dir: Path) -> None:
    """Delete the checkpoints of finished runs, which cannot be continued; each is larger than
    the best weights and the model together. Others keep theirs."""
    for run in list_runs(runs_dir):
        if run.last is not None and run.last.get("state") == "finished":
            for path in run.folder.glob(f"{Path(CHECKPOINT_FILE).stem}.*"):
                with suppress(OSError):  # another user's run: it is for them to delete
                    path.unlink(missing_ok=True)


def log_tail(folder: Path, lines: int = 20) -> str:
    """The end of what the run's process printed."""
    text = log_bytes(folder).decode("utf-8", errors="replace")
    return "\n".join(text.splitlines()[-lines:])


def log_bytes(folder: Path) -> bytes:
    """All that the run's process printed."""
    try:
        return (folder / process.LOG_FILE).read_bytes()
    except OSError:
        return b""


@contextmanager
def one_process(folder: Path) -> Iterator[None]:
    """Claim the run's folder for this process. Raises `TrainingError` as `start` does.

    A process that torchrun started works under the claim of the one that started it.
    """
    if _claim(folder):
        try:
            yield
        finally:
            (folder / STOP_FILE).unlink(missing_ok=True)
            process.forget(folder)
    else:
        yield


def _claim(folder: Path) -> bool:
    """Write this process down as the run's, one process at a time; whether that was needed."""
    try:
        with FileLock(folder.parent / CLAIM_FILE, timeout=CLAIM_PATIENCE_S):
            _check_startable(folder)
            claimed = process.working(folder)
            if claimed is not None and claimed.pid == os.getppid():
                return False
            process.record(folder, os.getpid())
            return True
    except OSError as error:
        raise _not_started(folder, error) from error


def _check_startable(folder: Path) -> None:
    other = process.working(folder)
    if other is not None and other.pid not in (os.getpid(), os.getppid()):
        raise TrainingError(
            "The run {name} is working already. Wait for its end or stop it.", name=folder.name
        )
    if read_run(folder).state == "finished":
        raise TrainingError(
            "The run {name} is finished and its model is saved. Start a new run.",
            name=folder.name,
        )


def _state(folder: Path, events: tuple[Event, ...], alive: bool) -> State:
    last = events[-1] if events else None
    if alive:
        return "queued" if last is not None and last["kind"] == "queued" else "running"
    if last is not None and last["kind"] == "ended":
        state: State = last["state"]
        return state
    started = any((folder / name).exists() for name in (process.PROCESS_FILE, EVENTS_FILE))
    return "lost" if started else "waiting"
