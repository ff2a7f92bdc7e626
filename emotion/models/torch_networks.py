"""The networks as torchvision builds them, with grey crops in and seven logits out."""

from pathlib import Path
from typing import Any, Final, cast

import safetensors.torch
import torch
import torchvision
from safetensors import SafetensorError
from torch import Tensor, nn

from emotion.errors import ModelError
from emotion.files import replacing
from emotion.labels import KEYS
from emotion.models.card import Network

WEIGHTS_FILE: Final = "weights.safetensors"
"""In a model's folder."""
MEAN: Final = (0.485, 0.456, 0.406)
STD: Final = (0.229, 0.224, 0.225)
"""ImageNet's channel means and deviations, which torchvision's weights expect."""
HEAD: Final[dict[Network, str]] = {
    "resnet18": "fc",
    "efficientnet_b0": "classifier.1",
    "mobilenet_v2": "classifier.1",
}
"""Where each network keeps its last linear layer."""


class GreyNetwork(nn.Module):
    """A network that takes grey crops `(n, size, size)` with values 0 to 255.

    Grey is repeated to three channels and normalised as ImageNet was, as the original
    system does. `body` is the torchvision network; only its weights are saved.
    """

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network
        self.body = build_body(network)
        self.register_buffer("mean", torch.tensor(MEAN).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(STD).view(1, 3, 1, 1), persistent=False)

    def forward(self, crops: Tensor) -> Tensor:
        """Logits `(n, 7)`."""
        mean, std = cast(Tensor, self.mean), cast(Tensor, self.std)
        grey = crops.to(mean.dtype).unsqueeze(1) / 255.0
        return cast(Tensor, self.body((grey - mean) / std))

    @property
    def head(self) -> nn.Linear:
        """The last layer, which tells the seven apart."""
        return cast(nn.Linear, self.body.get_submodule(HEAD[self.network]))


def build_body(network: Network) -> nn.Module:
    """The torchvision network with random weights and seven outputs."""
    return cast(nn.Module, torchvision.models.get_model(network, num_classes=len(KEYS)))


def save_weights(model: GreyNetwork, path: Path, dtype: torch.dtype = torch.float16) -> None:
    """Write the body's weights as safetensors; floating values as `dtype`.

    Raises `ModelError` when they cannot be written; an older file at `path` then stands.
    """
    state = {
        key: value.detach().cpu().to(dtype if value.is_floating_point() else value.dtype)
        for key, value in model.body.state_dict().items()
    }
    try:
        with replacing(path) as temporary:
            safetensors.torch.save_file({k: v.contiguous() for k, v in state.items()}, temporary)
    except (OSError, SafetensorError) as error:
        raise ModelError(
            "The weights could not be written to {path} ({reason}). Make room on the disk, or "
            "see that the folder can be written.",
            path=path,
            reason=error,
        ) from error


def load_weights(model: GreyNetwork, path: Path) -> None:
    """Fill `model` from a safetensors file. Raises `ModelError` if it is not one or not its."""
    fill(model, read_safetensors(path), path)


def read_safetensors(path: Path) -> dict[str, Tensor]:
    """The tensors in `path` by name. Raises `ModelError` when it cannot be read."""
    try:
        return dict(safetensors.torch.load_file(path))
    except (OSError, SafetensorError) as error:
        raise ModelError(
            "The weights file {path} cannot be read ({reason}). It may be cut short: copy it "
            "again, or choose another model.",
            path=path,
            reason=error,
        ) from error


def fill(model: GreyNetwork, state: dict[str, Any], source: Path) -> None:
    """Load a state dict in torchvision's names. Raises `ModelError` where it does not fit."""
    try:
        model.body.load_state_dict(state)
    except RuntimeError as error:
        other = network_of(state)
        if other is not None and other != model.network:
            raise ModelError(
                "The weights in {path} are of the network {other}, not of {network}. Choose "
                "{other}, or other weights.",
                path=source,
                other=other,
                network=model.network,
            ) from error
        raise ModelError(
            "The weights in {path} do not fit a {network} with {n} outputs: {reason}.",
            path=source,
            network=model.network,
            n=len(KEYS),
            reason=str(error).splitlines()[1].strip() if "\n" in str(error) else error,
        ) from error


def network_of(state: dict[str, Any]) -> Network | None:
    """The network whose layers bear the names of `state`; None where it is none of ours."""
    for network in HEAD:
        with torch.device("meta"):
            names = build_body(network).state_dict().keys()
        if names == state.keys():
            return network
    return None
