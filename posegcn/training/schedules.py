"""Learning-rate schedules by name: a step in, a learning rate out."""

import math
from collections.abc import Callable

from posegcn.recipes import Recipe

Schedule = Callable[[Recipe, int, int], float]


def staircase(recipe: Recipe, step: int, num_steps: int) -> float:
    r"""Exponential decay that is looked at only at step 1 and at multiples of ``decay_steps``.

    .. math:: \eta = \eta_0 \gamma^{s / n}, \qquad s = 1 \text{ or the last multiple of } n

    Args:
        recipe: Gives :math:`\eta_0`, :math:`\gamma` (``decay_rate``) and n (``decay_steps``).
        step: Step about to be taken, from 1.
        num_steps: Steps of the whole training; not used.

    Source: SemGCN, Modulated GCN and GraphSH, public code.
    """
    looked_at = max(step - step % recipe.decay_steps, 1)
    return recipe.learning_rate * recipe.decay_rate ** (looked_at / recipe.decay_steps)


def by_epoch(recipe: Recipe, step: int, num_steps: int) -> float:
    r"""Decay by a factor after every few epochs.

    .. math:: \eta = \eta_0 \gamma^{\lfloor e / n \rfloor}, \qquad e = \text{epochs done}

    Args:
        recipe: Gives :math:`\eta_0`, :math:`\gamma` (``decay_rate``), n (``decay_epochs``) and the
            number of epochs.
        step: Step about to be taken, from 1.
        num_steps: Steps of the whole training.

    Source: Modulated GCN for detected keypoints, public code.
    """
    epochs_done = _epochs_done(recipe, step, num_steps)
    return recipe.learning_rate * recipe.decay_rate ** (epochs_done // recipe.decay_epochs)


def by_epoch_halved(recipe: Recipe, step: int, num_steps: int) -> float:
    r"""Decay by a factor after every epoch, but by a half after every ``decay_epochs``-th.

    .. math:: \eta = \eta_0 \gamma^{e - h} \, 2^{-h}, \qquad h = \lfloor e / n \rfloor

    Args:
        recipe: As in :func:`by_epoch`.
        step: Step about to be taken, from 1.
        num_steps: Steps of the whole training.

    Source: GLA-GCN for MPI-INF-3DHP, public code.
    """
    epochs_done = _epochs_done(recipe, step, num_steps)
    halved = epochs_done // recipe.decay_epochs
    return recipe.learning_rate * recipe.decay_rate ** (epochs_done - halved) / 2**halved


def cosine(recipe: Recipe, step: int, num_steps: int) -> float:
    r"""Half a cosine from epoch to epoch, down to :math:`\eta_1 = 10^{-5}`.

    .. math:: \eta = \eta_1 + \tfrac12 (\eta_0 - \eta_1) (1 + \cos(\pi e / E)),
        \qquad e = \text{epochs done of } E

    Args:
        recipe: Gives :math:`\eta_0` and the number of epochs.
        step: Step about to be taken, from 1.
        num_steps: Steps of the whole training.

    Source: Loshchilov and Hutter, SGDR, ICLR 2017, as in the public code of GLA-GCN.
    """
    share = _epochs_done(recipe, step, num_steps) / recipe.epochs
    lowest = 1e-5
    return lowest + (recipe.learning_rate - lowest) * (1 + math.cos(math.pi * share)) / 2


def warmup_cosine(recipe: Recipe, step: int, num_steps: int) -> float:
    r"""A straight line up to :math:`\eta_0` for a tenth of the steps, then half a cosine to zero.

    For short trainings: it bears a learning rate several times larger than the staircase.

    Args:
        recipe: Gives :math:`\eta_0`.
        step: Step about to be taken, from 1.
        num_steps: Steps of the whole training.

    Source: the cosine is that of Loshchilov and Hutter, SGDR, ICLR 2017.
    """
    up = min(step / (WARMUP * num_steps), 1)
    return recipe.learning_rate * up * (0.5 + 0.5 * math.cos(math.pi * (step - 1) / num_steps))


def _epochs_done(recipe: Recipe, step: int, num_steps: int) -> int:
    return (step - 1) // (num_steps // recipe.epochs)


WARMUP = 0.1
SCHEDULES: dict[str, Schedule] = {
    "staircase": staircase,
    "by_epoch": by_epoch,
    "by_epoch_halved": by_epoch_halved,
    "cosine": cosine,
    "warmup_cosine": warmup_cosine,
}
# Schedules that do not look ahead: such a run may go on for more epochs than it was begun with.
OPEN_ENDED = {"staircase", "by_epoch", "by_epoch_halved"}
