"""How much each layer, each epoch and each class counts: optimizer, schedule, weights."""

import math
from typing import Final

import torch
from torch import Tensor, nn

from emotion.models.torch_networks import GreyNetwork
from emotion.training.config import TrainConfig

MOMENTUM: Final = 0.9
"""Of the optimizer `sgd`, as torchvision's networks were trained."""


def make_optimizer(config: TrainConfig, model: GreyNetwork) -> torch.optim.Optimizer:
    """The optimizer; each group has a `factor` of the learning rate, lower towards the input."""
    groups = [
        {"params": list(part.parameters()), "factor": factor}
        for part, factor in _layers(config, model)
    ]
    rate, decay = config.learning_rate, config.weight_decay
    match config.optimizer:
        case "adam":
            return torch.optim.Adam(groups, lr=rate, weight_decay=decay)
        case "adamw":
            return torch.optim.AdamW(groups, lr=rate, weight_decay=decay, fused=True)
        case "sgd":
            return torch.optim.SGD(
                groups, lr=rate, weight_decay=decay, momentum=MOMENTUM, nesterov=True
            )


def _layers(config: TrainConfig, model: GreyNetwork) -> list[tuple[nn.Module, float]]:
    """The body's parts from input to head with a factor that falls towards the input."""
    parts = list(model.body.children())
    if len(parts) == 2:  # EfficientNet and MobileNet: features, classifier
        parts = [*parts[0].children(), parts[1]]
    parts = [part for part in parts if any(True for _ in part.parameters())]
    return [(part, config.layer_decay ** (len(parts) - 1 - i)) for i, part in enumerate(parts)]


def class_weights(config: TrainConfig, labels: Tensor) -> Tensor:
    """A weight for each class, `(7,)`, whose average over the pictures with `labels` is 1."""
    power = {"none": 0.0, "sqrt": 0.5, "full": 1.0}[config.class_weights]
    share = torch.bincount(labels, minlength=7).float() / len(labels)
    weights = torch.where(share > 0, share.clamp_min(1e-9) ** -power, torch.zeros_like(share))
    return weights / (weights * share).sum()


def adjustment(config: TrainConfig, weights: Tensor) -> Tensor:
    """What the loss adds to the logits `(7,)`, so that they need not learn the class weights.

    Weighted by `w`, the cross-entropy is least where an answer is p·w, rescaled. With log w
    added only in the loss, the network itself answers p, and rare classes count more all the
    same: the prior correction of G. King and L. Zeng, "Logistic regression in rare events data",
    2001, made while it learns. (A. K. Menon et al., "Long-tail learning via logit adjustment",
    2021, add the prior's logarithm in the loss to the opposite end.)
    """
    taken_back = config.prior_kept & (weights > 0)
    return torch.where(taken_back, weights, torch.ones_like(weights)).log()


def schedule(config: TrainConfig, epochs_done: float) -> float:
    """Factor of the learning rate: linear warm-up, then constant or half a cosine to 0.01."""
    warm = min(1.0, (epochs_done + 1e-3) / config.warmup_epochs) if config.warmup_epochs else 1.0
    if config.schedule == "constant":
        return warm
    return warm * max(0.5 * (1 + math.cos(math.pi * epochs_done / config.epochs)), 0.01)
