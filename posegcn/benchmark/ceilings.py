"""What the machine can do at best: bytes copied and operations in a matrix product, a second."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Ceilings:
    """Rates that nothing on the device exceeds by much.

    Args:
        bytes_per_second: Read and written, in the fastest copy; of small tensors where those stay
            in the cache of a CPU.
        operations_per_second: In a large matrix product, in the precision of the benchmark.
    """

    bytes_per_second: float
    operations_per_second: float

    def floor(self, num_bytes: int, operations: int) -> float:
        """Seconds below which a step cannot get: of its bytes or its operations, what is more."""
        return max(num_bytes / self.bytes_per_second, operations / self.operations_per_second)


def measure_ceilings(device: torch.device, seconds: float = 0.5) -> Ceilings:
    """Copies of several sizes and a matrix product, each the best of many.

    Args:
        device: Where.
        seconds: Time for each.
    """
    on_gpu = device.type == "cuda"

    def best(call: Callable[[], object]) -> float:
        fastest, end = float("inf"), time.perf_counter() + seconds
        while time.perf_counter() < end:
            _wait(on_gpu)
            start = time.perf_counter()
            call()
            _wait(on_gpu)
            fastest = min(fastest, time.perf_counter() - start)
        return fastest

    rates = []
    for size in (2**28, 2**26) if on_gpu else (2**24, 2**17):  # numbers of 4 bytes
        source = torch.zeros(size, device=device)
        target = torch.empty_like(source)
        rates.append(8 * size / best(lambda s=source, t=target: t.copy_(s)))
    side = 8192 if on_gpu else 1024
    square = torch.randn(side, side, device=device)
    product = torch.empty_like(square)
    operations = 2 * side**3 / best(lambda: torch.mm(square, square, out=product))
    return Ceilings(max(rates), operations)


def _wait(on_gpu: bool) -> None:
    if on_gpu:
        torch.cuda.synchronize()
