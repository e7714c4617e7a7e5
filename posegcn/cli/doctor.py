"""Say what a file of keypoints is, and what is wrong with it.

posegcn doctor keypoints.json
posegcn doctor keypoints/ --image-size 1920x1080 --picture suspicious.png

Exit code 0: no fault (remarks are none), 1: faults, 2: the file cannot be read.
"""

import argparse
from io import BytesIO
from typing import Any

import torch

from posegcn.cli.options import add_force, add_json, add_keypoints, read, show, spare
from posegcn.doctor import CODES, Diagnosis, Finding, examine
from posegcn.errors import InputError
from posegcn.files import check_writable, write_atomically
from posegcn.keypoints import Detections, Track

NO_FAULT, FAULTS = 0, 1


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_keypoints(parser)
    parser.add_argument(
        "--picture",
        metavar="FILE.png",
        help="draw the first frame with something suspicious, or the first one of all",
    )
    add_force(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Examine a file; 1 if it has faults."""
    spare(options, *([options.picture] if options.picture else []))
    if options.picture:
        if not options.picture.lower().endswith(".png"):
            raise InputError(f"--picture wants a name that ends in .png, got {options.picture!r}")
        check_writable(options.picture)
    detections = read(options)
    diagnosis = examine(detections)
    result: dict[str, Any] = {**diagnosis.to_dict(), "picture": options.picture}
    if options.picture:
        write_atomically(options.picture, picture(detections, diagnosis))
    show(options, result, _text(diagnosis, options.picture))
    return FAULTS if diagnosis.faults else NO_FAULT


def picture(detections: Detections, diagnosis: Diagnosis) -> bytes:
    """PNG of the first suspicious frame."""
    from posegcn.viz import frame_figure

    finding = suspicious(diagnosis)
    track = detections.person(finding.person if finding else None)
    if finding and finding.frames:
        row = int((track.frames == finding.frames[0]).nonzero()[0])
    else:
        row = int((~track.missing).sum(dim=1).argmax())
    figure = frame_figure(
        track.keypoints_px[row].masked_fill(track.missing[row, :, None], torch.nan),
        track.skeleton,
        suspicious=finding.first_joints if finding else (),
        image_size=detections.image_size,
        title=_title(finding, track, row),
    )
    file = BytesIO()
    figure.savefig(file, format="png", dpi=150)
    return file.getvalue()


def _title(finding: Finding | None, track: Track, row: int) -> str:
    where = f"frame {int(track.frames[row])}, person {track.person}"
    if finding is None:
        return f"nothing suspicious; {where}"
    count = len(finding.frames)
    more = f", the first of {count}" if count > 1 else ""
    return f"{finding.code}: {CODES[finding.code][1]}\n{where}{more}"


def suspicious(diagnosis: Diagnosis) -> Finding | None:
    """What to draw: the first fault that names frames, else the first about a person."""
    about = [finding for finding in diagnosis.findings if finding.person is not None]
    faults = [finding for finding in about if finding in diagnosis.faults]
    placed = [finding for finding in faults if finding.frames]
    return next(iter([*placed, *faults]), None)


def _text(diagnosis: Diagnosis, path: str | None) -> str:
    summary = diagnosis.summary
    size, fps = summary["image_size"], summary["fps"]
    lines = [
        f"{summary['file']}: {summary['format']}, {summary['skeleton']}, "
        f"{summary['people']} {'person' if summary['people'] == 1 else 'people'}, "
        f"{summary['frames']} frames, {'?' if fps is None else f'{fps:g}'} per second, image "
        f"{f'{size[0]}x{size[1]}' if size else '?'}, {100 * summary['missing']:.1f} % of the "
        "keypoints missing"
    ]
    if not summary["sides_can_be_told"]:
        lines.append("the file does not tell whether left and right are exchanged throughout")
    for finding in diagnosis.findings:
        lines.append(f"{finding.severity}: {finding.code}{_where(finding)}: {finding.sentence}")
    if not diagnosis.findings:
        lines.append("nothing is wrong")
    elif not diagnosis.faults:
        lines.append("no fault")
    if path:
        lines.append(f"picture written to {path}")
    elif suspicious(diagnosis):
        lines.append("--picture FILE.png draws the first suspicious frame")
    return "\n".join(lines)


def _where(finding: Finding) -> str:
    person = "" if finding.person is None else f", person {finding.person}"
    if not finding.frames:
        return person
    count = len(finding.frames)
    return f"{person}, {count} {'frame' if count == 1 else 'frames'} from {finding.frames[0]} on"
