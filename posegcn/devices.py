"""Where tensors are computed with."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache

import torch

from posegcn.errors import InputError, look_up

DEVICES = ("auto", "cpu", "cuda")


def pick_device(name: str) -> torch.device:
    """The device called ``name``; ``"auto"`` takes the GPU when there is one.

    Raises:
        InputError: The name is unknown, or there is no GPU where one is asked for.
    """
    kind = look_up("device", name, {device: device for device in DEVICES})
    if kind == "cuda" and not torch.cuda.is_available():
        raise InputError("device 'cuda' was asked for, but PyTorch sees no GPU; use 'cpu'")
    if kind == "auto":
        kind = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(kind)


def own_stream(device: torch.device) -> AbstractContextManager:
    """A stream of its own for the work of a GPU, as capturing it in a graph needs; else nothing."""
    if device.type != "cuda":
        return nullcontext()
    return torch.cuda.stream(torch.cuda.Stream())


@contextmanager
def multiplying(device: torch.device, *, tf32: bool = False) -> Iterator[None]:
    """How numbers of fp32 are multiplied, for a while.

    On a GPU as fp32, unless factors may be rounded to TF32. On a CPU by the faster of torch's two
    libraries, which it takes for products of "medium" precision; but not on processors with
    matrix units for bfloat16, where that would round the factors to 8 bits.

    Args:
        device: Where.
        tf32: Let a GPU keep 10 bits behind the leading one of each factor.
    """
    on_gpu = device.type == "cuda"
    if on_gpu:
        precision = "high" if tf32 else "highest"
    else:
        precision = "medium" if _medium_is_exact() else "highest"
    before = torch.get_float32_matmul_precision(), torch.backends.cudnn.allow_tf32
    torch.set_float32_matmul_precision(precision)
    torch.backends.cudnn.allow_tf32 = tf32 and on_gpu
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(before[0])
        torch.backends.cudnn.allow_tf32 = before[1]


@cache
def _medium_is_exact() -> bool:
    """Whether a product of medium precision keeps a number that bfloat16 would round."""
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("medium")
    numbers = torch.full((256, 256), 1 + 2**-12)
    same = torch.equal(numbers @ torch.eye(256), numbers)
    torch.set_float32_matmul_precision(before)
    return same
