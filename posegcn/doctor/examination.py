"""All checks on a file."""

from collections.abc import Iterator
from typing import Any

from posegcn.doctor.body import Body
from posegcn.doctor.diagnosis import CODES, Diagnosis, Finding, in_order
from posegcn.doctor.motion import check_frozen, check_jumps
from posegcn.doctor.order import check_order
from posegcn.doctor.people import check_identity, check_people
from posegcn.doctor.shape import check_upright, check_width
from posegcn.doctor.sides import check_sides, sides_are_known
from posegcn.doctor.swaps import check_swaps
from posegcn.doctor.timing import check_frames, check_repeated, check_speed
from posegcn.doctor.units import check_cut_off, check_normalised, check_outside, check_small
from posegcn.doctor.values import (
    check_confidence,
    check_missing,
    check_nan,
    check_placeholder,
    check_zeros,
)
from posegcn.keypoints.track import Detections

FEWEST_FRAMES = 5  # of a track to be examined in the presence of longer ones


def examine(detections: Detections) -> Diagnosis:
    """What a file of keypoints is, and what is wrong with it.

    A check that another fault would mislead is left out: nothing is said of sides and proportions
    where the order of the joints is wrong, nor of the image where coordinates are no pixels.

    Args:
        detections: What the file holds.
    """
    bodies = [Body(track) for track in detections.tracks]
    longest = max(len(body.track) for body in bodies)
    examined = [body for body in bodies if len(body.track) >= min(FEWEST_FRAMES, longest)]
    findings = [finding for body in examined for finding in _examine_body(body, detections)]
    findings += check_people(examined)
    if detections.image_size is None:
        findings.append(
            Finding("unknown-image-size", CODES["unknown-image-size"][1] + "; give --image-size")
        )
    if detections.fps is None:
        findings.append(Finding("unknown-fps", CODES["unknown-fps"][1] + "; give --fps"))
    return Diagnosis(_summary(detections, bodies), in_order(findings))


def _examine_body(body: Body, detections: Detections) -> Iterator[Finding]:
    yield from check_confidence(body)
    yield from check_zeros(body)
    yield from check_nan(body)
    yield from check_missing(body)
    yield from check_frames(body)
    if body.track.missing.all():
        return
    yield from check_repeated(body)
    yield from check_frozen(body)
    normalised = list(check_normalised(body))
    if not normalised:
        yield from check_placeholder(body)
        yield from check_outside(body, detections.image_size)
        yield from check_cut_off(body, detections.image_size)
        yield from check_small(body)
    yield from normalised
    yield from check_speed(body, detections.fps)
    yield from check_identity(body, detections.fps)
    order = list(check_order(body))
    yield from order
    if not order:
        yield from _examine_shape(body)


def _examine_shape(body: Body) -> Iterator[Finding]:
    """What needs the right order of the joints."""
    yield from check_sides(body)
    yield from check_swaps(body)
    yield from check_jumps(body)
    yield from check_upright(body)
    yield from check_width(body)


def _summary(detections: Detections, bodies: list[Body]) -> dict[str, Any]:
    missing = sum(int(body.track.missing.sum()) for body in bodies)
    keypoints = sum(body.track.missing.numel() for body in bodies)
    frames = [body.track.frames for body in bodies]
    return {
        "file": detections.path,
        "format": detections.format,
        "skeleton": bodies[0].skeleton.name,
        "people": len(bodies),
        "frames": int(max(f[-1] for f in frames) - min(f[0] for f in frames)) + 1,
        "fps": detections.fps,
        "image_size": list(detections.image_size) if detections.image_size else None,
        "missing": round(missing / max(keypoints, 1), 4),
        "sides_can_be_told": any(sides_are_known(body) for body in bodies),
    }
