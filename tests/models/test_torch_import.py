import os
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
import torchvision
from torch import nn

from emotion.errors import ModelError
from emotion.labels import KEYS
from emotion.models.card import Network
from emotion.models.load import load_classifier
from emotion.models.torch_import import import_model, import_weights
from emotion.models.torch_networks import build_body


class Malice:
    """What runs a command when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (str(self.mark),)


@pytest.fixture(scope="module")
def original() -> nn.Module:
    """A network as the original script makes it."""
    torch.manual_seed(0)
    model = torchvision.models.resnet18()
    model.fc = nn.Linear(512, 7)
    return model.eval()


@pytest.fixture
def weights(original: nn.Module, tmp_path: Path) -> Path:
    """A file as the original script saves it."""
    path = tmp_path / "modelo_emociones.pth"
    torch.save(original.state_dict(), path)
    return path


def test_the_original_scripts_weights_become_a_model_that_answers_as_it_did(
    original: nn.Module, weights: Path, tmp_path: Path
) -> None:
    entry = import_weights(tmp_path / "models", weights, "original")
    assert (entry.card.input.resize, entry.card.input.crop) == (256, 224)
    assert "modelo_emociones.pth" in entry.card.description
    assert entry.card.exports == entry.card.scores == ()

    crops = np.random.default_rng(0).integers(0, 256, (2, 256, 256), dtype=np.uint8)
    middle = torch.from_numpy(crops[:, 16:240, 16:240]).float()[:, None] / 255
    mean, std = (
        torch.tensor(v).view(3, 1, 1) for v in ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
    )
    with torch.inference_mode():
        expected = torch.softmax(original((middle.expand(-1, 3, -1, -1) - mean) / std), 1)
    np.testing.assert_allclose(load_classifier(entry).probabilities(crops), expected, atol=2e-3)


def test_an_imported_model_can_be_imported_again(weights: Path, tmp_path: Path) -> None:
    first = import_weights(tmp_path, weights, "first")
    second = import_weights(tmp_path, first.folder / first.card.weights.file, "second")
    assert second.card.weights.sha256 == first.card.weights.sha256


def test_a_taken_name_is_refused_before_the_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(ModelError, match="taken exists already"):
        import_weights(tmp_path, tmp_path / "missing.pth", "taken")


@pytest.mark.parametrize("new_format", [True, False], ids=["zip", "legacy"])
def test_a_file_that_carries_code_is_refused_and_its_code_not_run(
    tmp_path: Path, new_format: bool
) -> None:
    mark, path = tmp_path / "was-run", tmp_path / "evil.pth"
    content = {"fc.weight": torch.zeros(7, 512), "fc.bias": Malice(mark)}
    torch.save(content, path, _use_new_zipfile_serialization=new_format)
    with pytest.raises(ModelError, match="was not opened"):
        import_weights(tmp_path / "models", path, "evil")
    assert not mark.exists()


def test_a_bare_pickle_that_carries_code_is_refused_and_its_code_not_run(tmp_path: Path) -> None:
    mark, path = tmp_path / "was-run", tmp_path / "evil.pth"
    path.write_bytes(pickle.dumps(Malice(mark)))
    with pytest.raises(ModelError, match="was not opened"):
        import_weights(tmp_path / "models", path, "evil")
    assert not mark.exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (nn.Linear(3, 7), "was not opened"),
        (torch.zeros(3), "is no state dict"),
        ({"model": {"fc.bias": torch.zeros(7)}, "epoch": 3}, "is no state dict"),
        ({1: torch.zeros(1)}, "is no state dict"),
        (nn.Linear(3, 7).state_dict(), "do not fit a resnet18 with 7 outputs"),
        (torchvision.models.resnet18().state_dict(), "do not fit a resnet18 with 7 outputs"),
    ],
    ids=["network", "tensor", "checkpoint", "numbered", "linear", "thousand classes"],
)
def test_what_is_no_state_dict_of_the_network_is_refused(
    tmp_path: Path, content: object, message: str
) -> None:
    path = tmp_path / "other.pth"
    torch.save(content, path)
    with pytest.raises(ModelError, match=message):
        import_weights(tmp_path / "models", path, "other")
    assert not (tmp_path / "models").exists()


@pytest.mark.parametrize("wrapper", ["state_dict", "model_state_dict"])
@pytest.mark.parametrize("prefix", ["", "module."])
def test_the_weights_of_a_checkpoint_are_taken(
    original: nn.Module, weights: Path, tmp_path: Path, wrapper: str, prefix: str
) -> None:
    state = {prefix + key: value for key, value in original.state_dict().items()}
    checkpoint = {wrapper: state, "epoch": 3, "optimizer": {"lr": 0.1}, "classes": list(KEYS)}
    torch.save(checkpoint, tmp_path / "checkpoint.pth")
    wrapped = import_weights(tmp_path / "models", tmp_path / "checkpoint.pth", "wrapped")
    plain = import_weights(tmp_path / "models", weights, "plain")
    assert wrapped.card.weights.sha256 == plain.card.weights.sha256


@pytest.mark.parametrize(
    "classes",
    [sorted(KEYS), ["Enojado", "Disgustado", "Miedo", "Feliz", "Serio", "Triste", "Sorprendido"]],
)
def test_a_checkpoint_with_its_classes_in_another_order_is_refused(
    original: nn.Module, tmp_path: Path, classes: list[str]
) -> None:
    checkpoint = {"state_dict": original.state_dict(), "classes": classes}
    torch.save(checkpoint, tmp_path / "sorted.pth")
    with pytest.raises(ModelError, match=f"in the order {classes[0]}, {classes[1]}"):
        import_weights(tmp_path / "models", tmp_path / "sorted.pth", "other")


@pytest.mark.parametrize("network", ["efficientnet_b0", "mobilenet_v2"])
def test_the_network_is_known_by_the_names_of_its_weights(tmp_path: Path, network: Network) -> None:
    torch.save(build_body(network).state_dict(), tmp_path / "w.pth")
    entry = import_model(tmp_path / "models", tmp_path / "w.pth")
    assert (entry.name, entry.card.network) == ("w", network)


def test_a_file_with_another_ending_is_refused(tmp_path: Path) -> None:
    (tmp_path / "w.h5").write_bytes(b"weights")
    with pytest.raises(ModelError, match=r"w\.h5 is none that can be imported"):
        import_model(tmp_path / "models", tmp_path / "w.h5", "other")


def test_weights_of_another_network_are_refused(weights: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="of the network resnet18, not of efficientnet_b0"):
        import_weights(tmp_path / "models", weights, "other", "efficientnet_b0")


@pytest.mark.parametrize("name", ["w.pth", "w.safetensors"])
@pytest.mark.parametrize("content", [b"", b"hello world\n" * 20, b"\x89PNG\r\n\x1a\n" + bytes(99)])
def test_a_file_of_another_kind_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ModelError, match=rf"{name} (cannot be read|holds something else)"):
        import_weights(tmp_path / "models", path, "other")


def test_a_weights_file_that_was_cut_short_is_refused(weights: Path, tmp_path: Path) -> None:
    whole = import_weights(tmp_path / "models", weights, "whole")
    for path in (weights, whole.folder / whole.card.weights.file):
        content = path.read_bytes()
        path.write_bytes(content[: len(content) // 2])
        with pytest.raises(ModelError, match="cut short"):
            import_weights(tmp_path / "models", path, "other")


@pytest.mark.parametrize("value", [float("nan"), 1e6])
def test_weights_beyond_half_precision_are_refused(
    original: nn.Module, tmp_path: Path, value: float
) -> None:
    state = original.state_dict() | {"fc.bias": torch.full((7,), value)}
    torch.save(state, tmp_path / "w.pth")
    with pytest.raises(ModelError, match=r"hold values in fc\.bias"):
        import_weights(tmp_path / "models", tmp_path / "w.pth", "other")


@pytest.mark.parametrize("name", ["missing.pth", "missing.safetensors"])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelError, match=name):
        import_weights(tmp_path / "models", tmp_path / name, "other")
