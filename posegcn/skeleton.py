"""Skeletons: joint names and parents are the data, every other table is derived from them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from torch import Tensor

from posegcn.errors import InputError

LEFT_RIGHT = (("left_", "right_"), ("l", "r"))


@dataclass(frozen=True)
class Skeleton:
    """A body as a tree of named joints.

    Args:
        name: Name under which checkpoints and the command line know the skeleton.
        joints: Joint names, in the order of the joint axis J.
        parents: Name of each joint's parent, ``None`` for the root.

    Raises:
        InputError: The parents do not form one tree over the joints.
    """

    name: str
    joints: tuple[str, ...]
    parents: tuple[str | None, ...]

    def __post_init__(self):
        if len(set(self.joints)) != len(self.joints) or len(self.joints) != len(self.parents):
            raise InputError(f"skeleton {self.name!r} needs one parent for each distinct joint")
        if self.parents.count(None) != 1:
            raise InputError(f"skeleton {self.name!r} needs exactly one root (parent None)")
        if missing := set(self.parents) - set(self.joints) - {None}:
            raise InputError(f"skeleton {self.name!r} has parents that are no joints: {missing}")
        for joint in self.joints:
            self.path_to_root(joint)

    @classmethod
    def from_tree(cls, name: str, tree: Mapping[str, str | None]) -> "Skeleton":
        """A skeleton from ``{joint: parent}``, in the order of the mapping."""
        return cls(name, tuple(tree), tuple(tree.values()))

    @property
    def num_joints(self) -> int:
        """Number of joints J."""
        return len(self.joints)

    @cached_property
    def root(self) -> int:
        """Index of the root joint."""
        return self.parents.index(None)

    @cached_property
    def parent_indices(self) -> tuple[int, ...]:
        """Index of each joint's parent, -1 for the root, as most of the field prints it."""
        return tuple(-1 if parent is None else self.index(parent) for parent in self.parents)

    @cached_property
    def bones(self) -> tuple[tuple[int, int], ...]:
        """Index pairs (child, parent), one for each joint but the root."""
        pairs = enumerate(self.parent_indices)
        return tuple((child, parent) for child, parent in pairs if parent >= 0)

    @cached_property
    def mirror(self) -> tuple[int, ...]:
        """Index of each joint's left/right counterpart; joints of the midline are their own."""
        return tuple(self.index(self._counterpart(joint)[1]) for joint in self.joints)

    @cached_property
    def left(self) -> tuple[int, ...]:
        """Indices of the left joints."""
        return self._side(0)

    @cached_property
    def right(self) -> tuple[int, ...]:
        """Indices of the right joints."""
        return self._side(1)

    @cached_property
    def groups(self) -> tuple[tuple[int, ...], ...]:
        """Joints paired for pooling, which a body can lose together without losing its shape.

        Three rules in turn, each over the joints not yet taken: the end of a limb goes with its
        parent (or with its mirror image, where both hang on one joint), mirrored joints go
        together, what is left of the midline is paired from the root.
        For 16 joints these are the eight pairs of SemGCN and Graph Stacked Hourglass.
        """
        taken: set[int] = set()
        pairs = []

        def take(*joints: int) -> None:
            if not taken.intersection(joints):
                taken.update(joints)
                pairs.append(joints)

        parents = self.parent_indices
        for joint in range(self.num_joints):
            if joint not in parents and joint != self.root:
                pair = self.mirror[joint] != joint and parents[self.mirror[joint]] == parents[joint]
                take(self.mirror[joint] if pair else parents[joint], joint)
        for joint in self.left:
            take(self.mirror[joint], joint)
        for joint in sorted(range(self.num_joints), key=self._depth):
            free_children = [c for c, p in self.bones if p == joint and c not in taken]
            take(joint, *free_children[:1])
        return tuple(pairs)

    def index(self, joint: str) -> int:
        """Index of the joint called ``joint``.

        Raises:
            InputError: The skeleton has no such joint.
        """
        if joint not in self.joints:
            raise InputError(
                f"skeleton {self.name!r} has no joint {joint!r}, only: {', '.join(self.joints)}"
            )
        return self.joints.index(joint)

    def same_body(self, other: "Skeleton") -> bool:
        """Whether both have the same joints in the same order and the same bones."""
        return (self.joints, self.parents) == (other.joints, other.parents)

    def path_to_root(self, joint: str) -> tuple[str, ...]:
        """Names from ``joint`` up to the root, both included."""
        path = [joint]
        while (parent := self.parents[self.index(path[-1])]) is not None:
            if parent in path:
                raise InputError(f"skeleton {self.name!r} has a cycle through {parent!r}")
            path.append(parent)
        return tuple(path)

    def keep(
        self, name: str, joints: Iterable[str], reattach: Mapping[str, str] | None = None
    ) -> "Skeleton":
        """The skeleton of some of the joints; a parent is the nearest ancestor that is kept.

        Args:
            name: Name of the new skeleton.
            joints: Joints to keep, in the new order.
            reattach: Joints that get another parent than that rule gives.
        """
        joints = tuple(joints)
        tree = {}
        for joint in joints:
            ancestors = (a for a in self.path_to_root(joint)[1:] if a in joints)
            tree[joint] = next(ancestors, None)
        return Skeleton.from_tree(name, tree | dict(reattach or {}))

    def select(self, values: Tensor, target: "Skeleton") -> Tensor:
        """Values of the joints of ``target``, matched by name.  (..., J, C) -> (..., J', C)

        Raises:
            InputError: ``values`` has another number of joints, or a joint of ``target`` is
                missing here.
        """
        if values.shape[-2] != self.num_joints:
            raise InputError(
                f"skeleton {self.name!r} has {self.num_joints} joints, "
                f"got values of shape {tuple(values.shape)}"
            )
        if target.joints == self.joints:
            return values
        return values[..., [self.index(joint) for joint in target.joints], :]

    def _depth(self, joint: int) -> int:
        return len(self.path_to_root(self.joints[joint]))

    def _side(self, side: int) -> tuple[int, ...]:
        sides = enumerate(self._counterpart(joint)[0] for joint in self.joints)
        return tuple(index for index, found in sides if found == side)

    def _counterpart(self, joint: str) -> tuple[int | None, str]:
        """Side (0 left, 1 right, None midline) and the name on the other side."""
        for prefixes in LEFT_RIGHT:
            for side in (0, 1):
                other = prefixes[1 - side] + joint.removeprefix(prefixes[side])
                if joint.startswith(prefixes[side]) and other in self.joints:
                    return side, other
        return None, joint
