"""What ``posegcn lift`` writes and says."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from posegcn.keypoints import Detections, Track
from posegcn.lifting.doubts import WARNING
from posegcn.lifting.placement import reproject
from posegcn.lifting.poses import Poses
from posegcn.lifting.upright import upright
from posegcn.outputs import save, turned
from posegcn.outputs.bvh import ASSUMED_FPS

SHOW_ONE = (".gif", ".mp4")  # person; a page has them all
ANIMATIONS = (".html", *SHOW_ONE)
MOST_LETTERS = 40  # of the file's name, in a title


@dataclass(frozen=True, eq=False)
class Lifted:
    """The people of a file.

    Args:
        detections: The file.
        tracks: Those who were to be lifted.
        people: Those who were.
        refused: Why others were not, by name.
        num_left_out: Of single pictures: how often somebody was left out for a low score.
        frame: ``"camera"`` or ``"upright"``.
    """

    detections: Detections
    tracks: Sequence[Track]
    people: Sequence[Poses]
    refused: dict[str, str]
    num_left_out: int
    frame: str

    @property
    def shown(self) -> Poses:
        """The person with most poses."""
        return max(self.people, key=num_poses)

    def turn(self) -> Tensor | None:
        """Rotation to the frame that was asked for; none for that of the camera.  (3, 3)"""
        return upright(self.shown.joints, self.shown.skeleton) if self.frame == "upright" else None

    def keypoints_px(self, poses: Poses) -> Tensor:
        """What the detector saw of a person in the frames of the poses; else NaN.  (T, K, 2)"""
        track = next(track for track in self.tracks if track.person == poses.person)
        seen = track.keypoints_px.masked_fill(track.missing[..., None], torch.nan)
        whole = seen.new_full((len(poses), *seen.shape[1:]), torch.nan)
        whole[torch.searchsorted(poses.frames, track.frames)] = seen
        return whole


def num_poses(poses: Poses) -> int:
    """Frames with a pose."""
    return int(poses.joints.isfinite().all(dim=(1, 2)).sum())


def write(lifted: Lifted, out: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Write the pictures, if some are wanted, and the output; what was written, for JSON."""
    drawn = _overlay(lifted, options) if options.overlay else {"overlay": None}
    if out.suffix.lower() in ANIMATIONS:
        files = [_animate(lifted, out)]
    else:
        files = save(lifted.people, out, force=options.force, upright=lifted.turn())
    return {"files": [str(file) for file in files], **drawn}


def _animate(lifted: Lifted, out: Path) -> Path:
    from posegcn.viz import Motion, animate_people

    turn = lifted.turn()
    first = [lifted.shown, *(one for one in lifted.people if one is not lifted.shown)]
    motions = [
        Motion(
            lifted.keypoints_px(poses),
            poses.joints if turn is None else turned(poses, turn).joints,
            lifted.tracks[0].skeleton,
            poses.skeleton,
            poses.frames,
            name=poses.person,
        )
        for poses in first
    ]
    title = Path(lifted.detections.path).name[:MOST_LETTERS]
    if len(lifted.people) > 1 and out.suffix.lower() in SHOW_ONE:
        title += f", person {lifted.shown.person}"
    return animate_people(
        motions,
        out,
        image_size=lifted.detections.image_size,
        fps=lifted.detections.fps or ASSUMED_FPS,
        title=title,
    )


def _overlay(lifted: Lifted, options: argparse.Namespace) -> dict[str, Any]:
    from posegcn.viz import Overlaid, overlay

    people = [
        Overlaid(poses.frames, lifted.keypoints_px(poses), reproject(poses), poses.skeleton)
        for poses in lifted.people
    ]
    size = lifted.detections.image_size
    done = overlay(options.images, people, options.overlay, image_size=size, force=options.force)
    return {
        "overlay": options.overlay,
        "pictures": len(done.files),
        "pictures_drawn": done.num_drawn,
        "frames_without_picture": done.num_without_picture,
    }


def report(lifted: Lifted, written: Mapping[str, Any]) -> dict[str, Any]:
    """What was done, for JSON."""
    one_alone = any(file.lower().endswith(SHOW_ONE) for file in written["files"])
    return {
        "format": lifted.detections.format,
        **written,
        "shown": lifted.shown.person if one_alone else None,
        "frame": lifted.frame,
        "people": [_summary(person) for person in lifted.people],
        "refused": lifted.refused,
        "left_out_of_pictures": lifted.num_left_out,
    }


def _summary(poses: Poses) -> dict[str, Any]:
    return {
        "person": poses.person,
        "frames": len(poses),
        "filled": int(poses.filled.sum()),
        "without_pose": int(poses.joints.isnan().any(dim=(1, 2)).sum()),
        "reprojection_px": poses.reprojection_px.nanmedian().item(),
        "distance_m": poses.root[:, 2].nanmedian().item(),
        "focal_px": poses.focal_px,
        "focal_source": poses.focal_source,
        "notes": list(poses.notes),
    }


def text(result: Mapping[str, Any], detections: Detections) -> str:
    """The same in words; warnings are told elsewhere."""
    count = len(detections.tracks)
    lines = [
        f"{detections.path}: {detections.format}, {count} {'person' if count == 1 else 'people'}"
    ]
    for person in result["people"]:
        lines.append(
            f"person {person['person'] or '-'}: {person['frames']} frames, reprojection "
            f"{person['reprojection_px']:.1f} px, {person['distance_m']:.1f} m away with a focal "
            f"length of {person['focal_px']:.0f} px ({person['focal_source']})"
        )
        lines += [f"  {note}" for note in person["notes"] if not note.startswith(WARNING)]
    lines += [f"person {name} was left out: {why}" for name, why in result["refused"].items()]
    if result["left_out_of_pictures"]:
        lines.append(
            f"left out of pictures for a mean confidence below --least-score: "
            f"{result['left_out_of_pictures']} people"
        )
    lines += [f"written to {file}" for file in result["files"]]
    if result["shown"] is not None and len(result["people"]) > 1:
        lines.append(f"drawn is person {result['shown']}; --person NAME draws another")
    if result["overlay"]:
        lines.append(
            f"{result['pictures_drawn']} of {result['pictures']} pictures in {result['overlay']} "
            "have people drawn over them"
        )
        if result["frames_without_picture"]:
            lines[-1] += f"; {result['frames_without_picture']} frames have no picture"
    return "\n".join(lines)
