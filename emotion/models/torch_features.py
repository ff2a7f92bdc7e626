"""Features of crops: what the last layer of a network sees of them."""

import copy
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from emotion.models.openvino_core import core, ov
from emotion.models.torch_networks import HEAD, GreyNetwork

Extractor = Callable[[Tensor], Tensor]
"""From grey crops `(n, size, size)`, 0 to 255, to features `(n, width)`, both float32."""


def backbone_of(model: GreyNetwork) -> GreyNetwork:
    """A copy of `model` for inference, without its last layer."""
    backbone = copy.deepcopy(model).eval().requires_grad_(False)
    backbone.body.set_submodule(HEAD[model.network], nn.Identity())
    return backbone


def make_extractor(model: GreyNetwork, size: int, device: str, dtype: torch.dtype) -> Extractor:
    """The backbone of `model`, computing in `dtype`: by OpenVINO on the CPU, where it takes a
    fraction of torch's time, and by torch elsewhere."""
    backbone = backbone_of(model)
    if device == "cpu":
        return _by_openvino(backbone, size, dtype)

    def extract(crops: Tensor) -> Tensor:
        kind = torch.device(device).type
        with torch.inference_mode(), torch.autocast(kind, dtype, dtype != torch.float32):
            features: Tensor = backbone(crops.to(device)).float().cpu()
        return features

    return extract


def _by_openvino(backbone: GreyNetwork, size: int, dtype: torch.dtype) -> Extractor:
    backbone = backbone.to("cpu", torch.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of torch's tracer, which OpenVINO uses
        network = ov.convert_model(
            backbone, example_input=torch.zeros(1, size, size), input=[("crops", [-1, size, size])]
        )
    options = {
        "INFERENCE_NUM_THREADS": torch.get_num_threads(),
        "NUM_STREAMS": 1,
        "INFERENCE_PRECISION_HINT": "f32" if dtype == torch.float32 else "bf16",
    }
    compiled: Any = core().compile_model(network, "CPU", options)

    def extract(crops: Tensor) -> Tensor:
        return torch.from_numpy(np.array(compiled(crops.numpy())[0], dtype=np.float32))

    return extract
