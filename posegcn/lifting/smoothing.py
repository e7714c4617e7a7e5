"""The one-euro filter: less trembling at rest, little delay in motion."""

import math

import torch
from torch import Tensor


def one_euro(
    values: Tensor, fps: float, *, cutoff_hz: float = 1.5, beta: float = 3.0, speed_hz: float = 1.0
) -> Tensor:
    r"""Values smoothed by a low-pass filter whose cut-off grows with their speed.

    .. math:: \hat x_t = a \, x_t + (1 - a) \, \hat x_{t-1}, \quad
        a = \frac{1}{1 + f / (2 \pi c)}, \quad c = c_0 + \beta \, |\hat v_t|

    with v the change per second, itself smoothed with the cut-off ``speed_hz``. Values that are
    NaN stay so; the filter begins anew after them.

    Args:
        values: In metres for the defaults.  (T, ...)
        fps: Frames per second f.
        cutoff_hz: Least cut-off: lower means calmer.
        beta: Growth of the cut-off per metre per second: higher means less delay.
        speed_hz: Cut-off of the speed.

    Source: Casiez, Roussel and Vogel, 1 € filter: a simple speed-based low-pass filter for noisy
    input in interactive systems, CHI 2012, equations 1 to 8. Its defaults are in pixels; these
    are ours, in metres.
    """
    smoothed, last, speed = torch.empty_like(values), None, None
    keep_speed = _share(speed_hz, fps)
    for frame, value in enumerate(values):
        fresh = value if last is None else torch.where(last.isnan(), value, last)
        change = (value - fresh) * fps
        speed = change if speed is None else keep_speed * change + (1 - keep_speed) * speed
        speed = torch.where(speed.isnan(), 0, speed)
        share = _share(cutoff_hz + beta * speed.abs(), fps)
        last = share * value + (1 - share) * fresh
        smoothed[frame] = last
    return smoothed


def _share(cutoff_hz: Tensor | float, fps: float) -> Tensor | float:
    """Weight of the new value."""
    return 1 / (1 + fps / (2 * math.pi * cutoff_hz))
