"""What the doctor says of keypoints that are about to be lifted.

A lifter always answers. What cannot be lifted at all is refused, and what makes the answer doubtful
is a note that begins with ``WARNING``.
"""

from collections.abc import Iterator

from torch import Tensor

from posegcn.doctor import FAULT, Finding
from posegcn.doctor.body import Body
from posegcn.doctor.diagnosis import percent
from posegcn.doctor.order import check_order
from posegcn.doctor.shape import check_upright, check_width
from posegcn.doctor.sides import check_sides
from posegcn.doctor.swaps import check_swaps
from posegcn.doctor.units import check_normalised, check_outside
from posegcn.errors import InputError
from posegcn.keypoints.track import Track

WARNING = "warning: "
# With fewer, single poses decide: of ten frames of CMU motion, one clip in 25 is doubted wrongly.
FEWEST_FRAMES = 25
# Share of the body's size between keypoints and the pose seen again, in the median frame. On CMU
# motion it is 0.015 to 0.028; 0.08 with half the image size, 0.4 with joints in another order.
MOST_APART = 0.07


def check_units(track: Track) -> None:
    """Refuse coordinates that are parts of the image.

    Raises:
        InputError: They are.
    """
    for finding in check_normalised(Body(track)):
        raise InputError(finding.sentence)


def doubts(track: Track, image_size: tuple[int, int], *, stills: bool = False) -> list[str]:
    """Whether image size, order of joints, sides and proportions can be right, a note for each no.

    Args:
        track: Keypoints of one person, of which at least one was found.
        image_size: Width and height in pixels.
        stills: Frames do not follow each other.
    """
    findings = _decisive(Body(track), image_size, stills)
    return [f"{WARNING}{f.code}: {f.sentence}" for f in findings if f.severity == FAULT]


def _decisive(body: Body, image_size: tuple[int, int], stills: bool) -> Iterator[Finding]:
    yield from check_outside(body, image_size)
    if len(body.track) < FEWEST_FRAMES:
        return
    order = list(check_order(body))
    yield from order
    if order:  # sides and proportions would be those of other joints
        return
    for check in (check_sides, check_upright, check_width):
        yield from check(body)
    if not stills:
        yield from check_swaps(body)


def doubts_seen_again(reprojection_px: Tensor, size_px: Tensor) -> list[str]:
    """A note where poses are seen again far from their keypoints.

    Args:
        reprojection_px: Mean distance of a frame in pixels; NaN without a pose.  (T,)
        size_px: Longer side of the box around its keypoints.  (T,)
    """
    apart = (reprojection_px / size_px).nanmedian().item()
    if not apart > MOST_APART:
        return []
    pixels = reprojection_px.nanmedian().item()
    return [
        f"{WARNING}the lifted pose is seen {pixels:.0f} px from its keypoints, {percent(apart)} of "
        "the person's size, where 2 % are usual: these are no keypoints of a person, or they do "
        "not suit the network or the image size"
    ]
