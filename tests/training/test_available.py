import json
import subprocess
import sys

import torch

from emotion.settings import PROJECT_DIR
from emotion.training.available import (
    Asked,
    AvailableDevice,
    available_devices,
    devices_of_torch,
)
from emotion.training.device import choose_device
from tests.conftest import tiny_config


def test_the_devices_offered_are_those_that_torch_can_use() -> None:
    devices = available_devices()
    assert devices == devices_of_torch()
    assert devices[0].value == "cpu"
    assert devices[0].count == 1
    for device in devices:
        config = tiny_config(PROJECT_DIR, device=device.value)
        assert torch.device(choose_device(config).name).type == device.value


def test_an_answer_is_kept_and_a_failure_is_asked_again_after_a_while() -> None:
    now, devices = 0.0, (AvailableDevice("cpu", "a processor"),)
    answers = [None, devices]
    asked = Asked(lambda: answers.pop(0), lambda: now)
    assert asked() is None
    assert asked() is None, "a page that is drawn again does not wait again"
    now = 121.0
    assert [asked(), asked()] == [devices, devices]
    assert answers == []


def test_a_page_can_ask_without_importing_torch() -> None:
    script = (
        "import sys; from emotion.training.available import available_devices; "
        "available_devices(); assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], cwd=PROJECT_DIR, check=True)


def test_the_process_that_a_page_asks_answers_with_the_same() -> None:
    command = [sys.executable, "-m", "emotion.training.available"]
    done = subprocess.run(command, cwd=PROJECT_DIR, stdout=subprocess.PIPE, check=True)
    names = [device.name for device in available_devices()]
    assert [values["name"] for values in json.loads(done.stdout)] == names
