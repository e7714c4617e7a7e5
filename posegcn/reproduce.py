"""Experiments: a recipe trained, selected and tested on one data set."""

from collections.abc import Sequence

from posegcn.data.clips import Clips
from posegcn.evaluation import evaluate
from posegcn.recipes import Recipe
from posegcn.report import Report
from posegcn.training import fit


def trial(
    recipe: Recipe, splits: Sequence[Clips], *, seed: int = 0, device: str = "auto"
) -> Report:
    """The test report of one network, trained from one seed.

    Args:
        recipe: What to train and how.
        splits: Training, validation and test clips, in the order of
            :meth:`~posegcn.data.clips.Clips.split`.
        seed: Initial weights, order of the poses and dropout.
        device: ``"auto"``, ``"cpu"`` or ``"cuda"``.
    """
    train, validation, test = splits
    run = fit(
        recipe.build(seed),
        train,
        validation,
        recipe=recipe,
        seed=seed,
        device=device,
        progress=False,
    )
    report = evaluate(run.model, test, device=device)
    report.card.update(recipe=recipe.name, seed=seed, selection=run.card["selection"])
    return report
