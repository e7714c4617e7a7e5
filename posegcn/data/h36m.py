"""Human3.6M, from the files the field passes around (:mod:`posegcn.data.nested`)."""

from pathlib import Path

from posegcn.data.clips import Clips
from posegcn.data.nested import Format, read_recordings, seen_by
from posegcn.rig import h36m_cameras
from posegcn.skeleton import Skeleton
from posegcn.skeletons import COCO_17, H36M_16, H36M_17, H36M_32, MPII_16

FORMAT = Format("h36m", (H36M_32, H36M_17), (H36M_17, H36M_16, MPII_16, COCO_17))
SUBJECTS = {
    "train": ("S1", "S5", "S6", "S7"),
    "validation": ("S8",),
    "test": ("S9", "S11"),
}
# Its video is corrupt; the public code of SemGCN and VideoPose3D leaves it out too.
CORRUPT = {("S11", "Directions")}


def h36m_clips(source: str, folder: str | Path, keypoints: str, skeleton: Skeleton) -> Clips:
    """Clips of all subjects in both files.

    An action is the name of the recording up to its first space, so that takes are averaged
    together. Detections longer than the motion are cut to it, as the field does. Those in COCO
    order become Human3.6M joints by :func:`posegcn.skeletons.conversion.convert`.

    Args:
        source: Name to keep with the data.
        folder: Where the two files are.
        keypoints: Which detections: ``gt``, ``cpn_ft_h36m_dbb``, ``detectron_pt_coco``, ...
        skeleton: Human3.6M skeleton of 16 or 17 joints.

    Raises:
        InputError: A file is missing, damaged or hostile, or the two do not fit together.
    """
    recordings = read_recordings(
        FORMAT, folder, keypoints, skeleton, lambda *recording: recording not in CORRUPT
    )
    clips = (
        clip
        for recording in recordings
        for clip in seen_by(h36m_cameras(recording.subject), recording, skeleton)
    )
    return Clips.from_clips(source, skeleton, SUBJECTS, clips)
