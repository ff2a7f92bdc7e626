"""With files of torchvision's names in a `TORCH_HOME` of the test's own; nothing is downloaded."""

from pathlib import Path

import pytest
import torch
import torchvision

from emotion.errors import ModelError
from emotion.models.card import Network
from emotion.models.torch_imagenet import load_imagenet
from emotion.models.torch_networks import HEAD, GreyNetwork, load_weights, save_weights

FILES: dict[Network, str] = {
    "resnet18": "resnet18-f37072fd.pth",
    "efficientnet_b0": "efficientnet_b0_rwightman-7f5810bc.pth",
    "mobilenet_v2": "mobilenet_v2-b0353104.pth",
}


@pytest.fixture(autouse=True)
def checkpoints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where torchvision keeps what it downloads; nobody answers on the network."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    for name in ("https_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    folder = tmp_path / "hub" / "checkpoints"
    folder.mkdir(parents=True)
    return folder


def save_thousand(network: Network, path: Path) -> dict[str, torch.Tensor]:
    """A file as torchvision publishes it: a thousand classes."""
    torch.manual_seed(5)
    state = torchvision.models.get_model(network).state_dict()
    torch.save(state, path)
    return dict(state)


@pytest.mark.parametrize("network", HEAD)
def test_the_backbone_is_imagenets_and_the_head_stays(network: Network, checkpoints: Path) -> None:
    state = save_thousand(network, checkpoints / FILES[network])
    model = GreyNetwork(network)
    head = model.head.weight.clone()
    load_imagenet(model)
    loaded = model.body.state_dict()
    assert torch.equal(model.head.weight, head)
    body = [key for key in loaded if not key.startswith(HEAD[network])]
    assert all(torch.equal(loaded[key], state[key]) for key in body)
    assert len(body) == len(state) - 2


def test_without_file_and_network_the_sentence_offers_the_others(checkpoints: Path) -> None:
    with pytest.raises(ModelError, match=r"put resnet18-\w+\.pth into .*checkpoints, or start f"):
        load_imagenet(GreyNetwork("resnet18"))
    assert list(checkpoints.iterdir()) == []


def test_a_file_of_another_network_is_refused_and_changes_nothing(checkpoints: Path) -> None:
    save_thousand("mobilenet_v2", checkpoints / FILES["resnet18"])
    with pytest.raises(ModelError, match="of the network mobilenet_v2, not of resnet18"):
        load_imagenet(GreyNetwork("resnet18"))


@pytest.mark.parametrize("content", [b"", b"no weights at all\n" * 9])
def test_a_broken_file_is_a_sentence(checkpoints: Path, content: bytes) -> None:
    (checkpoints / FILES["resnet18"]).write_bytes(content)
    with pytest.raises(ModelError, match=r"resnet18-f37072fd\.pth (cannot be read|holds)"):
        load_imagenet(GreyNetwork("resnet18"))


def test_weights_of_another_network_are_named(tmp_path: Path) -> None:
    save_weights(GreyNetwork("mobilenet_v2"), tmp_path / "w.safetensors")
    with pytest.raises(ModelError, match="of the network mobilenet_v2, not of efficientnet_b0"):
        load_weights(GreyNetwork("efficientnet_b0"), tmp_path / "w.safetensors")
