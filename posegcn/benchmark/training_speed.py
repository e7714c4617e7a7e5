"""Training side by side: the data, the step, and both together."""

from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn

from posegcn.benchmark.textbook import to_textbook
from posegcn.benchmark.textbook_data import TextbookWindows, pose_loader
from posegcn.benchmark.textbook_loop import TextbookTrainer
from posegcn.data.clips import Clips
from posegcn.prediction import context
from posegcn.recipes import Recipe
from posegcn.training.captured import CapturedStep
from posegcn.training.engines import make_step, make_trainer
from posegcn.training.precision import computing
from posegcn.training.processes import Processes
from posegcn.training.streaming import make_batches

Call = Callable[[], object]
PARTS = ("data", "step", "end_to_end")


@dataclass(frozen=True)
class Side:
    """One way to train.

    Args:
        data: Make the next batch, and do nothing with it.
        step: A step with a batch that is there; of a CUDA graph, which gathers its batch itself,
            the whole graph.
        end_to_end: Make the next batch and take a step, as training does.
    """

    data: Call
    step: Call
    end_to_end: Call


def sides(
    recipe: Recipe,
    clips: Clips,
    device: torch.device,
    *,
    precision: str = "fp32",
    compiled: bool = False,
) -> dict[str, Callable[[], Side]]:
    """What makes the textbook loop and our engine, from the same weights, on the same poses.

    Args:
        recipe: How to train.
        clips: What to train on.
        device: Where.
        precision: See :func:`posegcn.training.precision.computing`; of both.
        compiled: Also both under ``torch.compile``.
    """
    model = recipe.build(seed=0).to(device)

    def ours(engine: str) -> Side:
        return our_side(deepcopy(model), recipe, clips, engine, precision)

    def textbook(*, compiled: bool) -> Side:
        network = to_textbook(model)
        network = torch.compile(network) if compiled else network
        return textbook_side(network, recipe, clips, precision)

    found = {"textbook": partial(textbook, compiled=False), "ours": partial(ours, "auto")}
    if compiled:
        found["textbook compiled"] = partial(textbook, compiled=True)
        found["ours compiled"] = partial(ours, "compiled")
    if device.type == "cuda":
        found["ours eager"] = partial(ours, "eager")
    return found


def textbook_side(model: nn.Module, recipe: Recipe, clips: Clips, precision: str) -> Side:
    """The textbook loop."""
    device = next(model.parameters()).device
    around = context(model)
    if around is None:
        loader = pose_loader(clips, recipe.batch_size, shuffle=True, device=device)
    else:
        loader = TextbookWindows(clips, recipe.batch_size, around)
    batches = _endless(lambda: loader)
    trainer = TextbookTrainer(model, recipe, NUM_STEPS)
    given = next(batches)

    def step(batch: Iterable) -> None:
        with computing(precision, device):
            trainer.step(*batch)

    return Side(lambda: next(batches), lambda: step(given), lambda: step(next(batches)))


def our_side(model: nn.Module, recipe: Recipe, clips: Clips, engine: str, precision: str) -> Side:
    """Our engine, as :func:`posegcn.training.fit` runs it."""
    alone = Processes()
    batches = make_batches(clips, recipe, model, alone)
    trainer = make_trainer([model], recipe, NUM_STEPS // recipe.epochs, precision, alone)
    step = make_step(engine, trainer, batches, alone)
    trainer.begin_epoch(0)
    order = torch.Generator().manual_seed(0)
    items = _endless(lambda: batches.order(order))
    first = next(items)
    given = batches.batch(first)
    losses = torch.zeros(1, device=trainer.device)  # read when an epoch ends

    def whole(items: Tensor) -> None:
        losses.add_(step(items))

    captured = isinstance(step, CapturedStep)
    return Side(
        lambda: batches.batch(next(items)),
        (lambda: step(first)) if captured else (lambda: trainer.step(*given)),
        lambda: whole(next(items)),
    )


def _endless(epoch: Callable[[], Iterable]) -> Iterator:
    while True:
        yield from epoch()


NUM_STEPS = 1_000_000  # of the schedules: longer than any measurement
