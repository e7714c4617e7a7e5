"""Precision of a training step by name; errors are always measured in fp32."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from posegcn.errors import look_up

# Whether a GPU may round the factors of a product to TF32, and the type of autocast.
PRECISIONS: dict[str, tuple[bool, torch.dtype | None]] = {
    "fp32": (False, None),
    "tf32": (True, None),
    "bf16": (True, torch.bfloat16),
}


@contextmanager
def computing(precision: str, device: torch.device) -> Iterator[None]:
    """Compute in a precision for a while.

    Args:
        precision: ``"fp32"``; ``"tf32"``: products of a GPU keep 10 bits behind the leading one
            (a CPU has none, so that it is fp32 there); ``"bf16"``: products and convolutions keep
            7 and weights stay in fp32, on any device.
        device: Where.

    Raises:
        InputError: No precision has that name.
    """
    tf32, autocast = look_up("precision", precision, PRECISIONS)
    switches = (torch.backends.cuda.matmul, torch.backends.cudnn)
    before = [switch.allow_tf32 for switch in switches]
    for switch in switches:
        switch.allow_tf32 = tf32
    try:
        with torch.autocast(device.type, autocast, enabled=autocast is not None):
            yield
    finally:
        for switch, allowed in zip(switches, before, strict=True):
            switch.allow_tf32 = allowed
