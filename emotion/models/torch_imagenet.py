"""ImageNet weights as torchvision publishes them: from `TORCH_HOME`, else downloaded."""

import warnings
from pathlib import Path

import torch
import torchvision

from emotion.errors import ModelError
from emotion.models.torch_foreign import read_pickle
from emotion.models.torch_networks import HEAD, GreyNetwork, fill, network_of


def load_imagenet(model: GreyNetwork) -> None:
    """Give `model` torchvision's ImageNet weights; its head stays as it is.

    A file of torchvision's name in `TORCH_HOME` is taken as it is, and read without running
    its code; else it is downloaded and its hash checked. Raises `ModelError` when neither
    works, or when the file is of another network.
    """
    weights = torchvision.models.get_model_weights(model.network).IMAGENET1K_V1
    path = Path(torch.hub.get_dir()) / "checkpoints" / Path(weights.url).name
    if not path.is_file():
        _download(model, weights.url, path)
    state = read_pickle(path)
    if network_of(state) == model.network:
        head = HEAD[model.network] + "."
        own = model.body.state_dict()
        state = {key: own[key] if key.startswith(head) else state[key] for key in state}
    fill(model, state, path)


def _download(model: GreyNetwork, url: str, path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        hash_prefix = path.stem.rpartition("-")[2]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.hub.download_url_to_file(url, str(path), hash_prefix, progress=False)
    except (OSError, RuntimeError) as error:
        raise ModelError(
            "The ImageNet weights of {network} could not be had ({reason}). Connect to the "
            "network once, put {file} into {folder}, or start from the shipped model, a model "
            "of yours, a weights file or scratch.",
            network=model.network,
            reason=error,
            file=path.name,
            folder=path.parent,
        ) from error
