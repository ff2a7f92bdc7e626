from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
import torch

from emotion.training.config import TrainConfig
from emotion.training.inputs import Pictures
from emotion.training.process import LOW_PRIORITY
from tests.conftest import tiny_config
from tests.drawn_faces import drawn_face


@pytest.fixture(autouse=True, scope="package")
def one_thread() -> Iterator[None]:
    """The same sums in the same order, and no crowd of threads on a small machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def config(tmp_path: Path) -> TrainConfig:
    """Two epochs; the data folder is not read where pictures are given."""
    return tiny_config(tmp_path, stages=({"epochs": 2, "size": 32},))


def pictures(n_each: int, first: int = 0) -> Pictures:
    """`n_each` drawn faces of each class at 32 pixels, also in their whole size."""
    drawn = [
        (drawn_face(folder, seed, 32), drawn_face(folder, seed), folder - 1, f"{folder}/{seed}.png")
        for folder in range(1, 8)
        for seed in range(first, first + n_each)
    ]
    labels = torch.tensor([label for *_, label, _ in drawn])
    return Pictures(
        crops=torch.from_numpy(np.stack([crop for crop, *_ in drawn])),
        whole=tuple(torch.from_numpy(whole) for _, whole, *_ in drawn),
        labels=labels,
        targets=torch.nn.functional.one_hot(labels, 7).float(),
        paths=tuple(path for *_, path in drawn),
    )


def stays_behind(one: psutil.Process) -> bool:
    """Whether its session has a low priority, where Linux shares the processor out by session."""
    group = Path(f"/proc/{one.pid}/autogroup")
    return not group.exists() or group.read_text("ascii").endswith(f"nice {LOW_PRIORITY}\n")


class StopAfter:
    """Asks for a stop after so many steps of this process."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def __call__(self) -> bool:
        self.left -= 1
        return self.left < 0
