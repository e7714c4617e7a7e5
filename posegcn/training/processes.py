"""Several processes that train one network, as ``torchrun`` starts them."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor

from posegcn.errors import WorkError

TIMEOUT = timedelta(minutes=10)  # how long a GPU waits for the others; a CPU notices at once


class Processes:
    """The processes of a training, of which this is one; usually it is the only one.

    All hold the same network and draw the same order; each takes its share of every batch. The
    first writes, reads and validates for all.

    Args:
        rank: Number of this process.
        size: How many there are.
    """

    def __init__(self, rank: int = 0, size: int = 1):
        self.rank, self.size = rank, size

    @property
    def patience(self) -> int:
        """Batches between two moments at which the processes ask each other something."""
        return 1 if self.size == 1 else 10

    @property
    def is_first(self) -> bool:
        """Whether this is the one that writes."""
        return self.rank == 0

    def share(self, items: Tensor) -> tuple[Tensor, float]:
        """Items of a batch that are ours, and the weight of their mean in a mean over processes.

        Of a batch with fewer items than processes, everyone takes all of it.
        """
        if self.size == 1 or len(items) < self.size:
            return items, 1.0
        mine = items.tensor_split(self.size)[self.rank]
        return mine, self.size * len(mine) / len(items)

    def first(self, work: Callable[[], Any]) -> Any:
        """What the first process makes, for all; what it raises, too."""
        if self.size == 1:
            return work()
        outcome: list = [None, None]
        if self.is_first:
            try:
                outcome[0] = work()
            except Exception as error:
                outcome[1] = error
        dist.broadcast_object_list(outcome, src=0)
        if outcome[1] is not None:
            raise outcome[1]
        return outcome[0]

    def mean(self, values: Tensor) -> Tensor:
        """Mean over the processes."""
        if self.size > 1:
            dist.all_reduce(values)
        return values / self.size

    def any(self, here: bool, device: torch.device) -> bool:
        """Whether something holds in any process."""
        if self.size == 1:
            return here
        flag = torch.tensor(float(here), device=device)
        dist.all_reduce(flag, dist.ReduceOp.MAX)
        return bool(flag)


def world_size() -> int:
    """How many processes ``torchrun`` has started; without it, one."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def is_first_process() -> bool:
    """Whether this is the process that prints results; without ``torchrun``, it is."""
    return os.environ.get("RANK", "0") == "0"


@contextmanager
def joined(device: torch.device) -> Iterator[Processes]:
    """Join the processes that ``torchrun`` has started; without it, there is one.

    Args:
        device: Where this process computes.

    Raises:
        WorkError: Another process has ended in the middle of the work.
    """
    size = world_size()
    if size == 1:
        yield Processes()
        return
    rank = int(os.environ["RANK"])
    if device.type == "cuda":
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
    dist.init_process_group("nccl" if device.type == "cuda" else "gloo", timeout=TIMEOUT)
    try:
        yield Processes(rank, size)
    except RuntimeError as error:
        if not isinstance(error, dist.DistError) and "gloo" not in str(error):
            raise  # a fault of its own
        raise WorkError(
            f"process {rank} of {size} has lost the others: one has ended or cannot be reached; "
            "start all of them again with --resume"
        ) from error
    finally:
        dist.destroy_process_group()
