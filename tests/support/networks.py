"""Small networks that have learned a little, and what they are given."""

from copy import deepcopy
from functools import cache

import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

from posegcn import list_layers, make_model

SMALL = {
    **{f"residual_gcn {layer}": {"layer": layer, "num_blocks": 1} for layer in list_layers()},
    **{f"graph_hourglass {layer}": {"layer": layer, "stacks": 2} for layer in list_layers()},
    "linear": {},
    "residual_gcn": {"non_local": True, "final_non_local": True, "num_blocks": 1},
    "semgcn": {},
    "modulated_gcn": {"non_local": True, "dropout": 0.1},
    "modulated_gcn_cpn": {},
    "modulated_gcn_refined": {},
    "graph_hourglass": {"dropout": 0.1},
    "gla_gcn": {"strides": (3, 3)},
    "gla_gcn paper": {
        "strides": (3,),
        "head": "per_joint",
        "sequence_head": True,
        "num_sequence_blocks": 1,
    },
    "temporal_conv": {"widths": (3, 3)},
    "temporal_conv dense causal": {"widths": (3, 3), "dense": True, "causal": True},
}


def network(name, **options):
    """A fresh network; the first word says which."""
    torch.manual_seed(0)
    return make_model(name.split()[0], channels=8, **SMALL[name], **options)


def trained(name, **options):
    """A few steps on noise, so that no norm and no adjacency is as it began; in double."""
    return deepcopy(_trained(name, **options))


@cache
def _trained(name, **options):
    model = network(name, **options).double().train()
    for module in model.modules():
        if isinstance(module, nn.BatchNorm1d):
            nn.init.uniform_(module.weight, 0.5, 2)  # some begin at zero
            module.momentum = 0.5
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(3):
        output = model(*inputs(model, 6))
        loss = sum((pose - 1).square().mean() for pose in output)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model


def inputs(model, num_poses):
    """Keypoints and, where the network asks for it, a camera."""
    generator = torch.Generator().manual_seed(1)
    time = (model.receptive_field,) if hasattr(model, "receptive_field") else ()
    shape = (num_poses, *time, model.skeleton.num_joints, 2)
    keypoints = torch.randn(shape, generator=generator, dtype=torch.float64)
    camera = torch.tensor([2.0, 2, 0, 0, 0, 0, 0, 0, 0], dtype=torch.float64).expand(num_poses, -1)
    table = {"keypoints": keypoints, "intrinsics": camera}
    return tuple(table[name] for name in getattr(model, "inputs", ("keypoints",)))


class Count(TorchDispatchMode):
    """Counts operations that touch numbers; views do not."""

    def __init__(self):
        super().__init__()
        self.number = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.number += not func.is_view
        return func(*args, **(kwargs or {}))


@torch.no_grad()
def num_operations(model, *batch):
    """Operations of one forward pass."""
    with Count() as count:
        model(*batch)
    return count.number
