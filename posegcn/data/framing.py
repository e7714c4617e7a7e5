"""How large people are in the image: what a network has seen, and what it is shown."""

import torch
from torch import Tensor

from posegcn.data.clips import Clips

QUANTILES = (0.05, 0.5, 0.95)
Sizes = tuple[float, float, float]


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


def framing(keypoints: Tensor, sizes: Sizes | None) -> tuple[Tensor, Tensor]:
    """Factor, and the point it is about, by which people become as large as in training.

    One factor for all frames; 1, about the middle of the image, where the median size lies within
    what training had, or that is not known.

    Shape:
        - keypoints: ``(T, J, 2)`` normalised image coordinates, nothing missing
        - output: ``()`` and ``(2,)``
    """
    nowhere = keypoints.new_zeros(2)
    if sizes is None:
        return keypoints.new_ones(()), nowhere
    low, usual, high = sizes
    size = _median(body_size(keypoints))
    fits = ((size >= low) & (size <= high)) | (size == 0)
    factor = torch.where(fits, 1.0, usual / size.clamp(min=torch.finfo(size.dtype).tiny))
    return factor, torch.where(fits, nowhere, _median(keypoints.mean(dim=1)))


def framed(keypoints: Tensor, sizes: Sizes | None) -> Tensor:
    """Keypoints of people as large as in training, see :func:`framing`.  (T, J, 2)"""
    if sizes is None:
        return keypoints
    factor, middle = framing(keypoints, sizes)
    return (keypoints - middle) * factor


def _median(values: Tensor) -> Tensor:
    """The lower median over the first axis, written so that it can be exported."""
    middle = (values.shape[0] - 1) // 2  # `len` would fix the number of frames
    return values.sort(dim=0).values.narrow(0, middle, 1)[0]
