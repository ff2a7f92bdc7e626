"""The active ResNet18 in the original's form: its script loads it and gives our answers."""

import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn
from torchvision import models, transforms

from emotion.errors import ModelError
from emotion.models.classifier import Classifier
from emotion.models.jobs import make_active
from emotion.models.load import load_classifier
from emotion.models.store import active_name, find_model
from emotion.models.torch_import import import_model, import_weights
from emotion.models.torch_networks import build_body
from emotion.models.torch_original import ORIGINAL_FILE, ORIGINAL_NOTE, write_original
from tests.drawn_faces import drawn_face


@pytest.fixture
def folder(models_dir: Path, tmp_path: Path) -> Path:
    shutil.copytree(models_dir / "tiny", tmp_path / "models" / "tiny")
    return tmp_path / "models"


def originals_answers(path: Path, crops: np.ndarray, size: int) -> np.ndarray:
    """As the original's script loads its network and prepares a picture, at `size` pixels."""
    model = models.resnet18()
    model.fc = nn.Linear(model.fc.in_features, 7)
    model.load_state_dict(torch.load(path, weights_only=True), strict=True)
    transform = transforms.Compose(
        [
            transforms.Resize(size),
            transforms.CenterCrop(size),
            transforms.Grayscale(num_output_channels=3),
            transforms.ToTensor(),
            transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
        ]
    )
    batch = torch.stack(
        [transform(Image.fromarray(cv2.cvtColor(crop, cv2.COLOR_GRAY2RGB))) for crop in crops]
    )
    with torch.inference_mode():
        return np.asarray(model.eval()(batch))


def test_the_active_resnet18_stands_where_the_originals_script_looks_and_answers_as_ours(
    folder: Path,
) -> None:
    entry = make_active(folder, "tiny")
    path = folder / ORIGINAL_FILE
    assert path.name == "emotion_classifier_resnet18.pth"
    assert json.loads((folder / ORIGINAL_NOTE).read_text())["model"] == "tiny"
    crops = np.stack([drawn_face(number, seed, 32) for number in range(1, 8) for seed in (3, 4)])
    ours: Classifier = load_classifier(entry, "torch")
    np.testing.assert_allclose(
        originals_answers(path, crops, entry.card.input.crop),
        ours.backend.logits(crops),
        rtol=1e-4,
        atol=1e-4,
    )


def test_it_can_be_imported_again(folder: Path) -> None:
    path = write_original(folder, find_model(folder, "tiny"))
    again = import_model(folder, path, "again")
    assert again.card.weights.sha256 == find_model(folder, "tiny").card.weights.sha256


def test_another_model_takes_its_place_and_leaves_nothing_else(folder: Path) -> None:
    write_original(folder, find_model(folder, "tiny"))
    torch.save(build_body("resnet18").state_dict(), folder / "w.pth")
    import_weights(folder, folder / "w.pth", "second")
    before = (folder / ORIGINAL_FILE).read_bytes()
    write_original(folder, find_model(folder, "second"))
    assert (folder / ORIGINAL_FILE).read_bytes() != before
    assert len(list(folder.glob("emotion_classifier*"))) == 2


def test_weights_of_the_users_own_in_that_place_are_kept(folder: Path) -> None:
    (folder / ORIGINAL_FILE).write_bytes(b"trained for days")
    write_original(folder, find_model(folder, "tiny"))
    (kept,) = folder.glob("emotion_classifier_resnet18-kept-*.pth")
    assert kept.read_bytes() == b"trained for days"
    write_original(folder, find_model(folder, "tiny"))
    assert len(list(folder.glob("*kept*"))) == 1


def test_another_network_becomes_active_and_the_file_stays(folder: Path) -> None:
    path = write_original(folder, find_model(folder, "tiny"))
    torch.save(build_body("mobilenet_v2").state_dict(), folder / "w.pth")
    import_weights(folder, folder / "w.pth", "mobile")
    make_active(folder, "mobile")
    assert active_name(folder) == "mobile"
    assert json.loads((folder / ORIGINAL_NOTE).read_text())["model"] == "tiny"
    assert path.is_file()
    with pytest.raises(ModelError, match="mobile is a mobilenet_v2"):
        write_original(folder, find_model(folder, "mobile"))


def test_a_place_that_cannot_be_written_is_told_in_the_pages_process(folder: Path) -> None:
    (folder / ORIGINAL_FILE).mkdir()  # in the way
    with pytest.raises(ModelError, match=r"resnet18\.pth could not be written"):
        make_active(folder, "tiny")
    assert active_name(folder) == "tiny"
