"""Lift the keypoints of a detector's file to poses in metres, as numbers or as an animation.

posegcn lift keypoints.json --model book/weights/coco_cmu.safetensors --out motion.json
posegcn lift keypoints/ --model MODEL --image-size 1920x1080 --fps 30 --out motion.html
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from torch import Tensor

from posegcn.cli.options import add_force, add_json, add_keypoints, read, show, spare
from posegcn.errors import InputError, look_up
from posegcn.files import check_writable
from posegcn.keypoints import Detections, Track
from posegcn.lifting.gaps import POLICIES
from posegcn.lifting.lifter import Lifter
from posegcn.lifting.placement import reproject
from posegcn.lifting.poses import Poses
from posegcn.lifting.upright import upright
from posegcn.outputs import OUTPUTS, save, turned
from posegcn.outputs.bvh import ASSUMED_FPS
from posegcn.skeleton import Skeleton

ANIMATIONS = (".html", ".gif", ".mp4")
STANDING = (".bvh", *ANIMATIONS)  # what is looked at
STANDING_TEXT = f"default for {', '.join(STANDING)}"
FRAMES = ("camera", "upright")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_keypoints(parser)
    suffixes, policies = (
        ", ".join((*OUTPUTS, *ANIMATIONS)),
        "; ".join(map(": ".join, POLICIES.items())),
    )
    texts = {
        "--out": ("FILE", f"ends in {suffixes}"),
        "--model": ("CHECKPOINT", "a .safetensors file, or the folder of a run"),
        "--person": ("NAME", "one person; default: everybody"),
        "--gaps": ("POLICY", f"of missing keypoints, default fill. {policies}"),
        "--frame": ("NAME", f"camera, or upright: turned so that people stand ({STANDING_TEXT})"),
        "--images": ("DIR", "pictures of the frames, for --overlay"),
        "--overlay": ("DIR", "write the pictures with the lifted pose drawn over them"),
    }
    for name, (metavar, text) in texts.items():
        parser.add_argument(name, required=name in ("--out", "--model"), metavar=metavar, help=text)
    numbers = {
        "--least-confidence": ("X", "keypoints below it count as missing (default 0.1)"),
        "--focal": ("PX", "focal length in pixels, for the distance"),
        "--focal-35mm": ("MM", "or its 35 mm equivalent, as EXIF has it"),
    }
    for name, (metavar, text) in numbers.items():
        parser.add_argument(name, type=float, metavar=metavar, help=text)
    parser.set_defaults(gaps="fill", least_confidence=0.1)
    switches = {
        "--flip": "average with the mirrored prediction (twice the work)",
        "--smooth": "calm the joints (one-euro filter)",
        "--constant-bones": "give every bone its median length",
    }
    for name, text in switches.items():
        parser.add_argument(name, action="store_true", help=text)
    add_force(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> None:
    """Read, lift, write."""
    out, frame = _checked(options)
    detections = read(options)
    if detections.image_size is None:
        raise InputError(
            f"{detections.path} does not say how large the image is: give --image-size WIDTHxHEIGHT"
        )
    tracks = detections.tracks if options.person is None else [detections.person(options.person)]
    lifter = Lifter.from_checkpoint(options.model)
    people, refused = _lift(lifter, tracks, detections, options)
    shown = max(people, key=_num_poses)
    turn = upright(shown.joints, shown.skeleton) if frame == "upright" else None
    if options.overlay:
        _overlay(shown, detections, options)
    drawn = out.suffix.lower() in ANIMATIONS
    if drawn:
        files = [_animate(shown, detections, turn, out)]
    else:
        files = list(save(people, out, force=options.force, upright=turn))
    result = {
        "format": detections.format,
        "files": [str(file) for file in files],
        "overlay": options.overlay,
        "shown": shown.person if drawn or options.overlay else None,
        "frame": frame,
        "people": [_summary(person) for person in people],
        "refused": refused,
    }
    show(options, result, _text(result, detections))


def _checked(options: argparse.Namespace) -> tuple[Path, str]:
    """Where to write and in which frame, refused before any work where that cannot be."""
    out = Path(options.out)
    suffix = out.suffix.lower()
    look_up("suffix of an output", suffix, dict.fromkeys((*OUTPUTS, *ANIMATIONS)))
    frame = look_up(
        "frame",
        options.frame or ("upright" if suffix in STANDING else "camera"),
        {name: name for name in FRAMES},
    )
    if (options.images is None) != (options.overlay is None):
        raise InputError("--images and --overlay belong together")
    spare(options, out)
    check_writable(out)
    if suffix in ANIMATIONS:
        from posegcn.viz import check_animation

        check_animation(out)
    return out, frame


def _lift(
    lifter: Lifter, tracks: Sequence[Track], detections: Detections, options: argparse.Namespace
) -> tuple[list[Poses], dict[str, str]]:
    """Everybody at once; where one cannot be lifted, each alone, and why by name."""
    chosen = {
        "fps": detections.fps,
        "flip": options.flip,
        "gaps": options.gaps,
        "least_confidence": options.least_confidence,
        "focal_px": options.focal,
        "focal_35mm": options.focal_35mm,
        "smooth": options.smooth,
        "constant_bones": options.constant_bones,
    }
    people, refused = [], {}
    try:
        people = lifter.lift(tracks, detections.image_size, **chosen)
    except InputError:
        if len(tracks) == 1:
            raise
        for track in tracks:
            try:
                people += lifter.lift([track], detections.image_size, **chosen)
            except InputError as error:
                refused[track.person] = str(error)
    refused |= {one.person: "no frame has a pose" for one in people if not _num_poses(one)}
    people = [one for one in people if _num_poses(one)]
    if not people:
        raise InputError(f"{detections.path}: {next(iter(refused.values()))}")
    return people, refused


def _num_poses(poses: Poses) -> int:
    return int(poses.joints.isfinite().all(dim=(1, 2)).sum())


def _seen(poses: Poses, detections: Detections) -> tuple[Tensor, Skeleton]:
    """What the detector saw of a person, NaN where nothing, and of which body."""
    track = detections.person(poses.person).in_every_frame()
    return track.keypoints_px.where(~track.missing[..., None], float("nan")), track.skeleton


def _animate(poses: Poses, detections: Detections, turn: Any, out: Path) -> Path:
    from posegcn.viz import animate

    keypoints_px, body = _seen(poses, detections)
    return animate(
        keypoints_px,
        poses.joints if turn is None else turned(poses, turn).joints,
        poses.skeleton,
        out,
        keypoint_skeleton=body,
        image_size=detections.image_size,
        fps=detections.fps or ASSUMED_FPS,
        title=f"person {poses.person}" if len(detections.tracks) > 1 else "",
    )


def _overlay(poses: Poses, detections: Detections, options: argparse.Namespace) -> None:
    from posegcn.viz import overlay

    keypoints_px, _ = _seen(poses, detections)
    overlay(
        options.images,
        keypoints_px,
        reproject(poses),
        poses.skeleton,
        options.overlay,
        image_size=detections.image_size,
        force=options.force,
    )


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


def _text(result: dict[str, Any], detections: Detections) -> str:
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
        lines += [f"  {note}" for note in person["notes"]]
    lines += [f"person {name} was left out: {why}" for name, why in result["refused"].items()]
    lines += [f"written to {file}" for file in result["files"]]
    if result["shown"] is not None and len(result["people"]) > 1:
        lines.append(f"drawn is person {result['shown']}; --person NAME draws another")
    if result["overlay"]:
        lines.append(f"pictures are in {result['overlay']}")
    return "\n".join(lines)
