"""A 2D detector on video, emulated: its errors last."""

import torch
from torch import Tensor
from torch.nn.functional import pad

from posegcn.data.noise import DetectorNoise, Draws

# Of one frame and the next, at 50 frames per second; choices of ours.
CORRELATION = 0.865  # of the Gaussian noise behind the heavy-tailed one, which then has 0.85
EPISODE_FRAMES = 6  # that an outlier lasts on average


class VideoNoise(DetectorNoise):
    r"""Detector noise that goes on from frame to frame; each frame alone is as before.

    The noise of inliers is that of a stationary AR(1) process z, brought to the same Student t as
    ever by its quantiles, so that mean, standard deviation and tails stay what they are:

    .. math:: z_t = \rho z_{t-1} + \sqrt{1 - \rho^2} \, e_t, \qquad
        \text{noise}_t = F_t^{-1}(\Phi(z_t)) / \sqrt 2

    Outliers come and go as a Markov chain with the same share of frames, and last 6 frames on
    average. During an episode an inversion stays an inversion (its own noise is an AR(1) process
    too), and a miss keeps its direction and distance. Both numbers are for 50 frames per second.
    Each call begins anew: it takes the consecutive frames of one recording and camera.

    Source: ours.
    """

    def draw(self, num_frames: int) -> Draws:
        """What is random in so many consecutive frames."""
        alone = super().draw(num_frames)
        outlier = self._episodes(num_frames)
        begins = outlier & ~pad(outlier, (0, 0, 1, 0))[:-1]
        first = _latest(begins)
        return Draws(
            noise=_student_t_of(_autoregressive(self._normal(alone.noise.shape))),
            jitter=_autoregressive(alone.jitter),
            direction=alone.direction.gather(0, first),
            distance=alone.distance.gather(0, first),
            inversion=alone.inversion.gather(0, first),
            outlier=outlier,
        )

    def _episodes(self, num_frames: int) -> Tensor:
        """Which keypoints are outliers.  (T, J) bool

        An outlier ends with probability b = 1 / 6 and begins with a, where a / (a + b) is the
        share of outliers. One number u per frame decides: below a it is an outlier, from 1 - b on
        it is none, in between it stays what it was.
        """
        u = self._uniform((num_frames, len(self.mirror)))
        share = 1 - self.inlier
        ends = 1 / EPISODE_FRAMES
        is_outlier = u < ends * share / (1 - share)
        decided = is_outlier | (u >= 1 - ends)
        is_outlier[:1], decided[:1] = u[:1] < share, True
        return is_outlier.gather(0, _latest(decided))


def _latest(happens: Tensor) -> Tensor:
    """The last frame, up to each, in which it happens; frame 0 if there is none.  (T, J)"""
    frames = torch.arange(len(happens))[:, None]
    return torch.where(happens, frames, 0).cummax(dim=0).values


def _autoregressive(noise: Tensor) -> Tensor:
    """Independent Gaussian noise to a stationary AR(1) process of unit variance.  (T, ...)

    The sum over the past, rho^k e_{t-k}, is doubled in length with each step.
    """
    scale = torch.full((len(noise), 1, 1), (1 - CORRELATION**2) ** 0.5)
    scale[:1] = 1
    values, length = scale * noise, 1
    while length < len(noise):
        past = pad(values[:-length], (0, 0, 0, 0, length, 0))
        values = values + CORRELATION**length * past
        length *= 2
    return values


def _student_t_of(normal: Tensor) -> Tensor:
    r"""Standard normal values to Student t of 4 degrees of freedom and unit variance, by quantile.

    .. math:: t = \pm 2 \sqrt{q - 1}, \quad q = \cos(\arccos(\sqrt\alpha) / 3) / \sqrt\alpha,
        \quad \alpha = 4 p (1 - p)

    with p the probability of the tail that begins at the value.

    Source: W. T. Shaw, "Sampling Student's T distribution", Journal of Computational Finance 9(4),
    2006; compared with scipy in the tests.
    """
    tail = torch.special.ndtr(-normal.double().abs())
    root = (4 * tail * (1 - tail)).sqrt()
    q = ((root.acos() / 3).cos() / root).clamp(min=1)
    return (normal.sign() * 2 * (q - 1).sqrt() / 2**0.5).float()
