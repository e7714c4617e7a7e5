"""Training: epochs, selection on a validation subject, and going on where a run stopped."""

import math
import sys
import time
from copy import deepcopy
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from posegcn.data.clips import Clips
from posegcn.devices import pick_device
from posegcn.errors import WorkError
from posegcn.evaluation import pose_error_mm
from posegcn.prediction import check_fits
from posegcn.recipes import Recipe
from posegcn.training.batches import PoseBatches
from posegcn.training.engine import Trainer
from posegcn.training.folder import RunFolder
from posegcn.training.history import Epoch, best_epoch


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
    start: str | None = None,
    device: str = "auto",
    out: str | Path | None = None,
    resume: bool = False,
    progress: bool = True,
    tensorboard: bool = False,
) -> Run:
    """Train a network.

    On a CPU, with the same number of threads, the same arguments give the same weights to the
    last bit, also when the run was stopped after any epoch and resumed.

    Args:
        model: Network, usually ``recipe.build(seed)``; it is trained in place.
        train: Training clips.
        validation: Clips on which the epoch is chosen; without them the last epoch is kept.
        recipe: How to train.
        seed: Order of the poses and dropout.
        start: Checkpoint whose weights the network begins with, for the card.
        device: ``"auto"``, ``"cpu"`` or ``"cuda"``.
        out: Folder for checkpoints, log and learning curve; nothing is written without it.
        resume: Go on with the run in ``out``, if there is one.
        progress: Show a progress bar on stderr.
        tensorboard: Write event files for TensorBoard into ``out``.

    Raises:
        InputError: Model and clips do not fit, or ``out`` holds another run.
        WorkError: The loss, the weights or the validation error are no longer finite.
    """
    check_fits(model, train)
    chosen = pick_device(device)
    model.to(chosen)
    batches = PoseBatches(train, recipe, model)
    trainer = Trainer(model, recipe, recipe.epochs * len(batches))
    card = _card(recipe, seed, train, validation)
    if start is not None:
        card["start"] = start
    folder = None if out is None else RunFolder(out, card, tensorboard=tensorboard)
    state = None if folder is None else folder.open(resume)
    history, best = [], deepcopy(model.state_dict())

    gpus = [chosen] if chosen.type == "cuda" else []
    with torch.random.fork_rng(gpus), _progress_bar(trainer, progress) as bar:
        torch.manual_seed(seed)
        if state is not None:
            history, best = [Epoch(*row) for row in state["history"]], state["best"]
            trainer.restore(state["trainer"])
            bar.update(trainer.num_done)
        for number in range(len(history) + 1, recipe.epochs + 1):
            bar.set_description(f"epoch {number}/{recipe.epochs}")
            history.append(_epoch(trainer, batches, validation, seed, number, bar))
            if best_epoch(history) == history[-1]:
                best = deepcopy(model.state_dict())
            if folder is not None:
                rows = [tuple(epoch) for epoch in history]
                state = {"trainer": trainer.state(), "best": best, "history": rows}
                results = _results(history, history[-1], chosen)
                folder.save(model, card | results, state, history)
    if folder is not None:
        folder.draw(history)
    model.load_state_dict(best)
    return Run(model.eval(), history, card | _results(history, best_epoch(history), chosen))


def _epoch(
    trainer: Trainer, batches: PoseBatches, validation: Clips | None, seed: int, number: int, bar
) -> Epoch:
    """Train on every pose once, then validate."""
    start = time.perf_counter()
    # The order depends on seed and epoch alone, so that a resumed run takes the same.
    order = torch.Generator().manual_seed((1_000_003 * seed + number) % 2**63)
    trainer.begin_epoch(number - 1)
    loss = _train(trainer, batches, order, bar)
    error = None if validation is None else pose_error_mm(trainer.model, validation)
    _stop_if_diverged(trainer, loss, error)
    bar.set_postfix(loss=f"{loss:.2e}", **({"mm": f"{error:.1f}"} if error else {}))
    rate = trainer.learning_rate(trainer.num_done)
    return Epoch(number, trainer.num_done, loss, error, rate, time.perf_counter() - start)


def _train(trainer: Trainer, batches: PoseBatches, order: torch.Generator, bar) -> float:
    """One pass over the poses; the mean loss."""
    total = torch.zeros((), device=batches.joints.device)  # read once, at the end
    for batch in batches.epoch(order):
        total += trainer.step(*batch)
        bar.update()
    return total.item() / len(batches)


def _stop_if_diverged(trainer: Trainer, loss: float, error: float | None) -> None:
    """End the run before anything of an epoch is kept in which a number is not finite."""
    weights = trainer.model.state_dict().values()
    found = {
        "loss": loss,
        "sum of all weights": sum(value.double().sum().item() for value in weights),
        "validation error": error or 0.0,
    }
    for name, value in found.items():
        if not math.isfinite(value):
            raise WorkError(
                f"the {name} became {value} at step {trainer.num_done}; try a smaller learning rate"
            )


def _card(recipe: Recipe, seed: int, train: Clips, validation: Clips | None) -> dict[str, Any]:
    """What is trained on what; a run goes on only with the same."""
    card = {
        "recipe": asdict(recipe),
        "seed": seed,
        "data": train.source,
        "data_hash": train.fingerprint(),
        "train_subjects": sorted({clip.subject for clip in train}),
        "train_poses": len(train.targets),
    }
    if validation is not None:
        card["selection"] = f"lowest P1 on {', '.join(sorted({c.subject for c in validation}))}"
        card["validation_hash"] = validation.fingerprint()
    return card


def _results(history: list[Epoch], epoch: Epoch, device: torch.device) -> dict[str, Any]:
    """How the epoch came out, and where it was computed."""
    return {
        "epoch": epoch.epoch,
        "validation_mm": epoch.validation_mm,
        "epochs_done": len(history),
        "seconds": round(sum(epoch.seconds for epoch in history), 1),
        "torch": torch.__version__,
        "device": device.type,
        "threads": torch.get_num_threads(),
    }


def _progress_bar(trainer: Trainer, shown: bool):
    from tqdm import tqdm

    return tqdm(
        total=trainer.num_steps,
        unit="step",
        disable=not shown,
        dynamic_ncols=True,
        mininterval=0.2 if sys.stderr.isatty() else 30,  # a log file wants fewer lines
    )
