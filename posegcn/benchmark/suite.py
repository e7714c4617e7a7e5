"""The benchmark: the gate, then every network beside its textbook form, as plain values."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import torch
from torch import nn

from posegcn.benchmark.ceilings import Ceilings, measure_ceilings
from posegcn.benchmark.counting import count_launches, count_work, peak_memory
from posegcn.benchmark.environment import environment
from posegcn.benchmark.gate import LIMIT, check_equal
from posegcn.benchmark.inference_speed import (
    check_agreement,
    clip_calls,
    evaluation_calls,
    lifters,
    prediction_calls,
    some_keypoints,
)
from posegcn.benchmark.timing import Timing, interleave
from posegcn.benchmark.training_speed import PARTS, Side, sides
from posegcn.benchmark.workloads import (
    TEST_POSES,
    TRAINING_POSES,
    Workload,
    long_clip,
    test_clips,
    training_clips,
)
from posegcn.devices import own_stream
from posegcn.models.temporal_conv import TemporalConv
from posegcn.prediction import context
from posegcn.recipes import RECIPES

Result, Tell = dict[str, Any], Callable[[str], None]


@dataclass(frozen=True)
class Settings:
    """How it is measured.

    Args:
        device: Where.
        rounds: Measurements of each thing, 15 or more for numbers that are shown.
        quick: Fewer poses at a time, and no step without its data, so that all ends in minutes.
        precision: Of training, see :func:`posegcn.training.precision.computing`.
        compiled: On a CPU too, measure what ``torch.compile`` makes of both.
    """

    device: torch.device
    rounds: int = 15
    quick: bool = False
    precision: str = "fp32"
    compiled: bool = False

    def time(self, calls: Mapping[str, Callable[[], object]]) -> Timing:
        """Interleaved rounds of some calls."""
        on_gpu = self.device.type == "cuda"
        wait = torch.cuda.synchronize if on_gpu else lambda: None
        warm_up = 5 if on_gpu or self.compiled else 1  # what is compiled or captured on the way
        block = 0.05 if self.quick else 0.2
        return interleave(calls, self.rounds, warm_up, block_seconds=block, synchronise=wait)


def run(workloads: Mapping[str, Workload], settings: Settings, tell: Tell) -> Result:
    """Measure some networks.

    Args:
        workloads: What to measure, by name.
        settings: How.
        tell: Told what is being done.

    Raises:
        WorkError: A network and its textbook form do not compute the same.
    """
    gate = {}
    for name, workload in workloads.items():
        tell(f"{name}: is the textbook form equal?")
        gate[name] = check_equal(RECIPES[workload.recipe_name].build())
    tell("what the machine can do at best")
    ceilings = measure_ceilings(settings.device)
    result = {
        "environment": environment(settings.device, settings.precision),
        "rounds": settings.rounds,
        "quick": settings.quick,
        "gate": {"limit": LIMIT, "difference": gate},
        "ceilings": asdict(ceilings),
        "networks": {},
    }
    with own_stream(settings.device):
        for name, workload in workloads.items():
            found = _training(name, workload, settings, ceilings, tell)
            found |= _prediction(name, workload, settings, tell)
            result["networks"][name] = found
    return result


def _training(
    name: str, workload: Workload, settings: Settings, ceilings: Ceilings, tell: Tell
) -> Result:
    recipe = workload.recipe(settings.device)
    clips = training_clips(recipe.skeleton)
    device, precision = settings.device, settings.precision
    makers = sides(recipe, clips, device, precision=precision, compiled=settings.compiled)
    on_gpu = device.type == "cuda"
    peaks = {side: peak_memory(partial(_train, makers[side])) for side in makers if on_gpu}
    found = {side: make() for side, make in makers.items()}
    rows = {}
    for part in QUICK_PARTS if settings.quick else PARTS:
        tell(f"{name}: {part.replace('_', ' ')}")
        timing = settings.time({side: getattr(found[side], part) for side in found})
        rows[part] = timing.compared("textbook")
    for row in rows["end_to_end"].values():
        seconds = row["seconds"]["median"]
        row["steps_per_second"] = 1 / seconds
        row["poses_per_second"] = recipe.batch_size / seconds
        row["epoch_seconds"] = TRAINING_POSES / recipe.batch_size * seconds
    tell(f"{name}: operators and bytes")
    work = {}
    for side, row in rows["end_to_end"].items():
        work[side] = _work(found, side, ceilings, row["seconds"]["median"])
        if on_gpu:
            work[side]["peak_bytes"] = peaks[side]
            work[side] |= count_launches(found[side].end_to_end)
    return {
        "recipe": workload.recipe_name,
        "batch_size": recipe.batch_size,
        "published_batch_size": RECIPES[workload.recipe_name].batch_size,
        "training": rows,
        "work": work,
    }


def _train(make: Callable[[], Side]) -> None:
    """As many steps as an engine needs to be under way, from nothing."""
    side = make()
    for _ in range(6):
        side.end_to_end()


def _work(found: Mapping[str, Side], side: str, ceilings: Ceilings, seconds: float) -> Result:
    """What a step asks of the machine, and how near it is to the floor.

    Operators and bytes are those of the eager step, also where it is compiled or captured.
    """
    twin = "textbook" if side.startswith("textbook") else "ours"
    work = count_work(found.get(f"{twin} eager", found[twin]).step)
    floor = ceilings.floor(work["bytes"], work["operations"])
    return {**work, "floor_seconds": floor, "fraction_of_floor": floor / seconds}


def _prediction(name: str, workload: Workload, settings: Settings, tell: Tell) -> Result:
    recipe, device = workload.recipe(settings.device), settings.device
    model = recipe.build().to(device).eval()
    compiled = settings.compiled or device.type == "cuda"
    many = _num_items(model, settings)
    networks, skipped = lifters(model, compiled=compiled)
    rows = {}
    for part, count in (("one_pose", 1), ("many_poses", many)):
        tell(f"{name}: {part.replace('_', ' ')}")
        calls = prediction_calls(networks, some_keypoints(model, count), device)
        check_agreement(calls)
        timing = settings.time(calls).each(dict.fromkeys(calls, count))
        rows[part] = timing.compared("textbook")
    for row in rows["many_poses"].values():
        row["test_set_seconds"] = TEST_POSES * row["seconds"]["median"]
    if context(model) is None:
        tell(f"{name}: evaluation with P1 and P2")
        clips = test_clips(recipe.skeleton).every(40 if settings.quick else 2)
        calls = evaluation_calls(model, clips, recipe.batch_size, device)
        counts = dict.fromkeys(calls, clips.num_frames)
        rows["evaluation"] = settings.time(calls).each(counts).compared("textbook")
    if isinstance(model, TemporalConv):
        tell(f"{name}: a whole clip against window by window")
        clip = long_clip(recipe.skeleton, CLIP_FRAMES)
        calls = clip_calls(model, clip, CLIP_WINDOWS)
        counts = {"windows": CLIP_WINDOWS, "clip": CLIP_FRAMES}
        rows["clip"] = settings.time(calls).each(counts).compared("windows")
    return {"prediction": rows, "predicted_at_once": many, "skipped": skipped}


def _num_items(model: nn.Module, settings: Settings) -> int:
    """Poses or windows at a time: what the device computes in a moment."""
    frames = getattr(model, "receptive_field", 1)
    poses = 65_536 if settings.device.type == "cuda" else 256 if settings.quick else 2048
    return max(16, poses // frames)


QUICK_PARTS = ("data", "end_to_end")
CLIP_WINDOWS = 64  # those of a clip that are lifted one by one, together
CLIP_FRAMES = 2302  # of the mean test clip of Human3.6M: 543,344 poses in 236 clips
