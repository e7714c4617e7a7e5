"""How large people are in the image: what a network has seen, and what it is shown."""

import torch
from torch import Tensor

from posegcn.data.clips import Clips

QUANTILES = (0.05, 0.5, 0.95)


def body_size(keypoints: Tensor) -> Tensor:
    """The longer side of the box around each pose; missing keypoints (NaN) do not count.

    (N, J, 2) -> (N,)
    """
    low = keypoints.nan_to_num(nan=torch.inf).amin(dim=-2)
    high = keypoints.nan_to_num(nan=-torch.inf).amax(dim=-2)
    return (high - low).amax(dim=-1)


def sizes_seen(clips: Clips) -> list[float]:
    """Quantiles 5, 50 and 95 % of the size of people, in normalised image units."""
    ordered = body_size(clips.keypoints[clips.targets]).sort().values
    places = [round(share * (len(ordered) - 1)) for share in QUANTILES]
    return [round(value, 4) for value in ordered[places].tolist()]
