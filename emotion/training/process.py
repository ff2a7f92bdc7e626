"""The process of a run: its number and start time in the run's folder, `process.json`.

A process is known by both, since numbers are used again. The page writes the file when it
starts a run, and the run itself when it claims its folder; both write the same.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Final

import psutil

from emotion.files import replacing

PROCESS_FILE: Final = "process.json"
LOG_FILE: Final = "log.txt"
LOW_PRIORITY: Final = 10
"""Unix niceness: the live page keeps its frames while a run works."""
AUTOGROUP_TRIES: Final = 10
_PROJECT_DIR: Final = Path(__file__).resolve().parents[2]


def spawn(folder: Path) -> None:
    """Start `python -m emotion train --run FOLDER` in a process group of its own.

    It keeps this process's working directory, so that relative paths in the settings mean
    the same to both, and works at low priority. Raises `OSError`.
    """
    with (folder / LOG_FILE).open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-P", "-u", "-m", "emotion", "train", "--run", str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=os.environ | {"PYTHONPATH": search_path()},
        )
    record(folder, process.pid)
    _lower_priority(process.pid)
    # Waited for, so that its end leaves no zombie.
    threading.Thread(target=process.wait, daemon=True).start()


def processes_here() -> int:
    """How many processes torchrun started for one run, of which this is one; else 1."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def search_path() -> str:
    """`PYTHONPATH` with which a process in any working directory finds this program."""
    return os.pathsep.join(filter(None, (str(_PROJECT_DIR), os.environ.get("PYTHONPATH"))))


def record(folder: Path, pid: int) -> None:
    """Write that the process `pid` works on the run in `folder`."""
    try:
        created = psutil.Process(pid).create_time()
    except psutil.Error:
        created = 0.0  # gone already: no process is the same
    # Page and run may write at the same time.
    with replacing(folder / PROCESS_FILE, shared=True) as temporary:
        temporary.write_text(json.dumps({"pid": pid, "created": created}), "utf-8")


def forget(folder: Path) -> None:
    """Write that no process works on the run any more."""
    (folder / PROCESS_FILE).unlink(missing_ok=True)


def working(folder: Path) -> psutil.Process | None:
    """The run's process, if it lives and is the same one."""
    try:
        known = json.loads((folder / PROCESS_FILE).read_text("utf-8"))
        process = psutil.Process(known["pid"])
        same = abs(process.create_time() - known["created"]) < 0.01
        return process if same and process.status() != psutil.STATUS_ZOMBIE else None
    except (OSError, ValueError, KeyError, TypeError, psutil.Error):
        return None


def kill(process: psutil.Process) -> None:
    """End a run's process at once, and its whole group where it leads one."""
    try:
        if hasattr(os, "killpg") and os.getpgid(process.pid) == process.pid:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    except (ProcessLookupError, psutil.NoSuchProcess):
        pass  # it ended by itself meanwhile


def _lower_priority(pid: int) -> None:
    try:
        process = psutil.Process(pid)
        if os.name == "posix":
            process.nice(max(LOW_PRIORITY, process.nice()))
        else:
            process.nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)  # type: ignore[attr-defined]
    except psutil.Error:
        pass  # gone already, or not allowed: it works at the usual priority


def lower_session() -> None:
    """Let the session that this process leads, where it is of low priority, stand behind others.

    Linux may share the processor out among sessions before it looks at niceness (sched(7), "The
    autogroup feature"), and a run leads a session of its own, as do torchrun's processes.
    """
    leads = hasattr(os, "getsid") and os.getsid(0) == os.getpid()
    if not leads or os.nice(0) < LOW_PRIORITY:
        return
    for _ in range(AUTOGROUP_TRIES):
        try:
            Path("/proc/self/autogroup").write_text(str(LOW_PRIORITY), "ascii")
            return
        except BlockingIOError:  # Linux takes one of these in a tenth of a second
            time.sleep(0.15)
        except OSError:
            return  # there is no such thing here
