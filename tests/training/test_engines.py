from functools import partial

import pytest
import torch
from support.clips import clips_of
from torch.testing import assert_close

from posegcn import InputError
from posegcn.recipes import RECIPES
from posegcn.training import fit
from posegcn.training.batches import PoseBatches
from posegcn.training.captured import CapturedStep
from posegcn.training.engines import make_step, make_trainer
from posegcn.training.processes import Processes

RECIPE = RECIPES["semgcn-h36m-gt"].replace(
    epochs=2, batch_size=64, model_options={"channels": 8, "num_blocks": 1}
)
FALLING = RECIPE.replace(norm_momentum="falling", model_options={"channels": 4, "num_blocks": 0})
SETTLING = RECIPES["gla_gcn-27-h36m-gt"].replace(
    epochs=5, batch_size=16, model_options={"strides": (3,), "channels": 4, "dropout": 0.0}
)


@pytest.fixture(scope="module")
def data(synthetic):
    train, validation, _ = synthetic.every(160).split()
    return train, validation


@pytest.fixture(scope="module")
def body17():
    """Windows for a network over time."""
    return clips_of([40, 30])


def steps_of(name, recipe, clips, seeds=(0,), epochs=3, device="cpu"):
    """Losses and weights after two steps in each of some epochs, in double precision."""
    models = [recipe.build(seed).double().to(device) for seed in seeds]
    batches = PoseBatches(clips, recipe, models[0])
    batches.joints = batches.joints.double()
    batches.inputs = {name: values.double() for name, values in batches.inputs.items()}
    trainer = make_trainer(models, recipe, len(batches), "fp32", Processes())
    step = make_step(name, trainer, batches, Processes())
    losses = []
    for epoch in range(epochs):
        trainer.begin_epoch(epoch)
        generators = [torch.Generator().manual_seed(epoch + seed) for seed in seeds]
        losses += [step(items).clone() for items in batches.order(*generators)[:2]]
    return torch.stack(losses), [model.state_dict() for model in models]


def assert_same(one, other):
    assert_close(one[0], other[0], rtol=1e-9, atol=1e-9)
    for state, expected in zip(one[1], other[1], strict=True):
        for key, value in state.items():
            assert_close(value, expected[key], rtol=1e-7, atol=1e-7)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(
    ("recipe", "seeds", "backend"),
    [(FALLING, (0,), "inductor"), (SETTLING, (0,), "aot_eager"), (SETTLING, (0, 1), "aot_eager")],
    ids=["semgcn", "gla_gcn", "gla_gcn two seeds"],
)
def test_compiled_steps_are_those_as_written(data, body17, monkeypatch, recipe, seeds, backend):
    """With a momentum of batch norm that falls, and without compiling anew for it."""
    clips = data[0] if recipe is FALLING else body17
    torch.compiler.reset()
    monkeypatch.setattr(torch, "compile", partial(torch.compile, backend=backend))
    with torch._dynamo.config.patch(error_on_recompile=True):
        compiled = steps_of("compiled", recipe, clips, seeds)
    assert_same(compiled, steps_of("eager", recipe, clips, seeds))


@pytest.mark.cuda
@pytest.mark.parametrize("seeds", [(0,), (0, 1, 2)])
@pytest.mark.parametrize("recipe", [RECIPE, SETTLING], ids=["semgcn", "gla_gcn"])
def test_captured_steps_are_those_as_written(data, body17, recipe, seeds):
    clips = data[0] if recipe is RECIPE else body17
    found = steps_of("captured", recipe, clips, seeds, epochs=6, device="cuda")
    assert_same(found, steps_of("eager", recipe, clips, seeds, epochs=6, device="cuda"))


@pytest.mark.cuda
def test_a_step_is_one_graph(data):
    """From the fourth step on: one launch of a graph, and hardly a kernel beside it."""
    model = RECIPE.build().cuda()
    batches = PoseBatches(data[0], RECIPE, model)
    trainer = make_trainer([model], RECIPE, len(batches), "fp32", Processes())
    step = make_step("auto", trainer, batches, Processes())
    assert isinstance(step, CapturedStep)
    trainer.begin_epoch(0)
    order = [items for items in batches.order(torch.Generator()) if len(items) == 64]
    for items in order[:5]:
        step(items)
    activities = [torch.profiler.ProfilerActivity.CPU, torch.profiler.ProfilerActivity.CUDA]
    with torch.profiler.profile(activities=activities) as profile:
        for _ in range(10):
            step(order[0])
        torch.cuda.synchronize()
    counts = {event.key: event.count for event in profile.key_averages()}
    assert counts["cudaGraphLaunch"] == 10
    assert counts.get("cudaLaunchKernel", 0) <= 20  # the rate of learning and the items
    assert counts.get("cudaStreamSynchronize", 0) == 0


@pytest.mark.parametrize("precision", ["tf32", "bf16"])
def test_lower_precision_trains_and_says_so(data, precision):
    run = fit(
        RECIPE.build(), *data, recipe=RECIPE, precision=precision, device="cpu", progress=False
    )
    assert run.card["precision"] == precision
    exact = fit(RECIPE.build(), *data, recipe=RECIPE, device="cpu", progress=False)
    assert run.history[-1].loss == pytest.approx(exact.history[-1].loss, rel=0.1)
    assert (run.history == exact.history) is False
    assert next(run.model.parameters()).dtype == torch.float32
    assert not torch.is_autocast_enabled("cpu")


def test_names_are_checked(data):
    with pytest.raises(InputError, match="unknown engine 'eagre', did you mean 'eager'"):
        fit(RECIPE.build(), *data, recipe=RECIPE, engine="eagre", progress=False)
    with pytest.raises(InputError, match="unknown precision 'fp16', did you mean 'bf16'"):
        fit(RECIPE.build(), *data, recipe=RECIPE, precision="fp16", progress=False)
    with pytest.raises(InputError, match="'captured' needs a CUDA device and one process"):
        fit(RECIPE.build(), *data, recipe=RECIPE, engine="captured", device="cpu", progress=False)
    with pytest.raises(InputError, match="2 seeds in 2 processes: train several seeds in one"):
        make_trainer([None, None], RECIPE, 1, "fp32", Processes(0, 2))
