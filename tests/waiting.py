"""Wait for something that another process or thread does."""

import time
from collections.abc import Callable


def wait_for(what: str, condition: Callable[[], object], seconds: float = 120.0) -> None:
    """Return once `condition()` is true; fail, naming `what`, when it is not in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"{what} did not come within {seconds:.0f} s")
        time.sleep(0.05)
