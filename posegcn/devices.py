"""Where tensors are computed with."""

from contextlib import AbstractContextManager, nullcontext

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
