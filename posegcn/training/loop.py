"""Training: epochs, selection on a validation subject, and going on where a run stopped."""

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import nn

from posegcn.data.clips import Clips
from posegcn.devices import own_stream, pick_device
from posegcn.errors import InputError
from posegcn.prediction import check_fits
from posegcn.recipes import Recipe
from posegcn.training.card import training_card
from posegcn.training.engines import make_step, make_trainer
from posegcn.training.generators import epoch_generators, own_generators
from posegcn.training.history import Epoch, best_epoch
from posegcn.training.interruption import interruption
from posegcn.training.processes import joined
from posegcn.training.session import Session
from posegcn.training.streaming import make_batches


@dataclass(frozen=True)
class Run:
    """A finished training run.

    Args:
        model: The network with the weights of the best epoch, in evaluation mode.
        history: One entry for each epoch.
        card: What was trained on what, for checkpoints.
    """

    model: nn.Module
    history: list[Epoch]
    card: dict[str, Any]

    @property
    def best(self) -> Epoch:
        """The epoch whose weights the model has."""
        return best_epoch(self.history)


def fit(
    model: nn.Module,
    train: Clips,
    validation: Clips | None = None,
    *,
    recipe: Recipe,
    seed: int = 0,
    **options,
) -> Run:
    """Train a network.

    In one process on a CPU, with the same number of threads, the same arguments give the same
    weights to the last bit, also when the run was stopped at any moment and resumed.

    Args:
        model: Network, usually ``recipe.build(seed)``; it is trained in place.
        train: Training clips.
        validation: Clips on which the epoch is chosen; without them the last epoch is kept.
        recipe: How to train.
        seed: Order of the poses and dropout.
        **options: See :func:`fit_seeds`.

    Raises:
        InputError: Model and clips do not fit, or ``out`` holds another run.
        WorkError: The loss, the weights or the validation error are no longer finite, or the
            process was asked to end; what was kept last can be resumed.
    """
    return fit_seeds([model], train, validation, recipe=recipe, seeds=[seed], **options)[0]


def fit_seeds(
    models: Sequence[nn.Module],
    train: Clips,
    validation: Clips | None = None,
    *,
    recipe: Recipe,
    seeds: Sequence[int],
    start: str | None = None,
    device: str = "auto",
    precision: str = "fp32",
    engine: str = "auto",
    out: str | Path | None = None,
    resume: bool = False,
    save_minutes: float = 5.0,
    progress: bool = True,
    tensorboard: bool = False,
) -> list[Run]:
    """Train networks of one architecture side by side, each from its own seed.

    Without dropout and noise of the targets they are those of :func:`fit`, one by one, to
    rounding.

    Args:
        models: Networks, usually ``recipe.build(seed)`` for each seed.
        train: Training clips.
        validation: Clips on which the epoch of each is chosen.
        recipe: How to train.
        seeds: Order of the poses, one for each network; dropout is drawn from the first.
        start: Checkpoint whose weights the networks begin with, for the card.
        device: ``"auto"``, ``"cpu"`` or ``"cuda"``.
        precision: ``"fp32"``, ``"tf32"`` or ``"bf16"``, see
            :func:`posegcn.training.precision.computing`.
        engine: How steps are executed, see :func:`posegcn.training.engines.make_step`.
        out: Folder for checkpoints, log and learning curve, of several networks with a folder for
            each seed; nothing is written without it.
        resume: Go on with the run in ``out``, if there is one.
        save_minutes: Keep the state that often within an epoch; it is always kept at its end.
        progress: Show a progress bar on stderr.
        tensorboard: Write event files for TensorBoard too.

    Raises:
        InputError: Models and clips do not fit, or ``out`` holds another run.
        WorkError: See :func:`fit`.
    """
    if len(models) != len(seeds) or len(set(seeds)) != len(seeds):
        raise InputError(f"{len(models)} networks want as many different seeds, got {[*seeds]}")
    check_fits(models[0], train)
    card = training_card(recipe, train, validation, start=start, precision=precision)
    chosen = pick_device(device)
    with (
        joined(chosen) as processes,
        own_stream(chosen),
        own_generators(chosen),
        ExitStack() as at_the_end,
    ):
        for model in models:
            model.to(chosen)
        batches = make_batches(train, recipe, models[0], processes)
        trainer = make_trainer(models, recipe, len(batches), precision, processes)
        at_the_end.callback(trainer.finish)
        session = Session(trainer, card, seeds, processes, save_minutes)
        session.open(out, resume, tensorboard)
        step = make_step(engine, trainer, batches, processes)
        with interruption(out is not None) as asked, _bar(session, progress) as bar:
            for epoch in range(session.epoch, recipe.epochs + 1):
                bar.set_description(f"epoch {epoch}/{recipe.epochs}")
                trainer.begin_epoch(epoch - 1)
                for items in batches.order(*epoch_generators(seeds, epoch))[session.batch :]:
                    session.add(step(items))
                    bar.update()
                    session.save_if_due(asked)
                bar.set_postfix(session.end_epoch(validation))
        return [Run(*member.finish()) for member in session.members]


def _bar(session: Session, shown: bool):
    from tqdm import tqdm

    return tqdm(
        initial=session.trainer.num_done,
        total=session.trainer.num_steps,
        unit="step",
        disable=not (shown and session.processes.is_first),
        dynamic_ncols=True,
        mininterval=0.2 if sys.stderr.isatty() else 30,  # a log file wants fewer lines
    )
