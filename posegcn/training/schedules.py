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


WARMUP = 0.1
SCHEDULES: dict[str, Schedule] = {"staircase": staircase, "warmup_cosine": warmup_cosine}
# Schedules that do not look ahead: such a run may go on for more epochs than it was begun with.
OPEN_ENDED = {"staircase"}
