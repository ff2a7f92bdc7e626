"""What the bench reads from a run that works beside the app."""

import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from emotion.bench import beside
from emotion.training import runs
from emotion.training.events import EventLog
from tests.conftest import tiny_config


def test_the_rate_is_counted_from_steps_over_the_ends_of_epochs(tmp_path: Path) -> None:
    """Ten steps a second with batches of 8; an epoch has 7 of them."""
    folder = runs.create(tiny_config(tmp_path), tmp_path / "runs")
    done = threading.Event()

    def train() -> None:
        with closing(EventLog(folder)) as log:
            for number in range(100):
                epoch, step = divmod(number, 7)
                log.write("step", epoch=epoch, step=step, steps=7)
                if done.wait(0.1):
                    return

    worker = threading.Thread(target=train)
    worker.start()
    time.sleep(0.3)
    rate = beside.rate(folder, 1.5, settle_s=0.0)
    done.set()
    worker.join()
    assert rate == pytest.approx(80, rel=0.25)
