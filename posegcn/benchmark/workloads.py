"""What is measured: networks with the recipes and batch sizes of their publications."""

from dataclasses import dataclass, replace
from functools import cache

import torch

from posegcn.data import open_source
from posegcn.data.clips import Clips
from posegcn.errors import look_up
from posegcn.layers import list_layers
from posegcn.recipes import RECIPES, Recipe

TRAINING_POSES = 1_559_752  # of Human3.6M: subjects 1, 5, 6, 7 and 8, all cameras
TEST_POSES = 543_344  # subjects 9 and 11


@dataclass(frozen=True)
class Workload:
    """A network and how it is trained.

    Args:
        recipe_name: Name of its recipe.
        cpu_batch: Batch on a CPU, where a step of the published size would take many seconds;
            0: the published one.
        quick: Whether the quick run has it.
    """

    recipe_name: str
    cpu_batch: int = 0
    quick: bool = True

    def recipe(self, device: torch.device) -> Recipe:
        """Its recipe, with every item once and as it is: the textbook windows are not mirrored."""
        recipe = RECIPES[self.recipe_name].replace(flip=False)
        if device.type == "cpu" and self.cpu_batch:
            recipe = recipe.replace(batch_size=self.cpu_batch)
        return recipe


STACKED = [name for name in list_layers() if name != "adaptive"]
WORKLOADS = {
    "semgcn": Workload("semgcn-h36m-gt"),
    "semgcn_nonlocal": Workload("semgcn_nonlocal-h36m-gt"),
    "modulated_gcn": Workload("modulated_gcn-h36m-gt"),
    "modulated_gcn_cpn": Workload("modulated_gcn-h36m-cpn", quick=False),
    **{
        f"graphsh-{layer}": Workload(
            f"graphsh-{layer}-h36m-gt", quick=layer in ("dc_preagg", "nosharing")
        )
        for layer in STACKED
    },
    "gla_gcn-27": Workload("gla_gcn-27-h36m-gt", cpu_batch=16),
    "gla_gcn-243": Workload("gla_gcn-243-h36m-gt", cpu_batch=4, quick=False),
    "temporal_conv-27": Workload("temporal_conv-27-h36m-gt", cpu_batch=64),
    "temporal_conv-243": Workload("temporal_conv-243-h36m-gt", cpu_batch=32, quick=False),
}


def chosen(names: str | None, quick: bool) -> dict[str, Workload]:
    """The workloads called so, with commas between them; else all, or those of the quick run.

    Raises:
        InputError: There is none of that name.
    """
    if names is not None:
        wanted = [name.strip() for name in names.split(",")]
        return {name: look_up("network", name, WORKLOADS) for name in wanted}
    return {name: load for name, load in WORKLOADS.items() if load.quick or not quick}


@cache
def test_clips(skeleton: str) -> Clips:
    """The poses to test on."""
    return open_source("synthetic", skeleton).part("test")


def long_clip(skeleton: str, num_frames: int) -> Clips:
    """One clip of many frames, put together from others."""
    clips = test_clips(skeleton)
    frames = {name: getattr(clips, name)[:num_frames] for name in ("keypoints", "joints", "root")}
    clip = replace(clips[0], valid=None, **frames)
    return Clips.from_clips("long", clips.skeleton, clips.subjects, [clip])


@cache
def training_clips(skeleton: str) -> Clips:
    """The poses to train on: the embedded ones; speed does not depend on what they show."""
    return open_source("synthetic", skeleton).part("train")
