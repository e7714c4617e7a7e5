"""The angles of one clip while an action composes them."""

from collections import defaultdict

import numpy as np

Array = np.ndarray
SIDES = ("l", "r")


class Motion:
    """Joint angles in degrees, and where the body goes, over the frames of a clip.

    Args:
        seconds: Time of each frame.  (T,)
        rng: Source of all that is personal: tempo, size, side, order.
    """

    def __init__(self, seconds: Array, rng: np.random.Generator):
        self.seconds = seconds
        self.rng = rng
        self.angles = defaultdict(lambda: np.zeros_like(seconds))
        self.speed = np.zeros_like(seconds)
        self.lift = np.zeros_like(seconds)
        self.acting, self.resting = rng.permutation(SIDES)

    def uniform(self, low: float, high: float) -> float:
        """A personal quantity between two bounds."""
        return self.rng.uniform(low, high)

    def add(self, **degrees: Array | float) -> None:
        """Add to angles of the trunk, or of a limb whose side is part of the name."""
        for name, value in degrees.items():
            self.angles[name] += value

    def both(self, **degrees: Array | float) -> None:
        """Add to the angles of both sides."""
        for side in SIDES:
            self.add(**{side + name: value for name, value in degrees.items()})

    def act(self, **degrees: Array | float) -> None:
        """Add to the angles of the side that acts."""
        self.add(**{self.acting + name: value for name, value in degrees.items()})

    def rest(self, **degrees: Array | float) -> None:
        """Add to the angles of the other side."""
        self.add(**{self.resting + name: value for name, value in degrees.items()})

    def phase(self, low: float, high: float) -> Array:
        """Phase of a cycle whose frequency in hertz lies between two bounds.  (T,)"""
        return 2 * np.pi * (self.uniform(low, high) * self.seconds + self.uniform(0, 1))

    def cycle(self, low: float, high: float, sharpness: float = 1.5) -> Array:
        """From 0 to 1 and back, again and again; a sharper one dwells at its ends.  (T,)"""
        return 0.5 + 0.5 * np.tanh(sharpness * np.sin(self.phase(low, high))) / np.tanh(sharpness)

    def transition(self) -> Array:
        """From 0 to 1 once, somewhere in the middle of the clip.  (T,)"""
        duration = self.seconds[-1]
        middle, width = self.uniform(0.35, 0.65) * duration, self.uniform(0.15, 0.3)
        return 0.5 + 0.5 * np.tanh((self.seconds - middle) / width)

    def wander(self, degrees: float) -> Array:
        """Slow random movement with a given standard deviation.  (T,)"""
        waves = [self.uniform(0.5, 1) * np.sin(self.phase(0.05, 0.7)) for _ in range(4)]
        return degrees * sum(waves) * 0.9
