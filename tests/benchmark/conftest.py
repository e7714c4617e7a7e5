from functools import partial

import pytest
import torch

from posegcn import RECIPES
from posegcn.benchmark import inference_speed, suite, workloads
from posegcn.benchmark.ceilings import measure_ceilings
from posegcn.benchmark.timing import interleave

TINY = {
    "semgcn-h36m-gt": {"channels": 4, "num_blocks": 1},
    "gla_gcn-27-h36m-gt": {"channels": 4, "strides": (3, 3)},
    "temporal_conv-27-h36m-gt": {"channels": 4, "widths": (3, 3)},
}


@pytest.fixture(scope="module")
def tiny(synthetic):
    """Networks so small that measuring them takes a moment."""
    some = synthetic.every(20)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("training_clips", "test_clips"):
            patch.setattr(suite, name, lambda skeleton: some)
        patch.setattr(workloads, "test_clips", lambda skeleton: some)
        patch.setattr(suite, "CLIP_FRAMES", 40)
        patch.setattr(suite, "CLIP_WINDOWS", 16)
        patch.setattr(suite, "measure_ceilings", partial(measure_ceilings, seconds=0.01))
        patch.setattr(suite.Settings, "time", briefly)
        patch.setattr(inference_speed, "find_spec", lambda name: None)  # exporting takes seconds
        found = {}
        for name, options in TINY.items():
            changes = {"model_options": options, "batch_size": 8, "skeleton": "h36m_16"}
            recipe = RECIPES[name].replace(name=f"tiny {name}", **changes)
            patch.setitem(RECIPES, recipe.name, recipe)
            found[name.split("-")[0]] = workloads.Workload(recipe.name)
        yield found


def briefly(settings, calls):
    """One call in each measurement."""
    return interleave(calls, rounds=settings.rounds, warm_up=1, block_seconds=0)


@pytest.fixture(scope="module")
def settings():
    return suite.Settings(torch.device("cpu"), rounds=2, quick=True)
