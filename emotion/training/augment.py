"""Turn a batch of grey pictures into inputs of a network, as they are or varied.

Those that vary use torch's global random generator, which the loop seeds for each step,
so that a run that was stopped and continued sees the same pictures. Where several processes
share a batch, each draws the random numbers of all its pictures and uses those of its own.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor
from torchvision.transforms import v2

ROLL_DEGREES: Final = 12.0
SCALE: Final = 0.1
SHIFT: Final = 0.06
"""A detector's boxes vary by some per cent, and heads roll a little after alignment."""
CONTRAST: Final = 0.3
BRIGHTNESS: Final = 0.15
LOW_RESOLUTION_SHARE: Final = 0.15
COVER_LEAST: Final = 0.15
COVER_MORE: Final = (0.3, 1.2)
"""Height and width of what covers a face, as shares of the side: at least, and at most so much
more, but never more than the whole side."""


@dataclass(frozen=True, slots=True)
class Share:
    """The pictures `part` of a batch of `n`, and the random numbers that are theirs."""

    n: int
    part: slice = field(default_factory=lambda: slice(None))

    def rand(self, *shape: int) -> Tensor:
        """Numbers from 0 to 1, `(pictures of the part, *shape)`, on the CPU."""
        return torch.rand(self.n, *shape)[self.part]

    def spread(self, extent: float) -> Tensor:
        """A number from `-extent` to `extent` for each picture."""
        return (self.rand() * 2 - 1) * extent


def plain(crops: Tensor, resize: int, size: int) -> Tensor:
    """Nothing varied: grey `(n, side, side)` scaled to `resize`, their middle `size`, float."""
    inputs = crops.float()
    if inputs.shape[-1] != resize:
        inputs = F.interpolate(
            inputs.unsqueeze(1), (resize, resize), mode="bilinear", antialias=True
        ).squeeze(1)
    start = (resize - size) // 2
    return inputs[:, start : start + size, start : start + size]


def original(pictures: Sequence[Tensor], size: int, share: Share | None = None) -> Tensor:
    """The original's transforms, picture by picture: RandomResizedCrop and flip.

    `pictures` are grey uint8 `(height, width)`; the answer is `(n, size, size)`, 0 to 255.
    """
    share = share or Share(len(pictures))
    transform = v2.Compose([v2.RandomResizedCrop(size, antialias=True), v2.RandomHorizontalFlip()])
    made = []
    for picture, seed in zip(pictures, torch.randint(2**62, (share.n,))[share.part], strict=True):
        torch.manual_seed(int(seed))
        made.append(transform(picture[None])[0])
    return torch.stack(made).float()


def mild(pictures: Tensor, size: int, erasing: float, share: Share | None = None) -> Tensor:
    """Flip, roll, scale, shift, light, low resolution; a part covered in the share `erasing`.

    `pictures` are grey uint8 `(n, side, side)`; the answer is `(n, size, size)`, 0 to 255.
    """
    share = share or Share(len(pictures))
    x = _affine(pictures.float().unsqueeze(1), size, share)
    x = _light(x, share)
    x = _low_resolution(x, share)
    return _erase(x, erasing, share).clamp_(0, 255).squeeze(1)


def _affine(x: Tensor, size: int, share: Share) -> Tensor:
    n = len(x)
    angle = share.spread(math.radians(ROLL_DEGREES))
    zoom = 1 + share.spread(SCALE)
    flip = torch.where(share.rand() < 0.5, -1.0, 1.0)
    cos, sin = torch.cos(angle) * zoom, torch.sin(angle) * zoom
    theta = torch.zeros(n, 2, 3)
    theta[:, 0, 0], theta[:, 0, 1], theta[:, 0, 2] = cos * flip, -sin, share.spread(2 * SHIFT)
    theta[:, 1, 0], theta[:, 1, 1], theta[:, 1, 2] = sin * flip, cos, share.spread(2 * SHIFT)
    grid = F.affine_grid(theta.to(x.device), [n, 1, size, size], align_corners=False)
    return F.grid_sample(x, grid, padding_mode="border", align_corners=False)


def _light(x: Tensor, share: Share) -> Tensor:
    mean = x.mean(dim=(1, 2, 3), keepdim=True)
    contrast = 1 + share.spread(CONTRAST).to(x.device).view(-1, 1, 1, 1)
    brightness = share.spread(255 * BRIGHTNESS).to(x.device).view(-1, 1, 1, 1)
    return (x - mean) * contrast + mean + brightness


def _low_resolution(x: Tensor, share: Share) -> Tensor:
    """A part of the batch as a far-away or blurred face would look."""
    chosen = (share.rand() < LOW_RESOLUTION_SHARE).to(x.device)
    side = int(torch.randint(20, 40, ()))
    if not chosen.any():
        return x
    small = F.interpolate(x[chosen], size=(side, side), mode="bilinear", antialias=True)
    x[chosen] = F.interpolate(small, size=x.shape[-2:], mode="bilinear")
    return x


def _erase(x: Tensor, erasing: float, share: Share) -> Tensor:
    """Cover a rectangle in the part `erasing` of the pictures with their mean (random erasing,
    Zhong 2017): a hand, or as wide as the face, a mask, glasses or a fringe."""
    size = x.shape[-1]
    covered = share.rand() < erasing
    sides = (COVER_LEAST + share.rand(2) * torch.tensor(COVER_MORE)).clamp(max=1) * size
    start = share.rand(2) * (size - sides)
    at = torch.arange(size)
    inside = (at >= start.unsqueeze(-1)) & (at < (start + sides).unsqueeze(-1))
    mask = inside[:, 0, :, None] & inside[:, 1, None, :] & covered.view(-1, 1, 1)
    mask = mask.unsqueeze(1).to(x.device)
    return torch.where(mask, x.mean(dim=(1, 2, 3), keepdim=True), x)
