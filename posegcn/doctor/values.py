"""Numbers that are no keypoints: zeros, NaN, placeholders, confidences out of range."""

from collections.abc import Iterator

import torch

from posegcn.doctor.body import PILE, Body, is_face
from posegcn.doctor.diagnosis import Finding, percent

ABSENT_SHARE = 0.5  # of the frames; a joint found less often cannot be filled in
FEW_SHARE = 0.05  # of the frames with less than half of the joints; less are filled in
LARGEST_CONFIDENCE = 1.5  # scores of MMPose pass 1 by a little, and are right if cut off there
SCATTERED_SHARE = 0.02  # of the keypoints


def check_confidence(body: Body) -> Iterator[Finding]:
    """Confidences that are out of range, all 0 or all 1."""
    confidence = body.track.confidence
    low, high = body.track.confidence_range
    if low < 0 or high > LARGEST_CONFIDENCE:
        yield body.finding(
            "confidence-range",
            f"confidences reach from {low:.3g} to {high:.3g}, expected 0 to 1, and are cut off "
            "there; divide them by their largest possible value",
        )
    elif not (confidence > 0).any():
        yield body.finding(
            "zero-confidence",
            "every confidence is 0, so every keypoint counts as missing; write the detector's "
            "confidences, or 1",
        )
    elif (confidence[~body.track.missing] == 1).all():
        yield body.finding(
            "no-confidence",
            "every confidence is 1: the file does not tell good keypoints from bad ones",
        )


def check_zeros(body: Body) -> Iterator[Finding]:
    """Keypoints at (0, 0) with a positive confidence: a detector's way to say missing."""
    zeros = (body.track.keypoints_px == 0).all(dim=-1) & (body.track.confidence > 0)
    if zeros.any():
        yield body.finding(
            "zeros-as-missing",
            f"{int(zeros.sum())} keypoints are at (0, 0) with a positive confidence; they are "
            "taken as missing here, so set their confidence to 0 for programs that would believe "
            "them",
            zeros,
        )


def check_nan(body: Body) -> Iterator[Finding]:
    """Half a keypoint, or NaN where the confidence says that something was found.

    A file without confidences may say NaN for missing, that is no fault.
    """
    finite = body.track.keypoints_px.isfinite()
    confidence = body.track.confidence
    wrong = finite.any(dim=-1) & ~finite.all(dim=-1)
    if not ((confidence == 1) | (confidence == 0)).all():
        wrong |= ~finite.all(dim=-1) & (confidence > 0)
    if wrong.any():
        yield body.finding(
            "nan",
            f"{int(wrong.sum())} keypoints have a confidence but no number for x or y; see what "
            "wrote NaN there, they are taken as missing",
            wrong,
        )


def check_placeholder(body: Body) -> Iterator[Finding]:
    """Joints of body and limbs at the very same place, not (0, 0)."""
    if body.piled.any():
        x, y = body.found[body.piled][0].tolist()
        yield body.finding(
            "placeholder",
            f"{PILE} or more joints are at the very same place, as at ({x:g}, {y:g}): that stands "
            "for missing; set their confidence to 0",
            body.piled,
        )


def check_missing(body: Body) -> Iterator[Finding]:
    """Joints, frames and single keypoints that were not found; faces may hide."""
    limbs = torch.tensor([not is_face(name) for name in body.skeleton.joints])
    missing = body.track.missing
    if missing.all():
        return
    absent = (missing.float().mean(dim=0) > ABSENT_SHARE) & limbs
    few = missing[:, limbs].float().mean(dim=-1) > 0.5
    scattered = missing & limbs & ~absent & ~few[:, None]
    if absent.any():
        names = [body.skeleton.joints[joint] for joint in absent.nonzero().flatten()]
        yield body.finding(
            "missing-joints",
            f"{', '.join(names)} {'are' if len(names) > 1 else 'is'} missing in most frames; "
            "networks know whole bodies only, so film the whole person",
            missing & absent,
        )
    if few.float().mean() > FEW_SHARE:
        yield body.finding(
            "few-joints",
            f"{percent(few.float().mean())} of the frames hold less than half of the joints; leave "
            "these frames out",
            few,
        )
    if scattered.float().mean() > SCATTERED_SHARE:
        yield body.finding(
            "missing-keypoints",
            f"{percent(scattered.float().mean())} of the keypoints were not found; they can be "
            "filled in over time",
            scattered,
        )
