"""The other two networks from their start to a model that answers, each in its own process."""

from pathlib import Path

import numpy as np
import pytest
import torch
import torchvision

from emotion.models.card import Network
from emotion.models.load import load_classifier
from emotion.models.store import find_model
from emotion.models.torch_networks import build_body
from emotion.training import runs
from emotion.training.presets import make_config
from tests.drawn_faces import drawn_face, write_faces
from tests.waiting import wait_for

IMAGENET_FILE = "mobilenet_v2-b0353104.pth"


@pytest.fixture
def faces(tmp_path: Path) -> Path:
    return write_faces(tmp_path / "faces", train=12, test=1)


def start_of(network: Network, folder: Path) -> str:
    """EfficientNet goes on from a file, MobileNet from weights in `TORCH_HOME`."""
    torch.manual_seed(3)
    if network == "efficientnet_b0":
        torch.save(build_body(network).state_dict(), folder / "weights.pth")
        return str(folder / "weights.pth")
    (folder / "hub" / "checkpoints").mkdir(parents=True)
    thousand = torchvision.models.get_model(network).state_dict()
    torch.save(thousand, folder / "hub" / "checkpoints" / IMAGENET_FILE)
    return "imagenet"


@pytest.mark.parametrize(
    ("network", "preset"), [("efficientnet_b0", "fine-tune"), ("mobilenet_v2", "quick")]
)
def test_a_network_is_trained_exported_and_used(
    network: Network, preset: str, faces: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEMBLANTE_MODELS_DIR", str(tmp_path / "models"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    config = make_config(
        preset,  # type: ignore[arg-type]
        data=faces,
        name="new",
        network=network,
        start=start_of(network, tmp_path),
        epochs=2,
        size=32,
        views=1 if preset == "quick" else 0,
    )
    folder = runs.create(config, tmp_path / "runs")
    runs.start(folder)
    wait_for("the end of the run", lambda: runs.read_run(folder).state != "running", 240)
    assert runs.read_run(folder).state == "finished", runs.log_tail(folder)

    model = find_model(tmp_path / "models", "new")
    (export,) = model.card.exports
    assert export.agreement >= 0.98 or export.precision == "float32"
    assert export.reason
    crops = np.stack([drawn_face(number, 7, 32) for number in range(1, 8)])
    by_openvino, by_torch = (
        load_classifier(model, backend).probabilities(crops)  # type: ignore[arg-type]
        for backend in ("openvino", "torch")
    )
    assert by_openvino.shape == (7, 7)
    assert np.abs(by_openvino - by_torch).max() < 0.2
    assert [record.backend.split()[0] for record in model.card.scores] == ["OpenVINO", "torch"]
