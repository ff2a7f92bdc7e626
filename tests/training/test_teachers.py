"""What is learned is the labels and the teachers' answers, each to its share."""

import shutil
from pathlib import Path

import pytest
import torch

from emotion.data.layout import scan
from emotion.errors import ModelError
from emotion.models.store import find_model
from emotion.models.torch_networks import GreyNetwork, load_weights
from emotion.training import runs
from emotion.training.augment import plain
from emotion.training.device import Device
from emotion.training.inputs import Pictures, load
from emotion.training.run import run
from emotion.training.teachers import taught
from tests.conftest import tiny_config

CPU = Device("cpu", torch.float32, "for the test")


@pytest.fixture
def pictures(faces_dir: Path) -> Pictures:
    fit, _ = load(tiny_config(faces_dir), scan(faces_dir), lambda _done, _of: None)
    return fit


def answers(models_dir: Path, crops: torch.Tensor) -> torch.Tensor:
    """The mean of both ways, computed apart."""
    entry = find_model(models_dir, "tiny")
    model = GreyNetwork(entry.card.network).eval()
    load_weights(model, entry.folder / entry.card.weights.file)
    with torch.no_grad():
        both = [
            model(plain(seen, 32, 32)) / entry.card.temperature for seen in (crops, crops.flip(2))
        ]
    return (both[0].softmax(1) + both[1].softmax(1)) / 2


def test_targets_are_labels_and_answers_to_their_shares(
    faces_dir: Path, models_dir: Path, pictures: Pictures
) -> None:
    config = tiny_config(faces_dir, teachers=("tiny", "tiny"), teacher_share=0.3)
    told: list[tuple[int, int]] = []
    made = taught(pictures, config, models_dir, CPU, lambda done, of: told.append((done, of)))
    expected = 0.7 * pictures.targets + 0.3 * answers(models_dir, pictures.crops)
    torch.testing.assert_close(made.targets, expected, atol=1e-4, rtol=0)
    torch.testing.assert_close(made.targets.sum(1), torch.ones(len(made)))
    assert torch.equal(made.labels, pictures.labels), "what it is judged by stays"
    assert told == [(0, 2 * len(pictures)), (len(pictures), 2 * len(pictures))]


def test_a_teacher_that_is_not_there_is_named(
    faces_dir: Path, models_dir: Path, pictures: Pictures
) -> None:
    config = tiny_config(faces_dir, teachers=("nobody",))
    with pytest.raises(ModelError, match="nobody"):
        taught(pictures, config, models_dir, CPU, lambda _done, _of: None)


def test_a_run_with_a_teacher_tells_of_it_and_its_card_names_it(
    faces_dir: Path, models_dir: Path, tmp_path: Path
) -> None:
    own_models = Path(shutil.copytree(models_dir, tmp_path / "models"))
    stages = ({"epochs": 1, "size": 32},)
    config = tiny_config(faces_dir, "pupil", teachers=("tiny",), stages=stages)
    folder = runs.create(config, tmp_path / "runs")
    assert run(folder, own_models) == "finished"
    info = runs.read_run(folder)
    assert [event["name"] for event in info.of_kind("phase")][:2] == ["reading", "teachers"]
    assert info.of_kind("teachers")[-1]["of"] == 78
    assert find_model(own_models, "pupil").card.description.endswith("taught by tiny")
