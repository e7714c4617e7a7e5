"""HumanEva-I, from the files the field passes around (:mod:`posegcn.data.nested`)."""

from pathlib import Path

from posegcn.camera import Camera
from posegcn.data.clips import Clips
from posegcn.data.nested import Format, read_recordings, require_body, seen_by
from posegcn.errors import look_up
from posegcn.rig import humaneva_cameras
from posegcn.skeleton import Skeleton
from posegcn.skeletons import COCO_17, HUMANEVA_15

FORMAT = Format("humaneva15", (HUMANEVA_15,), (HUMANEVA_15, COCO_17))
# The same three people train and test: "Validate" is the first part of each trial, "Train" the
# second.
SUBJECTS = {
    "train": ("Train/S1", "Train/S3"),
    "validation": ("Train/S2",),
    "test": ("Validate/S1", "Validate/S2", "Validate/S3"),
}
PEOPLE = {name: name.rpartition("/")[2] for part in SUBJECTS.values() for name in part}
# How the names of the recordings begin that the field trains and reports on.
ACTIONS = ("Walk", "Jog", "Box")


def humaneva_clips(
    source: str,
    folder: str | Path,
    keypoints: str,
    skeleton: Skeleton,
    *,
    every_action: bool = False,
) -> Clips:
    """Clips of all subjects in both files, in the three cameras C1, C2, C3.

    The motion is cut where it could not be captured; all pieces and takes of an action carry its
    name, which is that of the recording up to its first space. Detections in COCO order become
    the 15 joints by :func:`posegcn.skeletons.conversion.convert`. The clips have no intrinsics.

    Args:
        source: Name to keep with the data.
        folder: Where the two files are.
        keypoints: Which detections: ``gt`` or ``detectron_pt_coco``.
        skeleton: The HumanEva-I skeleton of 15 joints.
        every_action: Not only Walking, Jog and Box, as the field does.

    Raises:
        InputError: A file is missing, damaged or hostile, or the two do not fit together.

    Source: the data are those of Sigal, Balan and Black, HumanEva, IJCV 2010; parts and actions as
    in the public code of VideoPose3D (Pavllo et al., CVPR 2019). Differs from it: models are
    selected on Train/S2, not on what they are tested on.
    """
    require_body(source, HUMANEVA_15, skeleton)
    recordings = read_recordings(
        FORMAT,
        folder,
        keypoints,
        skeleton,
        lambda subject, name: every_action or name.startswith(ACTIONS),
    )
    clips = (
        clip
        for recording in recordings
        for clip in seen_by(_cameras(recording.subject), recording, skeleton, calibrated=False)
    )
    return Clips.from_clips(source, skeleton, SUBJECTS, clips)


def _cameras(subject: str) -> tuple[Camera, ...]:
    return humaneva_cameras(look_up("HumanEva-I subject", subject, PEOPLE))
