"""Dropout whose zeros cost little to draw."""

import torch
from torch import Tensor, nn

LEVELS = 2**16  # of the probability: four decisions come out of one random number of 64 bits


class Dropout(nn.Dropout):
    r"""Zero each feature with probability p and scale the others by :math:`1 / (1 - p)`.

    On a CPU, drawing one random number for each feature takes longer than a graph convolution of
    narrow layers. Here four features share one, which rounds p to a multiple of
    :math:`2^{-16}`. Elsewhere, and in compiled code, it is torch's own.

    Args:
        p: Probability.

    Shape:
        - input: any
        - output: the same

    Source: Srivastava et al., Dropout: a simple way to prevent neural networks from overfitting,
    JMLR 2014.
    """

    def forward(self, x: Tensor) -> Tensor:
        """Apply dropout in training."""
        dropped = round(self.p * LEVELS)
        plain = not self.training or dropped in (0, LEVELS)
        if plain or x.device.type != "cpu" or torch.compiler.is_compiling():
            return super().forward(x)
        draws = torch.randint(-(2**63), 2**63 - 1, (-(-x.numel() // 4),))
        decisions = draws.view(torch.int16)[: x.numel()].view(x.shape)
        return x * (decisions >= dropped - LEVELS // 2) * (LEVELS / (LEVELS - dropped))
