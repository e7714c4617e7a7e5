"""The gate: no speed is told of two networks that do not compute the same."""

from collections.abc import Iterator
from copy import deepcopy

import torch
from torch import Tensor, nn

from posegcn.benchmark.textbook import to_textbook
from posegcn.errors import WorkError
from posegcn.prediction import keypoint_shape

LIMIT = 1e-9


def check_equal(model: nn.Module, batch_size: int = 4) -> float:
    """The largest difference between a network and its textbook form, in float64.

    Outputs in training and in evaluation, gradients of the keypoints and of every parameter, and
    the running statistics of batch norm; each relative to the largest number of its tensor where
    that is above one. Parameters are moved away from their initial values first, so that no block
    is the identity; there is no dropout.

    Args:
        model: One of ours; it is left alone.
        batch_size: Poses or windows.

    Raises:
        InputError: The network has no textbook form.
        WorkError: The difference is not below 1e-9.
    """
    ours = _moved(deepcopy(model).double().cpu())
    textbook = to_textbook(ours)
    ours.train(), textbook.train()
    keypoints = torch.randn(input_shape(ours, batch_size), generator=_seeded()).double()
    pairs = [*_training_pairs(ours, textbook, keypoints)]
    ours.eval(), textbook.eval()
    with torch.no_grad():
        pairs.append(("output in evaluation", ours(keypoints), textbook(keypoints)))
    differences = {name: _difference(a, b) for name, a, b in pairs}
    worst = max(differences, key=differences.__getitem__)
    if not differences[worst] < LIMIT:
        raise WorkError(
            f"{type(model).__name__} and its textbook form differ: {worst} by "
            f"{differences[worst]:.1e}, allowed is {LIMIT:.0e}; no speed is measured"
        )
    return differences[worst]


def input_shape(model: nn.Module, batch_size: int) -> tuple[int, ...]:
    """Shape of the keypoints of a batch.  (B, J, 2) or (B, T, J, 2)"""
    return batch_size, *keypoint_shape(model)


def _seeded() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def _moved(model: nn.Module) -> nn.Module:
    """The network with other parameters, and without dropout."""
    generator = _seeded()
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
    for parameter in model.parameters():
        noise = torch.randn(parameter.shape, generator=generator, dtype=parameter.dtype)
        parameter.data += 0.1 * noise
    return model


def _training_pairs(
    ours: nn.Module, textbook: nn.Module, keypoints: Tensor
) -> Iterator[tuple[str, Tensor, Tensor]]:
    """Name, ours and the textbook's, of all that one step of training computes."""
    inputs, outputs = [], []
    for network in (ours, textbook):
        inputs.append(keypoints.clone().requires_grad_())
        outputs.append(network(inputs[-1]))
        weights = torch.randn(outputs[-1].shape, generator=_seeded()).double()
        (outputs[-1] * weights).sum().backward()
    yield "output in training", *(output.detach() for output in outputs)
    yield "gradient of the keypoints", inputs[0].grad, inputs[1].grad
    theirs = gradients(textbook)
    for name, parameter in ours.named_parameters():
        grad = torch.zeros_like(parameter) if parameter.grad is None else parameter.grad
        yield f"gradient of {name}", grad, theirs.pop(name).reshape(grad.shape)
    for name, grad in theirs.items():  # a bias that ours leaves out because it has no effect
        yield f"gradient of {name}", torch.zeros_like(grad), grad
    statistics = dict(textbook.named_buffers())
    for name, values in ours.named_buffers():
        if name.endswith(("running_mean", "running_var")):
            yield name, values, statistics[name]


def gradients(textbook: nn.Module) -> dict[str, Tensor]:
    """Gradients of a textbook network by the names of our parameters."""
    found = {name: parameter.grad for name, parameter in textbook.named_parameters()}
    for prefix, module in textbook.named_modules():
        if hasattr(module, "as_ours"):
            found = {name: g for name, g in found.items() if not name.startswith(f"{prefix}.")}
            grads = module.as_ours(lambda parameter: parameter.grad)
            found |= {f"{prefix}.{name}": grad for name, grad in grads.items()}
    return found


def _difference(a: Tensor, b: Tensor) -> float:
    return ((a - b).abs().max() / b.abs().max().clamp(min=1)).item()
