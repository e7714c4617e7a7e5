"""Left and right exchanged through the whole clip.

Exchanging the names of all left and right joints is, but for perspective, the same as reflecting
the person in depth: every image of one body is an image of the other, its knees and elbows bend
forward as they should. Positions alone therefore cannot tell, and nothing is found in a file that
has positions alone. What can tell:

- the confidences of a face, if the detector gives any: whoever shows nose and eyes faces the camera
  and has the left shoulder at the right of the image; the ear that is seen is the near one;
- parts that contradict each other: shoulders against hips, or eyes against shoulders.
"""

from collections.abc import Iterator

import torch
from torch import Tensor

from posegcn.doctor.body import Body, pair_of
from posegcn.doctor.diagnosis import Finding, percent

SEEN, HIDDEN = 0.6, 0.3  # confidences of a face that looks here, and of the back of a head
WIDE = 0.08  # body sizes between left and right, to be sure which is where
WIDE_FACE = 0.015  # between the eyes; they are a quarter as far apart as shoulders
EAR_DIFFERENCE = 0.3  # of confidence
VARIES = 0.05  # from the least to the greatest confidence of a file that has any
FEWEST_FRAMES = 10  # that can tell
CONTRARY_SHARE = 0.8  # of those that can tell


def check_sides(body: Body) -> Iterator[Finding]:
    """Sides that contradict the face, or each other, in most frames that can tell."""
    votes = [vote for vote in (_facing(body), _ears(body)) if vote is not None]
    if votes and (share := _contrary(torch.cat(votes))) is not None:
        yield body.finding(
            "swapped-sides",
            f"left and right are exchanged in {percent(share)} of the frames in which the "
            "confidences of the face tell; exchange them, or see whether the video is mirrored",
        )
        return
    for one, other in (("shoulder", "hip"), ("eye", "shoulder")):
        share = _contrary(_agreement(body, one, other))
        if share is not None:
            pairs = pair_of(body.skeleton, one) + pair_of(body.skeleton, other)
            where = torch.zeros_like(body.track.missing)
            where[:, pairs] = True
            yield body.finding(
                "swapped-sides",
                f"{one}s and {other}s have left and right on different sides in {percent(share)} "
                "of the frames that tell; exchange left and right of one of them",
                where,
            )
            return


def sides_are_known(body: Body) -> bool:
    """Whether the file can tell left from right: by the confidences of a face."""
    votes = [vote for vote in (_facing(body), _ears(body)) if vote is not None]
    return bool(votes) and int((torch.cat(votes) != 0).sum()) >= FEWEST_FRAMES


def _contrary(votes: Tensor | None) -> float | None:
    """Share of the votes (+1, -1, 0 for none) that are contrary, if that is nearly all."""
    if votes is None or (votes != 0).sum() < FEWEST_FRAMES:
        return None
    share = ((votes < 0).sum() / (votes != 0).sum()).item()
    return share if share >= CONTRARY_SHARE else None


def _facing(body: Body) -> Tensor | None:
    """+1 where shoulders are on the sides that the face says, -1 where not, 0 unknown.  (T,)"""
    eyes, across = pair_of(body.skeleton, "eye"), body.across("shoulder")
    if eyes is None or "nose" not in body.skeleton.joints or not _confidence_varies(body):
        return None
    confidence = body.track.confidence[:, [*eyes, body.skeleton.index("nose")]]
    shoulders = body.track.confidence[:, pair_of(body.skeleton, "shoulder")].amin(dim=-1) >= SEEN
    here = (confidence >= SEEN).all(dim=-1) & shoulders
    away = (confidence <= HIDDEN).all(dim=-1) & shoulders
    side = torch.where(here, 1, torch.where(away, -1, 0))
    return side * _sign(across[:, 0] / body.size, WIDE)


def _ears(body: Body) -> Tensor | None:
    """+1 where the ear that is seen is the near one, -1 where it is the far one.  (T,)

    Whoever looks to the left of the image shows the left ear.
    """
    ears = pair_of(body.skeleton, "ear")
    if ears is None or "nose" not in body.skeleton.joints or not _confidence_varies(body):
        return None
    left, right = body.track.confidence[:, list(ears)].unbind(dim=-1)
    near = _sign(left - right, EAR_DIFFERENCE)  # +1: the left one
    keypoints = body.track.keypoints_px[:, [*ears, body.skeleton.index("nose")], 0]
    ear = torch.where(left > right, keypoints[:, 0], keypoints[:, 1])
    looks = _sign((keypoints[:, 2] - ear) / body.size, WIDE_FACE)  # +1: to the right
    return -looks * near


def _agreement(body: Body, one: str, other: str) -> Tensor | None:
    """+1 where two pairs have left on the same side, -1 where not, 0 where unclear.  (T,)"""
    first, second = body.across(one), body.across(other)
    if first is None or second is None:
        return None
    least = WIDE_FACE if one == "eye" else WIDE
    return _sign(first[:, 0] / body.size, least) * _sign(second[:, 0] / body.size, WIDE / 2)


def _confidence_varies(body: Body) -> bool:
    """Whether confidences say anything: some detectors give everything the same."""
    found = body.track.confidence[~body.track.missing]
    return bool(len(found)) and bool(found.max() - found.min() > VARIES)


def _sign(values: Tensor, least: float) -> Tensor:
    """Sign where the value is large enough, else 0; 0 for NaN."""
    return torch.where(values.abs() > least, values.sign(), 0).nan_to_num(nan=0.0)
