"""Weights from elsewhere: the original script's `.pth`, read without running its code."""

import pickle
import warnings
from pathlib import Path
from typing import Any, Final

import torch

from emotion.errors import ModelError
from emotion.models.card import check_classes
from emotion.models.torch_networks import GreyNetwork, fill, read_safetensors

_WRAPPERS: Final = ("state_dict", "model_state_dict")
"""Where training scripts keep the weights in a checkpoint."""
_PARALLEL: Final = "module."
"""What DataParallel puts before each name."""


def load_any_weights(model: GreyNetwork, path: Path) -> None:
    """Fill `model` from a `.safetensors` file or a `.pth` state dict in torchvision's names.

    Raises `ModelError` when the file is missing, cut short, carries code, is no state dict,
    or is of another network.
    """
    fill(model, read_any_weights(path), path)


def read_any_weights(path: Path) -> dict[str, Any]:
    """The tensors in a `.safetensors` file or a `.pth` by their names in torchvision.

    A checkpoint's `state_dict` or `model_state_dict` is taken, and DataParallel's `module.`
    left out. Raises `ModelError` when the file is missing, cut short, carries code, holds no
    state dict, or says that its classes stand in another order.
    """
    state = read_safetensors(path) if path.suffix == ".safetensors" else read_pickle(path)
    if state and all(name.startswith(_PARALLEL) for name in state):
        return {name.removeprefix(_PARALLEL): value for name, value in state.items()}
    return state


def read_pickle(path: Path) -> dict[str, Any]:
    """The tensors in a file of `torch.save` by name; none of its code is run."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch's remarks on old files
            state = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError as error:
        raise ModelError("The weights file {path} does not exist.", path=path) from error
    except Exception as error:  # a pickle can fail in any way
        if isinstance(error, pickle.UnpicklingError) or "weights_only" in str(error):
            raise ModelError(
                "The file {path} holds something else than weights and was not opened, since "
                "such a file can run code. Save the state dict alone: "
                "torch.save(model.state_dict(), 'weights.pth').",
                path=path,
            ) from error
        raise ModelError(
            "The weights file {path} cannot be read: it is cut short, or no weights file. "
            "Copy it again.",
            path=path,
        ) from error
    state = _unwrapped(state, path)
    if not isinstance(state, dict) or not all(
        isinstance(key, str) and torch.is_tensor(value) for key, value in state.items()
    ):
        raise ModelError(
            "The file {path} is no state dict: it holds other values than named tensors. Save "
            "the state dict alone: torch.save(model.state_dict(), 'weights.pth').",
            path=path,
        )
    return state


def _unwrapped(saved: Any, path: Path) -> Any:
    """The state dict of a checkpoint, once its list of classes is seen to be in our order."""
    if not isinstance(saved, dict):
        return saved
    for wrapper in _WRAPPERS:
        if isinstance(saved.get(wrapper), dict):
            check_classes(saved.get("classes"), path)
            return saved[wrapper]
    return saved
