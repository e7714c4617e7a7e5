"""One network trained by several processes: shared gradients and shared batch statistics."""

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from posegcn.recipes import Recipe
from posegcn.training.engine import Trainer


class SharedTrainer(Trainer):
    """A trainer that sees its share of each batch and learns from the whole.

    Gradients are averaged by DistributedDataParallel, batch norm takes its statistics over all
    processes: the result is that of one process with the whole batch, to rounding. Dropout and
    target noise draw other numbers in every process.

    Args:
        model: The network, equal in all processes.
        recipe: Its batch size is that of all processes together.
        num_steps: Steps of the whole training.
        precision: See :func:`posegcn.training.precision.computing`.
    """

    def __init__(self, model: nn.Module, recipe: Recipe, num_steps: int, precision: str = "fp32"):
        share_statistics(model)
        super().__init__(model, recipe, num_steps, precision)
        self.weight = 1.0
        self.shared = DistributedDataParallel(model, static_graph=True)

    def loss(self, *batch: Tensor) -> Tensor:
        """Our part of the loss, so that the mean over processes is the loss of the batch."""
        *inputs, joints = batch
        return self.weight * self.difference(self.shared(*inputs), joints, self.model.skeleton)


def share_statistics(module: nn.Module) -> None:
    """Let every batch norm take its statistics over all processes; its tensors stay."""
    for name, child in module.named_children():
        if isinstance(child, nn.BatchNorm1d):
            setattr(module, name, SharedBatchNorm.of(child))
        else:
            share_statistics(child)


class SharedBatchNorm(nn.BatchNorm1d):
    """Batch norm over the batches of all processes, on any device (torch's wants a GPU).

    Shape:
        - input: ``(B, C)`` or ``(B, C, T)``; B may differ between processes
        - output: the same
    """

    @classmethod
    def of(cls, norm: nn.BatchNorm1d) -> "SharedBatchNorm":
        """The same batch norm, with the same tensors."""
        shared = cls.__new__(cls)
        shared.__dict__ = norm.__dict__
        return shared

    def forward(self, x: Tensor) -> Tensor:
        """Normalise the channels."""
        if not self.training:
            return super().forward(x)
        x = x.to(self.weight.dtype)
        rows = x.transpose(1, -1).flatten(0, -2)  # (N, C)
        count = rows.new_full((1,), len(rows))
        sums = _Sum.apply(torch.cat([rows.sum(dim=0), count]))
        mean, total = sums[:-1] / sums[-1], sums[-1]
        variance = _Sum.apply((rows - mean).square().sum(dim=0)) / total
        with torch.no_grad():
            self.num_batches_tracked += 1
            self.running_mean.lerp_(mean, self.momentum)
            self.running_var.lerp_(variance * (total / (total - 1)), self.momentum)
        shape = (-1, *[1] * (x.ndim - 2))
        scale = self.weight * (variance + self.eps).rsqrt()
        return (x - mean.view(shape)) * scale.view(shape) + self.bias.view(shape)


class _Sum(torch.autograd.Function):
    """Sum over all processes; its gradient is summed over them too."""

    @staticmethod
    def forward(ctx, values: Tensor) -> Tensor:
        total = values.clone()
        dist.all_reduce(total)
        return total

    @staticmethod
    def backward(ctx, gradient: Tensor) -> Tensor:
        total = gradient.contiguous().clone()
        dist.all_reduce(total)
        return total
