"""A person as the checks see one: keypoints that were found, and how large the body is."""

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor
from torch.nn.functional import pad

from posegcn.doctor.diagnosis import Finding
from posegcn.keypoints.track import Track
from posegcn.skeleton import Skeleton

SIZE_FRAMES = 15  # the box around a body is steadied over so many; outliers are rarely that long
PILE = 3  # joints of limbs at the very same place are a placeholder; two may be hidden by chance
PILE_PX = 40.0  # whole pixels of smaller bodies fall together by themselves
LARGEST_PIXEL = 2.0**21  # no image is wider
MOST_ROWS = 20_000  # of which medians are taken at a time, for the sake of memory
HEADS = ("head_top", "head", "nose")  # the first that a skeleton has
FACE = ("nose", "eye", "ear", "mouth")  # names that hold one of these hide when a head turns


@dataclass(frozen=True, eq=False)
class Body:
    """One track, prepared for the checks.

    Args:
        track: The person.
    """

    track: Track

    @property
    def skeleton(self) -> Skeleton:
        """Body of the keypoints."""
        return self.track.skeleton

    @cached_property
    def found(self) -> Tensor:
        """Keypoints that the file takes for found; NaN where they are missing.  (T, J, 2)"""
        keypoints = self.track.keypoints_px.float()
        return keypoints.masked_fill(self.track.missing[..., None], torch.nan)

    @cached_property
    def piled(self) -> Tensor:
        """Where several joints of body and limbs are at the very same place.  (T, J) bool"""
        limbs = [joint for joint, name in enumerate(self.skeleton.joints) if not is_face(name)]
        x, y = self.found[:, limbs].double().unbind(dim=-1)
        places, order = (x * LARGEST_PIXEL + y).sort(dim=1)  # one number for a place; NaN last
        as_far_on = places[:, PILE - 1 :] == places[:, : 1 - PILE]
        piled = torch.zeros_like(places, dtype=torch.bool)
        for shift in range(PILE):
            piled[:, shift : shift + as_far_on.shape[1]] |= as_far_on
        low, high = _corners(self.found)
        piled &= ((high - low).amax(dim=-1) >= PILE_PX)[:, None]
        result = torch.zeros_like(self.track.missing)
        result[:, limbs] = piled.gather(1, order.argsort(dim=1))
        return result

    @cached_property
    def points(self) -> Tensor:
        """Keypoints; NaN where they are missing, or a placeholder stands for that.  (T, J, 2)"""
        return self.found.masked_fill(self.piled[..., None], torch.nan)

    @cached_property
    def box(self) -> Tensor:
        """Width and height of the box around the body, in pixels.  (T, 2)"""
        low, high = _corners(self.points)
        return high - low

    @cached_property
    def size(self) -> Tensor:
        """Longer side of the box around the body, steadied over time, in pixels.  (T,)"""
        side = self.box.amax(dim=-1)
        side = torch.where(side > 0, side, torch.nan)
        steady = running_median(side[:, None], SIZE_FRAMES)[:, 0]
        usual = side.nanmedian().nan_to_num(nan=1.0)
        return torch.where(steady.isnan(), usual, steady)

    @cached_property
    def steps(self) -> Tensor:
        """Way of each joint since the row before, in body sizes; NaN in row 0.  (T, J)"""
        way = (self.points[1:] - self.points[:-1]).norm(dim=-1) / self.size[1:, None]
        return pad(way, (0, 0, 1, 0), value=torch.nan)

    @cached_property
    def gaps(self) -> Tensor:
        """Frames since the row before; 1 where none is missing, and in row 0.  (T,)"""
        return pad(self.track.frames.diff(), (1, 0), value=1)

    @cached_property
    def hips(self) -> Tensor | None:
        """Middle of the hips, where the skeleton has any.  (T, 2)"""
        return self._middle("hip")

    @cached_property
    def shoulders(self) -> Tensor | None:
        """Middle of the shoulders, where the skeleton has any.  (T, 2)"""
        return self._middle("shoulder")

    @cached_property
    def ankles(self) -> Tensor | None:
        """Middle of the ankles, where the skeleton has any.  (T, 2)"""
        return self._middle("ankle")

    @cached_property
    def head(self) -> Tensor | None:
        """The highest point of the head that the skeleton has.  (T, 2)"""
        found = [name for name in HEADS if name in self.skeleton.joints]
        return self.points[:, self.skeleton.index(found[0])] if found else None

    def across(self, part: str) -> Tensor | None:
        """From the right to the left joint of a pair, where the skeleton has it.  (T, 2)"""
        pair = pair_of(self.skeleton, part)
        return self.points[:, pair[0]] - self.points[:, pair[1]] if pair else None

    def finding(self, code: str, sentence: str, where: Tensor | None = None) -> Finding:
        """A finding about this person.

        Args:
            code: Name in ``CODES``.
            sentence: What it is and what to do.
            where: In which frames, or for which joints of which; all without it.  (T,) or (T, J)
        """
        frames, joints, first = (), (), ()
        if where is not None:
            if where.dim() == 2:
                joints = self._names(where.any(dim=0))
                rows = where.any(dim=1)
                first = self._names(where[int(rows.int().argmax())])
                where = rows
            frames = tuple(self.track.frames[where].tolist())
        return Finding(code, sentence, self.track.person, frames, joints, first)

    def _names(self, which: Tensor) -> tuple[str, ...]:
        """Names of the joints for which it holds.  (J,) bool"""
        return tuple(self.skeleton.joints[joint] for joint in which.nonzero().flatten().tolist())

    def _middle(self, part: str) -> Tensor | None:
        pair = pair_of(self.skeleton, part)
        return self.points[:, list(pair)].mean(dim=1) if pair else None


def _corners(points: Tensor) -> tuple[Tensor, Tensor]:
    """Least and greatest coordinates, without NaN.  (T, J, 2) -> 2 x (T, 2)"""
    low = points.nan_to_num(nan=torch.inf).amin(dim=1)
    return low, points.nan_to_num(nan=-torch.inf).amax(dim=1)


def pair_of(skeleton: Skeleton, part: str) -> tuple[int, int] | None:
    """Left and right joint called ``hip``, ``ankle``, ``ear``, ... in any spelling."""
    short = "foot" if part == "ankle" else part
    for left, right in ((f"left_{part}", f"right_{part}"), (f"l{short}", f"r{short}")):
        if {left, right} <= set(skeleton.joints):
            return skeleton.index(left), skeleton.index(right)
    return None


def is_face(joint: str) -> bool:
    """Whether a joint belongs to the face, which nobody sees from behind."""
    return any(part in joint for part in FACE) and joint != "neck_nose"


def running_median(values: Tensor, length: int) -> Tensor:
    """Median over ``length`` rows around each, without NaN; ends are repeated.  (T, ...)"""
    half = length // 2
    rows = torch.arange(-half, len(values) + half).clamp(0, len(values) - 1)
    windows = values[rows].unfold(0, length, 1)  # (T, ..., length), a view
    return torch.cat([part.nanmedian(dim=-1).values for part in windows.split(MOST_ROWS)])
