"""Precision of a training step by name; errors are always measured in fp32."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import torch

from posegcn.devices import multiplying
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
    narrow = torch.autocast(device.type, autocast, enabled=autocast is not None)
    with multiplying(device, tf32=tf32), narrow:
        yield


def way_back(precision: str, device: torch.device) -> AbstractContextManager:
    """The same for the gradient of what was computed: autocast has been noted on the way."""
    return multiplying(device, tf32=PRECISIONS[precision][0])
