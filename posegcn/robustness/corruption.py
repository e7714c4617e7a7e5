"""Corruption: clips as a worse detector, or another camera, would have given them."""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple
from zlib import crc32

from torch import Generator

from posegcn.data import defects
from posegcn.data.clips import Clips
from posegcn.data.viewpoint import change_focal_length, raise_camera
from posegcn.errors import InputError, look_up


class Corruption(NamedTuple):
    """A way to make clips harder, by one number.

    Args:
        summary: What it does.
        unit: What its strength is.
        limits: Least and greatest strength.
        apply: The corrupted clips, given a strength and what is drawn from.
        is_random: Whether it draws.
    """

    summary: str
    unit: str
    limits: tuple[float, float]
    apply: Callable[[Clips, float, Generator], Clips]
    is_random: bool = True


# Keypoints change and the truth stays, but for the last two: there the truth is turned to the
# other camera, too.
CORRUPTIONS: dict[str, Corruption] = {
    "jitter": Corruption(
        "Gaussian noise on every keypoint",
        "pixels of standard deviation, image 1000 pixels wide",
        (0, 1000),
        defects.jitter,
    ),
    "occlusion": Corruption(
        "joints are missing, and put at the root", "share of joints", (0, 1), defects.occlusion
    ),
    "occlusion_held": Corruption(
        "joints are missing, and stay where last seen",
        "share of joints",
        (0, 1),
        defects.occlusion_held,
    ),
    "limb": Corruption(
        "an arm or a leg is missing for a while, and put at the root",
        "share of frames",
        (0, 1),
        defects.limb,
    ),
    "swap": Corruption(
        "left and right joints are exchanged", "share of frames", (0, 1), defects.swap
    ),
    "missing": Corruption(
        "frames are missing, and the last seen one stands again",
        "share of frames",
        (0, 1),
        defects.missing,
    ),
    "height": Corruption(
        "the camera is raised, and turned to the person",
        "metres; lowered where negative",
        (-5, 50),
        lambda clips, metres, generator: raise_camera(clips, metres),
        is_random=False,
    ),
    "focal": Corruption(
        "the lens is another one",
        "multiple of the focal length; 1 changes nothing",
        (0.1, 10),
        lambda clips, factor, generator: change_focal_length(clips, factor),
        is_random=False,
    ),
}


def corrupt(clips: Clips, name: str, strength: float, *, seed: int = 0) -> Clips:
    """Corrupted clips; the given ones stay as they are.

    Args:
        clips: The clips.
        name: Name in ``CORRUPTIONS``.
        strength: In the unit of the corruption.
        seed: Same seed, same result. Each corruption draws numbers of its own from it, the same
            ones for every strength.

    Raises:
        InputError: The name is unknown, the strength is out of range, or cameras that must be
            calibrated are not.
    """
    text = corruption_text(name, strength)
    generator = Generator().manual_seed(crc32(f"{name} {seed}".encode()))
    corrupted = CORRUPTIONS[name].apply(clips, strength, generator)
    return replace(corrupted, source=f"{clips.source}, {text}")


def corruption_text(name: str, strength: float) -> str:
    """The text of a corruption, as cards hold it: ``jitter=10``.

    Raises:
        InputError: The name is unknown, or the strength is out of range.
    """
    chosen = look_up("corruption", name, CORRUPTIONS)
    least, greatest = chosen.limits
    if not least <= strength <= greatest:
        raise InputError(
            f"{name} takes a number from {least:g} to {greatest:g} ({chosen.unit}), got {strength}"
        )
    return f"{name}={strength:g}"


def read_corruption(text: str) -> tuple[str, float]:
    """Name and strength of a corruption, from its text.

    Raises:
        InputError: The text reads otherwise, the name is unknown, or the strength is out of range.
    """
    name, _, number = text.partition("=")
    look_up("corruption", name, CORRUPTIONS)
    try:
        strength = float(number)
    except ValueError:
        raise InputError(f"a corruption reads {name}=NUMBER, got {text!r}") from None
    corruption_text(name, strength)
    return name, strength
