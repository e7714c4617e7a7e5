"""The skeletons of the field, by name."""

from posegcn.errors import look_up
from posegcn.skeleton import Skeleton
from posegcn.skeletons.datasets import (
    H36M_16,
    H36M_17,
    H36M_32,
    HUMANEVA_15,
    MPI_INF_3DHP_17,
    MPII_16,
)
from posegcn.skeletons.detectors import (
    COCO_17,
    COCO_18,
    HALPE_26,
    MEDIAPIPE_33,
    OPENPOSE_25,
)

SKELETONS = {
    skeleton.name: skeleton
    for skeleton in (
        H36M_17,
        H36M_16,
        H36M_32,
        MPII_16,
        HUMANEVA_15,
        MPI_INF_3DHP_17,
        COCO_17,
        COCO_18,
        OPENPOSE_25,
        HALPE_26,
        MEDIAPIPE_33,
    )
}


def get_skeleton(skeleton: str | Skeleton) -> Skeleton:
    """The preset called ``skeleton``; a :class:`~posegcn.skeleton.Skeleton` is returned as it is.

    Raises:
        InputError: No preset has that name.
    """
    if isinstance(skeleton, Skeleton):
        return skeleton
    return look_up("skeleton", skeleton, SKELETONS)
