"""Skeletons of the motion-capture data sets.

Joint orders: Human3.6M with its 17- and 16-joint subsets, MPII as the stacked-hourglass
detections of Human3.6M use it, HumanEva-I and MPI-INF-3DHP, as in the public code of
VideoPose3D (Pavllo et al., CVPR 2019) and P-STMO (Shan et al., ECCV 2022).
"""

from posegcn.skeleton import Skeleton

H36M_32 = Skeleton.from_tree(
    "h36m_32",
    {
        "hip": None,
        "rhip": "hip",
        "rknee": "rhip",
        "rfoot": "rknee",
        "rtoe": "rfoot",
        "rtoe_end": "rtoe",
        "lhip": "hip",
        "lknee": "lhip",
        "lfoot": "lknee",
        "ltoe": "lfoot",
        "ltoe_end": "ltoe",
        "spine_base": "hip",
        "spine": "spine_base",
        "thorax": "spine",
        "neck_nose": "thorax",
        "head": "neck_nose",
        "lclavicle": "spine",
        "lshoulder": "lclavicle",
        "lelbow": "lshoulder",
        "lwrist": "lelbow",
        "lhand": "lwrist",
        "lthumb": "lhand",
        "lwrist_end": "lwrist",
        "lhand_end": "lwrist_end",
        "rclavicle": "spine",
        "rshoulder": "rclavicle",
        "relbow": "rshoulder",
        "rwrist": "relbow",
        "rhand": "rwrist",
        "rthumb": "rhand",
        "rwrist_end": "rwrist",
        "rhand_end": "rwrist_end",
    },
)

_UNUSED_IN_17 = {
    *("rtoe", "rtoe_end", "ltoe", "ltoe_end", "spine_base"),
    *("lclavicle", "lhand", "lthumb", "lwrist_end", "lhand_end"),
    *("rclavicle", "rhand", "rthumb", "rwrist_end", "rhand_end"),
}

# The nearest ancestor kept would hang the shoulders on the spine; the field hangs them on the
# thorax.
H36M_17 = H36M_32.keep(
    "h36m_17",
    (joint for joint in H36M_32.joints if joint not in _UNUSED_IN_17),
    reattach={"lshoulder": "thorax", "rshoulder": "thorax"},
)
H36M_16 = H36M_17.keep("h36m_16", (j for j in H36M_17.joints if j != "neck_nose"))

MPII_16 = Skeleton.from_tree(
    "mpii_16",
    {
        "rfoot": "rknee",
        "rknee": "rhip",
        "rhip": "hip",
        "lhip": "hip",
        "lknee": "lhip",
        "lfoot": "lknee",
        "hip": None,
        "spine": "hip",
        "thorax": "spine",
        "head": "thorax",
        "rwrist": "relbow",
        "relbow": "rshoulder",
        "rshoulder": "thorax",
        "lshoulder": "thorax",
        "lelbow": "lshoulder",
        "lwrist": "lelbow",
    },
)

HUMANEVA_15 = Skeleton.from_tree(
    "humaneva_15",
    {
        "hip": None,
        "thorax": "hip",
        "lshoulder": "thorax",
        "lelbow": "lshoulder",
        "lwrist": "lelbow",
        "rshoulder": "thorax",
        "relbow": "rshoulder",
        "rwrist": "relbow",
        "lhip": "hip",
        "lknee": "lhip",
        "lfoot": "lknee",
        "rhip": "hip",
        "rknee": "rhip",
        "rfoot": "rknee",
        "head": "thorax",
    },
)

MPI_INF_3DHP_17 = Skeleton.from_tree(
    "mpi_inf_3dhp_17",
    {
        "head_top": "head",
        "neck": "spine",
        "rshoulder": "neck",
        "relbow": "rshoulder",
        "rwrist": "relbow",
        "lshoulder": "neck",
        "lelbow": "lshoulder",
        "lwrist": "lelbow",
        "rhip": "hip",
        "rknee": "rhip",
        "rfoot": "rknee",
        "lhip": "hip",
        "lknee": "lhip",
        "lfoot": "lknee",
        "hip": None,
        "spine": "hip",
        "head": "neck",
    },
)
