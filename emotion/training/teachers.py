"""Other models' answers beside the labels: knowledge distillation.

G. Hinton, O. Vinyals, J. Dean, "Distilling the Knowledge in a Neural Network", 2015,
https://arxiv.org/abs/1503.02531, with the teachers' own calibrated probabilities in place of a
raised temperature: their logits are divided by the temperature of their cards.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

import torch
from torch import Tensor

from emotion.models.card import ModelCard
from emotion.models.store import find_model
from emotion.models.torch_networks import GreyNetwork, load_weights
from emotion.training.config import TrainConfig
from emotion.training.device import Device
from emotion.training.fit import predict
from emotion.training.inputs import Pictures

Progress = Callable[[int, int], None]
AT_ONCE: Final = 1024
"""Pictures between two reports of progress."""


def taught(
    pictures: Pictures, config: TrainConfig, models_dir: Path, device: Device, progress: Progress
) -> Pictures:
    """The pictures with targets that are to the config's share the teachers' mean answers.

    Each teacher sees each picture as it is and mirrored, scaled as its card says from the
    crops that the run keeps; at least one is named. `progress` gets how many pictures were
    answered, and of how many for all teachers. Raises `ModelError` where one is not there.
    """
    entries = [find_model(models_dir, name) for name in config.teachers]
    of = len(entries) * len(pictures)
    answers = torch.zeros_like(pictures.targets)
    for number, entry in enumerate(entries):
        model = GreyNetwork(entry.card.network)
        load_weights(model, entry.folder / entry.card.weights.file)
        model.to(device.name)
        done = number * len(pictures)
        for start in range(0, len(pictures), AT_ONCE):
            progress(done + start, of)
            part = slice(start, start + AT_ONCE)
            answers[part] += _answers(model, entry.card, pictures.crops[part], device)
    share = config.teacher_share
    targets = (1 - share) * pictures.targets + share * answers / len(entries)
    return replace(pictures, targets=targets)


def _answers(model: GreyNetwork, card: ModelCard, crops: Tensor, device: Device) -> Tensor:
    """Probabilities `(n, 7)`, the mean over the pictures and their mirror images."""
    both = [
        predict(model, seen, card.input.resize, card.input.crop, device)
        for seen in (crops, crops.flip(-1))
    ]
    return torch.stack([(one / card.temperature).softmax(1) for one in both]).mean(0)
