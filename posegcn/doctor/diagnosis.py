"""What the doctor says: findings in a fixed order, and a summary of the file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

FAULT, REMARK = "fault", "remark"

# Every code: its severity, and what it means. Findings come in this order. A fault makes lifted
# motion wrong until it is mended; a remark is something to know.
CODES = {
    "normalised": (FAULT, "coordinates are parts of the image, not pixels"),
    "outside-image": (FAULT, "keypoints lie outside the stated image"),
    "cut-off": (FAULT, "keypoints are pressed against the border of the image"),
    "confidence-range": (FAULT, "confidences are not between 0 and 1"),
    "zero-confidence": (FAULT, "every confidence is 0"),
    "zeros-as-missing": (FAULT, "keypoints at (0, 0) with a positive confidence"),
    "nan": (FAULT, "keypoints without a number, but with a positive confidence"),
    "placeholder": (FAULT, "several joints at the very same place"),
    "missing-joints": (FAULT, "joints that are hardly ever found"),
    "few-joints": (FAULT, "frames with less than half of the joints"),
    "joint-order": (FAULT, "the order of the joints does not give a body"),
    "upside-down": (FAULT, "the head is below the hips"),
    "stretched": (FAULT, "the body is too wide or too narrow"),
    "swapped-sides": (FAULT, "left and right are exchanged through the whole clip"),
    "swapped-frames": (FAULT, "left and right are exchanged in some frames"),
    "frozen-joints": (FAULT, "joints that do not move while the body does"),
    "jumping-joints": (FAULT, "joints that leave the body for a moment"),
    "identity-switch": (FAULT, "a track jumps to another body"),
    "broken-track": (FAULT, "one person under two names, one after the other"),
    "duplicate-person": (FAULT, "one person under two names at a time"),
    "missing-frames": (FAULT, "gaps in the numbers of the frames"),
    "repeated-frames": (FAULT, "frames that are the same as the one before"),
    "implausible-speed": (FAULT, "motion too fast for the stated frames per second"),
    "lying": (REMARK, "the body lies, or the video is turned"),
    "small-body": (REMARK, "the body is only a few pixels tall"),
    "missing-keypoints": (REMARK, "keypoints that were not found here and there"),
    "skipped-frames": (REMARK, "short gaps in the numbers of the frames here and there"),
    "flicker": (REMARK, "single joints that go to the other side of the body for a moment"),
    "several-people": (REMARK, "more than one person"),
    "no-confidence": (REMARK, "every confidence is 1"),
    "unknown-image-size": (REMARK, "the file does not tell the size of the image"),
    "unknown-fps": (REMARK, "the file does not tell the frames per second"),
}


@dataclass(frozen=True)
class Finding:
    """Something that is wrong, or to be known.

    Args:
        code: Name in ``CODES``.
        sentence: What it is and what to do.
        person: Whom it concerns; ``None`` for the whole file.
        frames: Numbers of the frames concerned, increasing; empty for all.
        joints: Names of the joints concerned; empty for all.
        first_joints: Those of them that are concerned in the first of the frames.
    """

    code: str
    sentence: str
    person: str | None = None
    frames: tuple[int, ...] = field(default=(), repr=False)
    joints: tuple[str, ...] = ()
    first_joints: tuple[str, ...] = field(default=(), repr=False)

    @property
    def severity(self) -> str:
        """``"fault"`` or ``"remark"``."""
        return CODES[self.code][0]

    def to_dict(self) -> dict[str, Any]:
        """For JSON; of the frames, the first and their count."""
        first = self.frames[0] if self.frames else None
        return {
            "code": self.code,
            "severity": self.severity,
            "sentence": self.sentence,
            "person": self.person,
            "frames": {"first": first, "count": len(self.frames)},
            "joints": list(self.joints),
        }


@dataclass(frozen=True)
class Diagnosis:
    """What the doctor found.

    Args:
        summary: What the file is: format, skeleton, people, frames, fps, image size, share of
            missing keypoints.
        findings: In the order of ``CODES``.
    """

    summary: Mapping[str, Any]
    findings: tuple[Finding, ...]

    @property
    def faults(self) -> tuple[Finding, ...]:
        """Findings that make lifted motion wrong."""
        return tuple(finding for finding in self.findings if finding.severity == FAULT)

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "summary": dict(self.summary),
            "findings": [finding.to_dict() for finding in self.findings],
        }


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings sorted as ``CODES`` are; of one code, as they came."""
    ranks = {code: rank for rank, code in enumerate(CODES)}
    return tuple(sorted(findings, key=lambda finding: ranks[finding.code]))


def percent(share: float | Tensor) -> str:
    """A share as text; never 0 % for something that happens, nor 100 % for what does not always."""
    share = float(share)
    if 0 < share < 0.01:
        return "less than 1 %"
    return f"{min(round(100 * share), 99 if share < 1 else 100)} %"
