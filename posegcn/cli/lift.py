"""Lift the keypoints of a detector's file to poses in metres, as numbers or as an animation.

posegcn lift keypoints.json --model book/weights/coco_cmu.safetensors --out motion.json
posegcn lift keypoints/ --model MODEL --image-size 1920x1080 --fps 30 --out motion.html
posegcn lift pictures.json --model MODEL --image-size 640x480 --stills --out poses.csv
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from posegcn.cli.lifted import ANIMATIONS, Lifted, num_poses, report, text, write
from posegcn.cli.options import add_force, add_json, add_keypoints, read, show, spare
from posegcn.errors import InputError, look_up
from posegcn.files import check_writable
from posegcn.keypoints import Detections, Track
from posegcn.lifting.doubts import WARNING
from posegcn.lifting.finishing import Options
from posegcn.lifting.gaps import POLICIES
from posegcn.lifting.lifter import Lifter
from posegcn.lifting.people import LEAST_SCORE, in_single_pictures, worth_lifting
from posegcn.lifting.placement import focal_length
from posegcn.lifting.poses import Poses
from posegcn.outputs import OUTPUTS

STANDING = (".bvh", *ANIMATIONS)  # what is looked at
STANDING_TEXT = f"default for {', '.join(STANDING)}"
FRAMES = ("camera", "upright")
TEXTS = {
    "--out": ("FILE", f"ends in {', '.join((*OUTPUTS, *ANIMATIONS))}"),
    "--model": ("CHECKPOINT", "a .safetensors file, or the folder of a run"),
    "--person": ("NAME", "one person; default: everybody"),
    "--gaps": (
        "POLICY",
        f"of missing keypoints, default fill. {'; '.join(map(': '.join, POLICIES.items()))}",
    ),
    "--frame": ("NAME", f"camera, or upright: turned so that people stand ({STANDING_TEXT})"),
    "--images": ("DIR", "pictures of the frames, for --overlay"),
    "--overlay": ("DIR", "write the pictures with the lifted poses drawn over them"),
}
NUMBERS = {
    "--least-confidence": ("X", "keypoints below it count as missing (default 0.1)"),
    "--least-score": (
        "X",
        "of several people, leave out whose mean confidence is below it\n"
        f"(default {LEAST_SCORE}; 0 lifts everybody)",
    ),
    "--focal": ("PX", "focal length in pixels, for the distance"),
    "--focal-35mm": ("MM", "or its 35 mm equivalent, as EXIF has it"),
}
SWITCHES = {
    "--stills": "each frame is a picture for itself, not one of a video: nothing is filled in",
    "--flip": "average with the mirrored prediction (twice the work)",
    "--smooth": "calm the joints (one-euro filter)",
    "--constant-bones": "give every bone its median length",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_keypoints(parser)
    for name, (metavar, help_text) in TEXTS.items():
        required = name in ("--out", "--model")
        parser.add_argument(name, required=required, metavar=metavar, help=help_text)
    for name, (metavar, help_text) in NUMBERS.items():
        parser.add_argument(name, type=float, metavar=metavar, help=help_text)
    parser.set_defaults(gaps="fill", least_confidence=0.1, least_score=LEAST_SCORE)
    for name, help_text in SWITCHES.items():
        parser.add_argument(name, action="store_true", help=help_text)
    add_force(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> None:
    """Read, lift, write."""
    out, frame = _checked(options)
    chosen = Options(
        flip=options.flip,
        gaps=options.gaps,
        least_confidence=options.least_confidence,
        focal_px=options.focal,
        focal_35mm=options.focal_35mm,
        smooth=options.smooth,
        constant_bones=options.constant_bones,
        stills=options.stills,
    )
    detections = read(options)
    if detections.image_size is None:
        raise InputError(
            f"{detections.path} does not say how large the image is: give --image-size WIDTHxHEIGHT"
        )
    focal_length(detections.image_size, focal_px=chosen.focal_px, focal_35mm=chosen.focal_35mm)
    lifter = Lifter.from_checkpoint(options.model)
    try:
        tracks, left_out, num_left_out = _people(detections, options)
        people, refused = _lift(lifter, tracks, detections, chosen)
    except InputError as error:
        raise InputError(f"{detections.path}: {error}") from error
    lifted = Lifted(detections, tracks, people, left_out | refused, num_left_out, frame)
    _warn(lifted)
    result = report(lifted, write(lifted, out, options))
    show(options, result, text(result, detections))


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


def _people(
    detections: Detections, options: argparse.Namespace
) -> tuple[Sequence[Track], dict[str, str], int]:
    """Whom to lift; who is left out of a video and why, or how many of single pictures."""
    if options.person is not None:
        return [detections.person(options.person)], {}, 0
    if options.stills:
        tracks, count = in_single_pictures(detections.tracks, options.least_score)
        return tracks, {}, count
    return *worth_lifting(detections.tracks, options.least_score), 0


def _lift(
    lifter: Lifter, tracks: Sequence[Track], detections: Detections, chosen: Options
) -> tuple[list[Poses], dict[str, str]]:
    """Everybody at once; where one cannot be lifted, each alone, and why by name."""
    arguments = {"image_size": detections.image_size, "fps": detections.fps, **asdict(chosen)}
    people, refused = [], {}
    try:
        people = lifter.lift(tracks, **arguments)
    except InputError:
        if len(tracks) == 1:
            raise
        for track in tracks:
            try:
                people += lifter.lift([track], **arguments)
            except InputError as error:
                refused[track.person] = str(error)
    refused |= {one.person: "no frame has a pose" for one in people if not num_poses(one)}
    people = [one for one in people if num_poses(one)]
    if not people:
        raise InputError(next(iter(refused.values())))
    return people, refused


def _warn(lifted: Lifted) -> None:
    """Say on stderr what makes the poses doubtful; it is in the notes of the outputs too."""
    path = lifted.detections.path
    for person in lifted.people:
        for note in person.notes:
            if note.startswith(WARNING):
                line = f"{WARNING}{path}, person {person.person}: {note.removeprefix(WARNING)}"
                print(f"posegcn: {line}; posegcn doctor {path} says more", file=sys.stderr)
