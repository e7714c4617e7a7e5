"""Random numbers that depend on the seed alone, and leave those of the program alone."""

from collections.abc import Sequence
from contextlib import AbstractContextManager

import torch


def epoch_generators(seeds: Sequence[int], epoch: int) -> list[torch.Generator]:
    """What the order of an epoch is drawn from, by seed and epoch: a resumed run has the same."""
    return [torch.Generator().manual_seed((1_000_003 * seed + epoch) % 2**63) for seed in seeds]


def own_generators(device: torch.device) -> AbstractContextManager:
    """Let the global generators of CPU and device be as they were, afterwards."""
    return torch.random.fork_rng([device] if device.type == "cuda" else [])
