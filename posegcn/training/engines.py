"""How steps are executed: by one process or several, for one network or several."""

from collections.abc import Callable, Sequence

from torch import Tensor, nn

from posegcn.errors import InputError, look_up
from posegcn.recipes import Recipe
from posegcn.training.batches import PoseBatches
from posegcn.training.captured import CapturedStep
from posegcn.training.engine import Trainer
from posegcn.training.processes import Processes
from posegcn.training.seeds import StackedTrainer
from posegcn.training.shared import SharedTrainer

Step = Callable[[Tensor], Tensor]
ENGINES = ("auto", "eager", "compiled", "captured")


def make_trainer(
    models: Sequence[nn.Module],
    recipe: Recipe,
    steps_per_epoch: int,
    precision: str,
    processes: Processes,
) -> Trainer:
    """The trainer of one network, of several side by side, or of one in several processes.

    Raises:
        InputError: There are several of both.
    """
    num_steps = recipe.epochs * steps_per_epoch
    if len(models) == 1:
        trainer = Trainer if processes.size == 1 else SharedTrainer
        return trainer(models[0], recipe, num_steps, precision)
    if processes.size > 1:
        raise InputError(
            f"{len(models)} seeds in {processes.size} processes: train several seeds in one "
            "process, or one seed in several"
        )
    return StackedTrainer(models, recipe, num_steps, precision)


def make_step(name: str, trainer: Trainer, batches: PoseBatches, processes: Processes) -> Step:
    """What takes the items of a batch, updates the weights and gives the loss.

    Args:
        name: ``"eager"``: operator by operator, as written. ``"compiled"``: forward, loss and
            backward fused by ``torch.compile``. ``"captured"``: fused, and the whole step as one
            CUDA graph. ``"auto"``: captured on a GPU, eager on a CPU, where compiling gains
            nothing (see ``posegcn bench``).
        trainer: Takes the steps.
        batches: Where they come from.
        processes: Those among which each batch is shared; a graph captures only one.

    Raises:
        InputError: No engine has that name, or the device cannot run it.
    """
    name = look_up("engine", name, {engine: engine for engine in ENGINES})
    alone_on_gpu = trainer.device.type == "cuda" and processes.size == 1
    if name == "auto":
        name = "captured" if alone_on_gpu else "eager"
    if name == "captured" and not alone_on_gpu:
        raise InputError(
            "engine 'captured' needs a CUDA device and one process; use 'eager' or 'compiled'"
        )
    if name != "eager":
        trainer.fuse()
    if name == "captured":
        return CapturedStep(trainer, batches)

    def step(items: Tensor) -> Tensor:
        mine, trainer.weight = processes.share(items)
        return trainer.step(*batches.batch(mine))

    return step
