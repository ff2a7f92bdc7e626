"""Which process records a session, and whether it is still there."""

import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import psutil

SILENCE: Final = timedelta(minutes=10)
"""After so long without a frame, a session of another computer counts as interrupted:
its processes cannot be seen from here."""
_START_TOLERANCE_S: Final = 2.0  # the computed start moves when the clock is set


@dataclass(frozen=True, slots=True)
class Owner:
    """A process: its computer, its pid, and its start in seconds since 1970."""

    host: str
    pid: int
    started: float

    def is_gone(self, last_frame_at: datetime, now: datetime) -> bool:
        """Whether the process will write nothing more."""
        if self.host != socket.gethostname():
            return now - last_frame_at > SILENCE
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) < _START_TOLERANCE_S
            return not same or process.status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return True


def this_process() -> Owner:
    """The process that asks."""
    return Owner(socket.gethostname(), os.getpid(), psutil.Process().create_time())
