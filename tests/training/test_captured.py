"""What a captured step does around the graph; the graph itself is tested on CUDA (test_engines)."""

from contextlib import contextmanager

import pytest
import torch
from support.clips import clips_of

from posegcn.recipes import RECIPES
from posegcn.training.batches import PoseBatches
from posegcn.training.captured import CapturedStep
from posegcn.training.engine import Trainer

RECIPE = RECIPES["temporal_conv-27-h36m-gt"].replace(
    batch_size=8, schedule="warmup_cosine", model_options={"widths": (3,), "channels": 4}
)


@pytest.fixture
def recorder(monkeypatch):
    """Stands in for CUDA: nothing runs while it records, and everything at each replay."""
    replays = []

    class Graph:
        def replay(self):
            replays.append(self)
            self.losses.copy_(self.run(*self.batch()))

    @contextmanager
    def record(graph, stream, capture_error_mode):
        step = graph.step
        graph.run, graph.losses = step.trainer.update, torch.zeros(())
        graph.batch = lambda: step.batches.make(*step.inputs)
        step.trainer.update = lambda *batch: graph.losses
        yield
        step.trainer.update = graph.run

    monkeypatch.setattr(torch.cuda, "graph", record)
    monkeypatch.setattr(torch.cuda, "current_stream", lambda: None)
    return Graph, replays


def test_first_steps_and_short_batches_run_as_written(recorder, monkeypatch):
    graph_kind, replays = recorder
    outcomes = []
    for captured in (False, True):
        torch.manual_seed(0)
        model = RECIPE.build()
        batches = PoseBatches(clips_of([30]), RECIPE, model)  # 60 windows: 7 batches of 8, one of 4
        trainer = Trainer(model, RECIPE, num_steps=24)
        trainer.begin_epoch(0)
        step = CapturedStep(trainer, batches)
        monkeypatch.setattr(
            torch.cuda, "CUDAGraph", lambda step=step: make(graph_kind, step), raising=False
        )
        losses = []
        for epoch in range(3):
            for items in batches.order(torch.Generator().manual_seed(epoch)):
                one = step(items) if captured else trainer.step(*batches.batch(items))
                losses.append(one.item())
        outcomes.append((losses, model.state_dict()))
        assert trainer.num_done == 24
    (expected, state), (found, replayed) = outcomes
    assert found == expected
    assert all(torch.equal(value, replayed[name]) for name, value in state.items())
    # 24 batches, three of them short; of the others the first three warm up.
    assert len(replays) == 18
    assert len(set(replays)) == 1


def make(kind, step):
    graph = kind()
    graph.step = step
    return graph
