"""What a call asks of the machine: operators, bytes, operations, launches, memory."""

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor
from torch.multiprocessing.reductions import StorageWeakRef
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import FlopCounterMode

Call = Callable[[], object]

# Operators that touch no numbers although their schema does not say so.
IDLE = {"_unsafe_view", "empty", "empty_like", "empty_strided", "new_empty", "new_empty_strided"}
LAUNCHES = ("cudaLaunchKernel", "cuLaunchKernel", "cudaMemcpy", "cudaMemset", "cudaGraphLaunch")
WAITS = ("cudaStreamSynchronize", "cudaDeviceSynchronize", "cudaEventSynchronize")


class OperatorCounter(TorchDispatchMode):
    """Counts operators while it is on, views apart, and the bytes they read, write and hold."""

    def __init__(self):
        super().__init__()
        self.operators, self.views, self.bytes, self.most_held = 0, 0, 0, 0
        self.held: dict[int, tuple[StorageWeakRef, int]] = {}

    def __torch_dispatch__(self, operator, types, args=(), kwargs=None):
        """Run the operator and count it."""
        kwargs = kwargs or {}
        for values in _tensors((args, kwargs)):
            self._hold(values, 0)  # unless it was made here, it was there before
        result = operator(*args, **kwargs)
        for values in _tensors(result):
            self._hold(values, values.untyped_storage().nbytes())
        self._count_held()
        if _moves_nothing(operator):
            self.views += 1
        else:
            self.operators += 1
            self.bytes += sum(map(_num_bytes, _tensors((args, kwargs, result))))
        return result

    def _hold(self, values: Tensor, size: int) -> None:
        storage = values.untyped_storage()
        self.held.setdefault(storage._cdata, (StorageWeakRef(storage), size))

    def _count_held(self) -> None:
        self.held = {key: kept for key, kept in self.held.items() if not kept[0].expired()}
        self.most_held = max(self.most_held, sum(size for _, size in self.held.values()))


def _moves_nothing(operator) -> bool:
    if operator.overloadpacket.__name__ in IDLE:
        return True
    aliases = [value.alias_info for value in operator._schema.returns]
    return any(alias is not None and not alias.is_write for alias in aliases)


def _tensors(tree: Any) -> Iterator[Tensor]:
    return (leaf for leaf in tree_leaves(tree) if isinstance(leaf, Tensor))


def _num_bytes(values: Tensor) -> int:
    """Bytes of a tensor; those that an expanded one repeats count once."""
    held = values.untyped_storage().nbytes() if values.device.type != "meta" else 0
    return min(values.numel() * values.element_size(), held)


def count_work(call: Call) -> dict[str, int]:
    """Operators, views, bytes, operations and memory of one call, run eagerly.

    Bytes are those that operators read and write if each goes through memory; operations are
    those of matrix products and convolutions, two for each multiplication with its addition.
    Held are the most bytes that tensors made in the call take at one time.
    """
    with OperatorCounter() as counter, FlopCounterMode(display=False) as flops:
        call()
    return {
        "operators": counter.operators,
        "views": counter.views,
        "bytes": counter.bytes,
        "held_bytes": counter.most_held,
        "operations": flops.get_total_flops(),
    }


def count_launches(call: Call) -> dict[str, int]:
    """Kernels that a GPU runs in one call, launches that the CPU makes, and waits for the GPU."""
    around = _events(lambda: None)  # the profiler waits, too
    return {name: count - around[name] for name, count in _events(call).items()}


def _events(call: Call) -> dict[str, int]:
    from torch.autograd import DeviceType
    from torch.profiler import ProfilerActivity, profile

    torch.cuda.synchronize()
    with profile(activities=[ProfilerActivity.CPU, ProfilerActivity.CUDA]) as seen:
        call()
        torch.cuda.synchronize()
    events = list(seen.events())
    return {
        "kernels": sum(event.device_type == DeviceType.CUDA for event in events),
        "launches": sum(event.name.startswith(LAUNCHES) for event in events),
        "waits": sum(event.name.startswith(WAITS) for event in events),
    }


def peak_memory(work: Call) -> int:
    """Most bytes that tensors held on the GPU during some work, beyond what was there before."""
    torch.cuda.synchronize()
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_allocated()
    work()
    torch.cuda.synchronize()
    torch.cuda.empty_cache()
    return torch.cuda.max_memory_allocated() - before
