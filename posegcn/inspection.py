"""What a network does: which joint listens to which, and what that costs."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.func import jacrev, vmap

from posegcn.errors import InputError
from posegcn.layers import GraphConv
from posegcn.layers.adaptive import AdaptiveGraphConv
from posegcn.prediction import check_takes_keypoints, context, evaluation_mode, keypoint_shape


def influence(module: nn.Module, x: Tensor | None = None) -> Tensor:
    r"""Which joint listens to which.

    .. math:: I_{ij} = \operatorname{mean}_x \Big\| \frac{\partial y_i}{\partial x_j} \Big\|_F

    For a graph convolution this is the norm of :math:`a_{ij} W_{ij}`, whatever the input; for a
    network over time it runs over all frames of the window. Network and mode are left as they
    were.

    Args:
        module: A layer, or a network that takes keypoints alone.
        x: Inputs over which the mean is taken; 16 normal random poses or windows where it is not
            given.  (N, J, C) or (N, T, J, 2)

    Shape:
        - output: ``(J, J)``, row i the listener, column j the speaker

    Raises:
        InputError: The network takes more than keypoints.
    """
    check_takes_keypoints(module)
    if x is None:
        shape = (16, *_input_shape(module))
        x = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    x = x.to(next(module.parameters()))
    over_time = context(module) is not None
    with evaluation_mode(module):
        # (N, 1, J, C', T, J, C) over time, else (N, J, C', J, C)
        jacobian = vmap(jacrev(lambda pose: module(pose[None])[0]))(x).detach()
    squares = jacobian.square().sum(dim=(1, 3, 4, 6) if over_time else (2, 4))
    return squares.sqrt().mean(dim=0)


@torch.no_grad()
def measured_graphs(model: nn.Module, keypoints: Tensor) -> dict[str, Tensor]:
    """What the adaptive layers of a network measure on some windows, by name of the layer.

    Args:
        model: Lifting network; its mode is restored afterwards.
        keypoints: Windows, or poses for a network of one pose.  (B, T, J, 2)

    Shape:
        - each: ``(B, K, J, J)``; rows are listeners and sum to one

    Raises:
        InputError: The network has no adaptive layer.
    """
    layers = {
        name: layer for name, layer in model.named_modules() if isinstance(layer, AdaptiveGraphConv)
    }
    if not layers:
        raise InputError(f"{type(model).__name__} has no adaptive layer, as gla_gcn has")
    found = {}

    def measure(name: str) -> Callable[[AdaptiveGraphConv, tuple[Tensor]], None]:
        def hook(layer: AdaptiveGraphConv, inputs: tuple[Tensor]) -> None:
            found[name] = layer.measured(*inputs)

        return hook

    hooks = [layer.register_forward_pre_hook(measure(name)) for name, layer in layers.items()]
    try:
        with evaluation_mode(model):
            model(keypoints.to(next(model.parameters()).device))
    finally:
        for hook in hooks:
            hook.remove()
    return found


def count_parameters(module: nn.Module) -> int:
    """Number of weights that are learned."""
    return sum(parameter.numel() for parameter in module.parameters())


@torch.no_grad()
def count_multiply_adds(module: nn.Module) -> int:
    """Multiplications and additions, as pairs, in the matrix products for one pose.

    Raises:
        InputError: The network takes more than keypoints.
    """
    from torch.utils.flop_counter import FlopCounterMode

    check_takes_keypoints(module)
    x = torch.zeros(1, *_input_shape(module)).to(next(module.parameters()))
    with evaluation_mode(module), FlopCounterMode(display=False) as counter:
        module(x)
    return counter.get_total_flops() // 2


def _input_shape(module: nn.Module) -> tuple[int, ...]:
    if isinstance(module, GraphConv):
        return module.graph.num_nodes, module.in_channels
    return keypoint_shape(module)
