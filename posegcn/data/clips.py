"""Clips: the recordings of a data set, as one tensor of frames."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations

import torch
from torch import Tensor

from posegcn.data.clip import Clip, join
from posegcn.errors import InputError, look_up
from posegcn.skeleton import Skeleton

PARTS = ("train", "validation", "test")


@dataclass(frozen=True, eq=False)
class Clips(Sequence[Clip]):
    """A data set: a sequence of clips whose tensors are views of one tensor of frames.

    Build it with :meth:`from_clips`.

    Args:
        source: What the data are, as given to :func:`posegcn.data.open_source`.
        skeleton: Body of the joints.
        keypoint_skeleton: Body of the keypoints, usually the same.
        subjects: Subjects of the splits ``train``, ``validation`` and ``test``.
        clips: The recordings.
        keypoints: Normalised image coordinates of all frames.  (N, J, 2)
        joints: Metres, camera frame, root-relative.  (N, J, 3)
        root: Root joint in the camera frame, in metres.  (N, 3)
    """

    source: str
    skeleton: Skeleton
    keypoint_skeleton: Skeleton
    subjects: Mapping[str, tuple[str, ...]]
    clips: tuple[Clip, ...] = field(repr=False)
    keypoints: Tensor = field(repr=False)
    joints: Tensor = field(repr=False)
    root: Tensor = field(repr=False)

    @classmethod
    def from_clips(
        cls,
        source: str,
        skeleton: Skeleton,
        subjects: Mapping[str, tuple[str, ...]],
        clips: Iterable[Clip],
        keypoint_skeleton: Skeleton | None = None,
    ) -> "Clips":
        """Join clips into one tensor of frames.

        Args:
            source: As above, like what follows.
            skeleton: Body of the joints.
            subjects: Of the splits.
            clips: The recordings.
            keypoint_skeleton: Body of the keypoints, where it is another.

        Raises:
            InputError: There is no frame, a clip holds values that are not finite, or a subject
                belongs to two parts.
        """
        for one, other in combinations(subjects, 2):
            if both := set(subjects[one]) & set(subjects[other]):
                raise InputError(
                    f"{source}: {', '.join(sorted(both))} in both {one} and {other}; a network "
                    "would be tested on people it has seen"
                )
        clips = tuple(clip for clip in clips if len(clip))
        if not clips:
            raise InputError(f"{source} holds no frames for what was asked")
        for clip in clips:
            given = (clip.keypoints, clip.joints, clip.root, clip.intrinsics)
            if not all(values.isfinite().all() for values in given if values is not None):
                raise InputError(
                    f"{source}: subject {clip.subject}, action {clip.action!r}, camera "
                    f"{clip.camera} holds NaN or infinite values; repair or remove the clip"
                )
        lengths = [len(clip) for clip in clips]
        whole = {}
        for name in ("keypoints", "joints", "root"):  # one by one: each frees what it replaces
            whole[name] = join([getattr(clip, name) for clip in clips])
            views = zip(clips, whole[name].split(lengths), strict=True)
            clips = tuple(replace(clip, **{name: view}) for clip, view in views)
        return cls(source, skeleton, keypoint_skeleton or skeleton, subjects, clips, **whole)

    def __len__(self) -> int:
        return len(self.clips)

    def __getitem__(self, index: int) -> Clip:
        return self.clips[index]

    @property
    def num_frames(self) -> int:
        """Number of frames N of all clips together."""
        return len(self.keypoints)

    @property
    def intrinsics(self) -> Tensor:
        """Intrinsics of the camera of every frame.  (N, 9)

        Raises:
            InputError: A clip has none.
        """
        for clip in self:
            if clip.intrinsics is None:
                raise InputError(
                    f"{self.source}: the camera of subject {clip.subject}, action {clip.action!r} "
                    "is not calibrated, but the network needs its focal length and centre"
                )
        return torch.cat([clip.intrinsics.expand(len(clip), -1) for clip in self])

    @property
    def actions(self) -> list[str]:
        """Actions, sorted."""
        return sorted({clip.action for clip in self})

    @cached_property
    def starts(self) -> Tensor:
        """First frame of each clip.  (C,)"""
        lengths = torch.tensor([0, *(len(clip) for clip in self)])
        return lengths.cumsum(0)[:-1]

    @cached_property
    def targets(self) -> Tensor:
        """Numbers of the frames to learn from or be measured on.  (M,), M <= N"""
        valid = [
            torch.ones(len(clip), dtype=torch.bool) if clip.valid is None else clip.valid
            for clip in self
        ]
        return torch.cat(valid).nonzero().flatten()

    @cached_property
    def target_clips(self) -> Tensor:
        """Number of the clip of each target.  (M,)"""
        return torch.bucketize(self.targets, self.starts, right=True) - 1

    def select(self, keep: Callable[[Clip], bool]) -> "Clips":
        """The clips for which ``keep`` is true.

        Raises:
            InputError: There are none.
        """
        return self.with_clips(filter(keep, self.clips))

    def every(self, step: int) -> "Clips":
        """Every ``step``-th frame of each clip, from its first."""
        thinned = self.with_clips(clip[::step] for clip in self)
        return replace(thinned, source=f"{self.source}, 1 frame in {step}")

    def targets_every(self, step: int) -> "Clips":
        """All frames, of which only every ``step``-th of each clip counts (if it did before)."""
        if step == 1:
            return self
        clips = tuple(clip.targets_every(step) for clip in self)
        return replace(self, clips=clips, source=f"{self.source}, 1 target in {step}")

    def part(self, name: str, selection: str = "held_out") -> "Clips":
        """The clips of the subjects to train on, to select on, or to test on.

        Args:
            name: ``"train"``, ``"validation"`` or ``"test"``.
            selection: ``"held_out"``: models are selected on a training subject that is held
                out. ``"published"``: as the public code does, on the test subjects, with every
                training subject in training; such a result is not comparable with an honest one.

        Raises:
            InputError: A name is unknown, or no subject of the part has a clip.
        """
        train, validation, test = (self.subjects[part] for part in PARTS)
        table = {
            "held_out": (train, validation, test),
            "published": (train + validation, test, test),
        }
        chosen = look_up("selection", selection, table)
        subjects = look_up("split", name, dict(zip(PARTS, chosen, strict=True)))
        if not any(clip.subject in subjects for clip in self):
            raise InputError(
                f"{self.source} has no clip of {', '.join(subjects)}, the subjects of {name!r}"
            )
        return self.select(lambda clip: clip.subject in subjects)

    def split(self, selection: str = "held_out") -> tuple["Clips", "Clips", "Clips"]:
        """Training, validation and test clips, by subject; see :meth:`part`."""
        return tuple(self.part(name, selection) for name in PARTS)

    def with_clips(self, clips: Iterable[Clip]) -> "Clips":
        """Other clips of the same source, bodies and subjects."""
        return Clips.from_clips(
            self.source, self.skeleton, self.subjects, clips, self.keypoint_skeleton
        )

    def fingerprint(self) -> str:
        """Hash of all keypoints and joints, to tell whether two data sets are the same."""
        digest = hashlib.sha256()
        for values in (self.keypoints, self.joints):
            digest.update(values.contiguous().numpy())
        return digest.hexdigest()[:16]
