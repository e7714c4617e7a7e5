"""A share of the frames of each clip, as VideoPose3D draws it for semi-supervised training."""

import hashlib
from dataclasses import replace

from posegcn.data.clips import Clips
from posegcn.errors import InputError


def subset(clips: Clips, share: float, step: int = 1) -> Clips:
    """One run of frames of each clip, whose place depends on the clip's length alone.

    Args:
        clips: The clips.
        share: Part of the frames to keep, above 0 and below 1.
        step: Keep every n-th frame of the run.

    Raises:
        InputError: The share is out of range.

    Source: Pavllo et al., 3D human pose estimation in video, CVPR 2019, public code.
    """
    if not 0 < share < 1:
        raise InputError(f"the share of frames must be between 0 and 1, got {share}")
    chosen = []
    for clip in clips:
        length = len(clip)
        frames = round(length // step * share) * step
        start = drawn(0, length - frames + 1, str(length))
        chosen.append(clip[start : start + frames : step])
    few = clips.with_clips(chosen)
    return replace(few, source=f"{clips.source}, {share:g} of the frames")


def drawn(lowest: int, limit: int, text: str) -> int:
    """A whole number from ``lowest`` up to, not including, ``limit``, that the text decides."""
    raw = int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "little")
    return int(raw / (2**32 - 1) * (limit - lowest)) + lowest
