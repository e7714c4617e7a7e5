"""Non-local blocks: every joint may attend to every other, or to groups of them."""

from collections.abc import Sequence

from torch import Tensor, nn
from torch.nn import functional

from posegcn.layers.base import normalise
from posegcn.pooling import MaxPool


class GroupedNonLocal(nn.Module):
    r"""Concatenation non-local block whose keys are pooled over groups of joints.

    .. math::
        z_i = x_i + \operatorname{BN}\Big(W \sum_{g} f_{ig} \, \max_{j \in g} v_j\Big),
        \qquad f_{ig} = \frac{1}{G} \operatorname{ReLU}\big(w_\theta \cdot \theta_i
        + w_\phi \cdot \max_{j \in g} \phi_j\big)

    with :math:`\theta, \phi, v` linear maps of x. Groups are sets: their order does not matter.

    Args:
        channels: Channels C of a joint.
        groups: Joints pooled together, for example ``skeleton.groups``; one joint each for no
            pooling.
        batch_norm: Normalise the result; the block then starts as the identity.

    Shape:
        - input: ``(B, J, C)``
        - output: ``(B, J, C)``

    Raises:
        InputError: The groups do not hold every joint exactly once.

    Source: Wang et al., Non-local neural networks, CVPR 2018 (concatenation form), pooled over
    the groups of Zhao et al., CVPR 2019, public code. Differs from it: groups of any size; the
    public code needs pairs and drops a last joint without partner.
    """

    def __init__(self, channels: int, groups: Sequence[Sequence[int]], *, batch_norm: bool = True):
        super().__init__()
        inner = max(channels // 2, 1)
        self.value = nn.Linear(channels, inner)
        self.theta = nn.Linear(channels, inner)
        self.phi = nn.Linear(channels, inner)
        self.project = nn.Linear(2 * inner, 1, bias=False)
        self.output = nn.Linear(inner, channels)
        self.norm = nn.BatchNorm1d(channels) if batch_norm else nn.Identity()
        self.pool = MaxPool(groups)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Kaiming-normal matrices; the last affine map is zero, so the block is the identity."""
        for linear in (self.value, self.theta, self.phi, self.project, self.output):
            nn.init.kaiming_normal_(linear.weight)
            if linear.bias is not None:
                nn.init.zeros_(linear.bias)
        last = self.output if isinstance(self.norm, nn.Identity) else self.norm
        nn.init.zeros_(last.weight)
        nn.init.zeros_(last.bias)

    def attention(self, x: Tensor) -> Tensor:
        """How much joint i takes from group g.  (B, J, C) -> (B, J, G)"""
        from_theta, from_phi = self.project.weight.chunk(2, dim=-1)  # (1, C/2) each
        theta, bias = from_theta @ self.theta.weight, from_theta @ self.theta.bias
        query = functional.linear(x, theta, bias)  # (B, J, 1), without the features between
        key = functional.linear(self.pool(self.phi(x)), from_phi)  # (B, G, 1)
        return (query + key.mT).relu() / key.shape[-2]

    def forward(self, x: Tensor) -> Tensor:
        """Apply the block.  (B, J, C) -> (B, J, C)"""
        y = self.output(self.attention(x) @ self.pool(self.value(x)))
        return x + normalise(self.norm, y)


class EmbeddedGaussianNonLocal(nn.Module):
    r"""Non-local block in which every joint attends to every joint by a softmax.

    .. math::
        z_i = x_i + \operatorname{BN}\Big(W \sum_j f_{ij} \, v_j\Big),
        \qquad f_{ij} = \operatorname{softmax}_j(\theta_i \cdot \phi_j)

    with :math:`\theta, \phi, v` linear maps of x.

    Args:
        channels: Channels C of a joint.

    Shape:
        - input: ``(..., J, C)``
        - output: ``(..., J, C)``

    Source: Wang et al., Non-local neural networks, CVPR 2018 (embedded Gaussian form), as at the
    end of Modulated GCN for detected keypoints, public code. Differs from that: nothing.
    """

    def __init__(self, channels: int):
        super().__init__()
        inner = max(channels // 2, 1)
        self.value = nn.Linear(channels, inner)
        self.theta = nn.Linear(channels, inner)
        self.phi = nn.Linear(channels, inner)
        self.output = nn.Linear(inner, channels)
        self.norm = nn.BatchNorm1d(channels)
        nn.init.zeros_(self.norm.weight)  # the block starts as the identity

    def attention(self, x: Tensor) -> Tensor:
        """How much joint i takes from joint j, rows sum to one.  (..., J, C) -> (..., J, J)"""
        return (self.theta(x) @ self.phi(x).mT).softmax(dim=-1)

    def forward(self, x: Tensor) -> Tensor:
        """Apply the block.  (..., J, C) -> (..., J, C)"""
        y = self.output(self.attention(x) @ self.value(x))
        return x + normalise(self.norm, y)
