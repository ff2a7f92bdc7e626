"""BatchNorm over the pictures of all processes, so that they train as one would.

torch's own `SyncBatchNorm` works on GPUs alone; on the CPU this one does the same.
"""

from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.autograd.function import Function

from emotion.models.torch_networks import GreyNetwork


class SharedBatchNorm(nn.BatchNorm2d):
    """`BatchNorm2d` whose mean and variance are those of all processes' pictures together."""

    def forward(self, input: Tensor) -> Tensor:
        """As `BatchNorm2d`; while it trains, all processes must call it."""
        if not self.training:
            return super().forward(input)
        # Under autocast they come in bfloat16, whose sums are too coarse.
        values = input.to(torch.promote_types(input.dtype, torch.float32))
        count, mean, variance = _statistics(values)
        self._follow(count, mean.detach(), variance.detach())
        scale = self.weight * torch.rsqrt(variance + self.eps)
        shift = self.bias - mean * scale
        return torch.addcmul(_spread(shift), values, _spread(scale)).to(input.dtype)

    @torch.no_grad()
    def _follow(self, count: float, mean: Tensor, variance: Tensor) -> None:
        """Move the running statistics towards this batch's; its variance without bias."""
        assert self.running_mean is not None
        assert self.running_var is not None
        assert self.num_batches_tracked is not None
        assert self.momentum is not None
        self.running_mean.lerp_(mean, self.momentum)
        self.running_var.lerp_(variance * (count / (count - 1)), self.momentum)
        self.num_batches_tracked.add_(1)


def shared_batch_norm(model: GreyNetwork, device: str) -> GreyNetwork:
    """`model` with every BatchNorm taking its statistics from all processes."""
    if device.startswith("cuda"):
        return nn.SyncBatchNorm.convert_sync_batchnorm(model)  # type: ignore
    for parent in list(model.modules()):
        for name, child in parent.named_children():
            if type(child) is nn.BatchNorm2d:
                shared = SharedBatchNorm(child.num_features, child.eps, child.momentum)
                shared.to(child.weight.dtype)
                shared.load_state_dict(child.state_dict())
                setattr(parent, name, shared.train(child.training))
    return model


class _SumOfAll(Function):
    """The sum over all processes; its gradient is the sum of theirs."""

    @staticmethod
    def forward(_ctx: Any, values: Tensor) -> Tensor:
        total = values.clone()
        dist.all_reduce(total)
        return total

    @staticmethod
    def backward(_ctx: Any, *gradients: Tensor) -> Tensor:
        return _SumOfAll.forward(_ctx, gradients[0])


def _statistics(values: Tensor) -> tuple[float, Tensor, Tensor]:
    """Number, mean and variance for each channel of all processes' `(n, channels, h, w)`.

    Sums of squares are exchanged in double precision, where they lose nothing of a variance
    that is small beside the mean (Chan, Golub and LeVeque 1979).
    """
    n = values.numel() // values.shape[1]
    variance, mean = torch.var_mean(values, dim=(0, 2, 3), correction=0)
    mean, variance = mean.double(), variance.double()
    sums = torch.cat([mean.new_tensor([n]), n * mean, n * (variance + mean**2)])
    sums = _SumOfAll.apply(sums)
    count = float(sums[0].detach())
    mean, square = (sums[1:] / count).chunk(2)
    variance = (square - mean**2).clamp_min(0)
    return count, mean.to(values.dtype), variance.to(values.dtype)


def _spread(channels: Tensor) -> Tensor:
    return channels.view(1, -1, 1, 1)
