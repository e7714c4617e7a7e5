from functools import partial

import pytest
import torch
from support.clips import clips_of

from posegcn.recipes import RECIPES
from posegcn.training import fit, loop
from posegcn.training.batches import PoseBatches
from posegcn.training.generators import epoch_generators
from posegcn.training.processes import Processes
from posegcn.training.streaming import StreamedBatches

RECIPE = RECIPES["temporal_conv-27-h36m-gt"].replace(
    batch_size=8, epochs=2, model_options={"widths": (3, 3), "channels": 8}
)
ALONE = Processes()
DEVICES = ["cpu", pytest.param("cuda", marks=pytest.mark.cuda)]


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("noise", ["none", "released"])
@pytest.mark.parametrize("done", [0, 3])
def test_batches_are_those_of_the_device(device, noise, done):
    recipe = RECIPE.replace(target_noise=noise)
    model = recipe.build().to(device)
    found = []
    for kind in (PoseBatches, partial(StreamedBatches, processes=ALONE)):
        torch.manual_seed(0)
        batches = kind(clips_of([40, 23]), recipe, model)
        for epoch in (1, 2):
            order = batches.order(*epoch_generators([0, 1], epoch))[done:]
            found.append([batches.batch(items) for items in order])
    for one, other in zip(found[:2], found[2:], strict=True):
        assert len(one) == 16 - done
        for ours, theirs in zip(one, other, strict=True):
            assert ours[0].device.type == device
            assert all(torch.equal(a, b) for a, b in zip(ours, theirs, strict=True))


@pytest.mark.parametrize("device", DEVICES)
def test_runs_are_the_same(device, monkeypatch):
    runs = []
    for kind in (PoseBatches, StreamedBatches):
        make = lambda *given, kind=kind: kind(*given[: 3 if kind is PoseBatches else 4])  # noqa: E731
        monkeypatch.setattr(loop, "make_batches", make)
        options = {"recipe": RECIPE, "device": device, "progress": False}
        runs.append(fit(RECIPE.build(), clips_of([40, 23]), **options))
    for ours, theirs in zip(*(run.model.parameters() for run in runs), strict=True):
        assert torch.equal(ours, theirs)


@pytest.mark.parametrize("rank", [0, 1])
def test_shares_are_fetched_ahead_and_once(rank, monkeypatch):
    model, processes, gathered = RECIPE.build(), Processes(rank, size=2), []
    whole = PoseBatches(clips_of([40, 23]), RECIPE, model)
    streamed = StreamedBatches(clips_of([40, 23]), RECIPE, model, processes)
    gather = streamed.gather
    monkeypatch.setattr(streamed, "gather", lambda items: gathered.append(items) or gather(items))
    shares = [
        processes.share(items)[0] for items in streamed.order(torch.Generator().manual_seed(0))
    ]
    for number, items in enumerate(shares):
        for ours, theirs in zip(streamed.fetch(items), whole.gather(items), strict=True):
            assert torch.equal(ours, theirs)
        assert (streamed.ahead is None) == (number == len(shares) - 1)
    assert len(gathered) == len(shares)
    assert all(torch.equal(a, b) for a, b in zip(gathered, shares, strict=True))
