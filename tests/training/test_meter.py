import time

import pytest

from emotion.training.meter import Meter


def test_the_share_of_input_is_that_of_the_time_since_it_was_last_read() -> None:
    meter = Meter("cpu")
    with meter.input():
        time.sleep(0.06)
    time.sleep(0.02)
    first = meter.read()["input_share"]
    assert first is not None
    assert 0.2 < first < 0.9
    time.sleep(0.02)
    assert meter.read()["input_share"] == 0


def test_the_loss_of_a_step_is_the_mean_of_its_pictures() -> None:
    meter = Meter("cpu")
    meter.count(1.0, 10)
    meter.count(4.0, 5)
    assert meter.read()["step_loss"] == pytest.approx(2.0)
    assert meter.read()["step_loss"] is None


def test_the_process_is_measured() -> None:
    meter = Meter("cpu")
    end = time.process_time() + 0.1
    while time.process_time() < end:
        pass
    values = meter.read()
    assert values["cpu_cores"] is not None
    assert values["memory_bytes"] is not None
    assert values["cpu_cores"] > 0
    assert values["memory_bytes"] > 10e6
    assert "gpu_memory_bytes" not in values
