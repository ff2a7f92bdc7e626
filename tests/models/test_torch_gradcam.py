"""Grad-CAM as the library gives it, against its definition worked out by hand."""

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from emotion.models import jobs
from emotion.models.store import find_model
from emotion.models.torch_gradcam import grad_cam
from emotion.models.torch_networks import GreyNetwork, load_weights
from tests.drawn_faces import drawn_face


def test_the_maps_are_those_of_the_definition_here_and_in_a_process_of_its_own(
    models_dir: Path,
) -> None:
    entry = find_model(models_dir, "tiny")
    face = drawn_face(4, 3, entry.card.input.crop)
    model = GreyNetwork(entry.card.network)
    load_weights(model, entry.folder / entry.card.weights.file)
    kept: list[torch.Tensor] = []
    layer = model.eval().body.get_submodule("layer4")
    layer.register_forward_hook(lambda _layer, _given, maps: kept.append(maps))
    logits = model(torch.from_numpy(face)[None].float())[0]
    expected = []
    for logit in logits:
        (gradient,) = torch.autograd.grad(logit, kept[0], retain_graph=True)
        weighted = (gradient.mean(dim=(2, 3), keepdim=True) * kept[0]).sum(dim=1, keepdim=True)
        large = F.interpolate(weighted.relu(), face.shape, mode="bilinear")[0, 0]
        expected.append((large / large.max().clamp_min(1e-12)).detach().numpy())
    maps = grad_cam(entry, face)
    assert maps.shape == (7, *face.shape)
    np.testing.assert_allclose(maps, np.stack(expected), atol=1e-4)
    assert maps.max() == 1 and maps.min() >= 0
    np.testing.assert_allclose(jobs.grad_cam(entry, face), maps, atol=1e-4)
