"""Where in a face a network looks: Grad-CAM (Selvaraju et al., 2017, "Grad-CAM: visual
explanations from deep networks via gradient-based localization"), by the library captum."""

from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from captum.attr import LayerAttribution, LayerGradCam

from emotion.labels import KEYS
from emotion.models.backend import CropsGrey
from emotion.models.card import Network
from emotion.models.store import ModelEntry
from emotion.models.torch_networks import GreyNetwork, load_weights

LAST_MAPS: Final[dict[Network, str]] = {
    "resnet18": "layer4",
    "efficientnet_b0": "features",
    "mobilenet_v2": "features",
}
"""The part of each network whose output still has places: the last before they are averaged."""


def grad_cam(entry: ModelEntry, crop: CropsGrey) -> npt.NDArray[np.float32]:
    """For each of the seven expressions how much each place of the grey crop `(size, size)`
    speaks for it, `(7, size, size)`, 0 to 1 with 1 at the strongest; all 0 where none does.

    The maps of the last layer, weighted by the mean gradient of the expression's logit, what is
    negative cut off, enlarged. Raises `ModelError` when the weights cannot be read.
    """
    model = GreyNetwork(entry.card.network)
    load_weights(model, entry.folder / entry.card.weights.file)
    layer = model.eval().body.get_submodule(LAST_MAPS[entry.card.network])
    method = LayerGradCam(model, layer)
    batch = torch.from_numpy(np.ascontiguousarray(crop))[None].float()
    maps = [
        LayerAttribution.interpolate(
            method.attribute(batch, target=index, relu_attributions=True), crop.shape, "bilinear"
        )[0, 0]
        for index in range(len(KEYS))
    ]
    found = torch.stack(maps).detach().numpy()
    most = found.max(axis=(1, 2), keepdims=True)
    return np.asarray(found / np.where(most > 0, most, 1), np.float32)
