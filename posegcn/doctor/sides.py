"""Left and right exchanged through the whole clip.

Exchanging the names of all left and right joints is, but for perspective, the same as reflecting
the person in depth: every image of one body is an image of the other, its knees and elbows bend
forward as they should. Positions alone therefore cannot tell, and nothing is found in a file that
has positions alone. What can tell:

- the confidences of a face, of detectors that lower them for what is turned away: whoever shows
  nose and eyes faces the camera and has the left shoulder at the right of the image; the ear that
  is seen is the near one. Many detectors are as sure of a face that nobody sees as of one that
  everybody does. Those of nose and eyes therefore count only in a file that has both, and those of
  ears only where one ear is much surer than the other;
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
UPRIGHT = 0.5  # cosine between the torso and the vertical of the image
FEWEST_FRAMES = 10  # that can tell
CONTRARY_SHARE = 0.8  # of those that can tell


def check_sides(body: Body) -> Iterator[Finding]:
    """Sides that contradict the face, or each other, in most frames that can tell."""
    if (share := _contrary(*_face_votes(body))) is not None:
        yield body.finding(
            "swapped-sides",
            f"left and right are exchanged in {percent(share)} of the frames in which the "
            "confidences of the face tell; exchange them, or see whether the video is mirrored",
        )
        return
    for one, other in (("shoulder", "hip"), ("eye", "shoulder")):
        share = _contrary(*_agreement(body, one, other))
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
    votes = _face_votes(body)
    return bool(votes) and int((torch.cat(votes) != 0).sum()) >= FEWEST_FRAMES


def _face_votes(body: Body) -> list[Tensor]:
    if not _has_face(body):
        return []
    torso = body.hips - body.shoulders
    upright = torso[:, 1] > UPRIGHT * torso.norm(dim=-1)  # on the hands, sides are exchanged
    return [vote * upright for vote in (*_facing(body), _ears(body))]


def _has_face(body: Body) -> bool:
    pairs = [pair_of(body.skeleton, name) for name in ("eye", "ear", "shoulder", "hip")]
    return None not in pairs and "nose" in body.skeleton.joints


def _contrary(*votes: Tensor) -> float | None:
    """Share of the votes (+1, -1, 0 for none) that are contrary.

    ``None`` unless nearly all are, and of no kind of them most are not.
    """
    cast = [own[own != 0] for own in votes]
    together = torch.cat([torch.zeros(0), *cast])
    if len(together) < FEWEST_FRAMES:
        return None
    share = (together < 0).float().mean().item()
    in_favour = any(len(own) >= FEWEST_FRAMES and (own > 0).float().mean() > 0.5 for own in cast)
    return None if in_favour or share < CONTRARY_SHARE else share


def _facing(body: Body) -> list[Tensor]:
    """+1 where shoulders are on the sides that the face says, -1 where not, 0 unknown.  (T,)

    Nothing where nose and eyes are never hidden, or never seen.
    """
    eyes, across = pair_of(body.skeleton, "eye"), body.across("shoulder")
    confidence = body.track.confidence[:, [*eyes, body.skeleton.index("nose")]]
    shoulders = body.track.confidence[:, pair_of(body.skeleton, "shoulder")].amin(dim=-1) >= SEEN
    here = (confidence >= SEEN).all(dim=-1) & shoulders
    away = (confidence <= HIDDEN).all(dim=-1) & shoulders
    if min(here.sum(), away.sum()) < FEWEST_FRAMES:
        return []
    side = torch.where(here, 1, torch.where(away, -1, 0))
    return [side * _sign(across[:, 0] / body.size, WIDE)]


def _ears(body: Body) -> Tensor:
    """+1 where the ear that is seen is the near one, -1 where it is the far one.  (T,)

    Whoever looks to the left of the image shows the left ear, from the front and from behind, and
    has the nose to the left of the middle between the ears. From the front it is to the left of
    that ear as well, which serves where the other one was not found.
    """
    joints = [*pair_of(body.skeleton, "ear"), body.skeleton.index("nose")]
    left, right, nose = body.track.confidence[:, joints].unbind(dim=-1)
    near = _sign(left - right, EAR_DIFFERENCE)  # +1: the left one
    x_left, x_right, x_nose = body.points[:, joints, 0].unbind(dim=-1)
    alone = (x_left.isnan() | x_right.isnan()) & (nose >= SEEN)
    ear = torch.where(left > right, x_left, x_right)
    ears = torch.where(alone, ear, (x_left + x_right) / 2)
    looks = _sign((x_nose - ears) / body.size, WIDE_FACE)  # +1: to the right
    return -looks * near


def _agreement(body: Body, one: str, other: str) -> list[Tensor]:
    """+1 where two pairs have left on the same side, -1 where not, 0 where unclear.  (T,)"""
    first, second = body.across(one), body.across(other)
    if first is None or second is None:
        return []
    least = WIDE_FACE if one == "eye" else WIDE
    return [_sign(first[:, 0] / body.size, least) * _sign(second[:, 0] / body.size, WIDE / 2)]


def _sign(values: Tensor, least: float) -> Tensor:
    """Sign where the value is large enough, else 0; 0 for NaN."""
    return torch.where(values.abs() > least, values.sign(), 0).nan_to_num(nan=0.0)
