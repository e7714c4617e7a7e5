"""Is the body upright, and as wide as bodies are?"""

from collections.abc import Iterator

from posegcn.doctor.body import Body
from posegcn.doctor.diagnosis import Finding, percent

CLEAR = 0.1  # body sizes that a head or foot is above the hips, to be sure
MOST_FRAMES = 0.9  # of those that are clear
FEWEST_FRAMES = 10
LEGS = 0.8, 2.0  # times hips to head; shorter where a body crouches, longer where it bends
FEWEST_STANDING, STANDING_SHARE = 25, 0.5  # frames
NARROW = 0.18  # width over height, which is 0.5 as a rule; 0.21 is the least on clean clips
WIDE = 0.95  # that times the width of the shoulders; 0.08 as a rule, 0.90 a runner from above
LYING_SLOPE = 1.5  # a torso this much wider than tall lies


def check_upright(body: Body) -> Iterator[Finding]:
    """A head below the hips and feet above them: y counts upwards. A torso that always lies."""
    if body.head is None or body.hips is None:
        return
    torso = (body.head - body.hips) / body.size[:, None]  # (T, 2), y is negative upright
    turned = torso[:, 1] > CLEAR
    clear = torso[:, 1].abs() > CLEAR
    if body.ankles is not None:
        legs = (body.ankles - body.hips)[:, 1] / body.size
        turned &= ~(legs > -CLEAR)
    share = (turned.sum() / clear.sum().clamp(min=1)).item()
    if clear.sum() >= FEWEST_FRAMES and share > MOST_FRAMES:
        yield body.finding(
            "upside-down",
            f"the head is below the hips in {percent(share)} of the frames: y counts upwards in "
            "this file, or the video is turned; replace y by the height of the image minus y",
            turned,
        )
        return
    lying = torso[:, 0].abs() > LYING_SLOPE * torso[:, 1].abs()
    known = torso.isfinite().all(dim=-1)
    share = (lying.sum() / known.sum().clamp(min=1)).item()
    if known.sum() >= FEWEST_FRAMES and share > MOST_FRAMES:
        yield body.finding(
            "lying",
            f"the torso is level in {percent(share)} of the frames: the person lies, or the video "
            "is turned by a quarter",
            lying,
        )


def check_width(body: Body) -> Iterator[Finding]:
    """A body that stands, but is far too wide or too narrow for its height.

    Found from about threefold, as where a tall image was taken for a wide one, and too wide only
    where the person is seen from the front or the back. A smaller factor cannot be told from the
    direction in which a person is seen.
    """
    across = body.across("shoulder")
    if across is None or body.head is None or body.hips is None or body.ankles is None:
        return
    trunk = (body.hips - body.head)[:, 1]
    legs = (body.ankles - body.hips)[:, 1]
    stands = (trunk > CLEAR * body.size) & (legs > LEGS[0] * trunk) & (legs < LEGS[1] * trunk)
    stands &= across.isfinite().all(dim=-1)
    if stands.sum() < FEWEST_STANDING or stands.float().mean() < STANDING_SHARE:
        return
    height = (trunk + legs)[stands]
    widths = body.box[stands, 0] / height
    shoulders = across[stands, 0].abs() / height
    if widths.quantile(0.9) < NARROW:
        how = f"at most {widths.quantile(0.9):.2f}"
    elif shoulders.quantile(0.75) * widths.median() > WIDE:
        how = f"mostly {widths.median():.1f}"
    else:
        return
    yield body.finding(
        "stretched",
        f"the standing body is {how} times as wide as it is tall; see whether the width and height "
        "of the image are right, and both axes have the same scale",
    )
