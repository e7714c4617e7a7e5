"""Poses drawn with matplotlib: right blue, left orange, midline grey."""

from typing import Any

from torch import Tensor

from posegcn.skeleton import Skeleton
from posegcn.viz.style import LEFT, MIDLINE, RIGHT


def bone_colours(skeleton: Skeleton) -> list[str]:
    """Colour of each bone by the side of its outer end, in the order of ``skeleton.bones``."""
    left, right = set(skeleton.left), set(skeleton.right)
    side = {**dict.fromkeys(left, LEFT), **dict.fromkeys(right, RIGHT)}
    return [side.get(child, MIDLINE) for child, _ in skeleton.bones]


def draw_keypoints(
    axes: Any, keypoints: Tensor, skeleton: Skeleton, *, colour: str | None = None, **options
) -> None:
    """Draw a pose seen by a camera, y downwards.

    Args:
        axes: Matplotlib axes.
        keypoints: Image coordinates.  (J, 2)
        skeleton: Body of the keypoints.
        colour: One colour for all bones instead of the colours of the sides.
        **options: Passed to ``axes.plot``.
    """
    keypoints = keypoints.cpu().numpy()
    options = {"marker": "o", "ms": 3, "solid_capstyle": "round", **options}
    for (child, parent), own in zip(skeleton.bones, bone_colours(skeleton), strict=True):
        ends = keypoints[[child, parent]]
        axes.plot(ends[:, 0], ends[:, 1], color=colour or own, **options)
    axes.set_aspect("equal")
    if not axes.yaxis_inverted():
        axes.invert_yaxis()


def draw_joints(
    axes: Any, joints: Tensor, skeleton: Skeleton, *, colour: str | None = None, **options
) -> None:
    """Draw a 3D pose of the camera frame upright, seen from where the camera was.

    Args:
        axes: Matplotlib axes with ``projection="3d"``.
        joints: Metres, camera frame.  (J, 3)
        skeleton: Body of the joints.
        colour: One colour for all bones instead of the colours of the sides.
        **options: Passed to ``axes.plot``.
    """
    x, y, z = joints.cpu().numpy().T
    for (child, parent), own in zip(skeleton.bones, bone_colours(skeleton), strict=True):
        ends = [child, parent]
        axes.plot(x[ends], z[ends], -y[ends], color=colour or own, **options)
    axes.set(xlabel="x (m)", ylabel="depth (m)", zlabel="up (m)")
    axes.set_box_aspect((1, 1, 1))
    set_cube(axes, joints[None])


def set_cube(axes: Any, poses: Tensor) -> None:
    """Limits of equal length on the three axes around poses.  (N, J, 3)"""
    points = poses.flatten(0, 1)
    low, high = points.amin(dim=0), points.amax(dim=0)
    middle, half = (low + high) / 2, (high - low).max() / 2 * 1.05
    for setter, centre in zip(
        (axes.set_xlim, axes.set_ylim, axes.set_zlim),
        (middle[0], middle[2], -middle[1]),
        strict=True,
    ):
        setter(float(centre - half), float(centre + half))
