"""The bootstrap: how an average would come out with other recordings."""

import numpy as np

CHUNK = 2**22  # draws at a time, to bound memory


def resampled_averages(
    errors: np.ndarray,
    weights: np.ndarray,
    recordings: np.ndarray,
    rows: np.ndarray,
    *,
    resamples: int,
    seed: int,
) -> np.ndarray:
    r"""Averages of recordings drawn with replacement, row by row.

    .. math:: \frac{1}{K} \sum_k \frac{\sum_r c_{kr} \, w_r e_r}{\sum_r c_{kr} \, w_r}

    where :math:`c_{kr}` says how often recording r of row k was drawn. From n recordings n - 1 are
    drawn: only then is the spread of the averages unbiased, and with the few recordings that an
    action has, n draws give intervals that are far too narrow (of two, by 30 per cent). A row with
    one recording stays as it is and adds nothing to the spread.

    Few recordings also mean a spread that is itself uncertain, which percentiles ignore. Of 95 per
    cent intervals of normal errors, 94 per cent hold the truth with 100 recordings, 93.5 with 24,
    91 with 10, and 87 with two recordings in each of five rows (3,000 simulations).

    Args:
        errors: Of each clip.  (C,)
        weights: Of each clip, usually its number of poses.  (C,)
        recordings: Number of the recording of each clip; a recording belongs to one row.  (C,)
        rows: Number of the row of each clip: recordings are drawn, and errors averaged, within a
            row first; one row gives the average over all poses.  (C,)
        resamples: How many averages B.
        seed: Same seed, same draws.

    Returns:
        The averages.  (B,)

    Source: Rao and Wu, Resampling inference with complex survey data, JASA 1988, with n - 1 draws.
    """
    generator = np.random.default_rng(seed)
    total, found = np.zeros(resamples), np.unique(rows)
    for row in found:
        chosen = rows == row
        _, units = np.unique(recordings[chosen], return_inverse=True)
        sizes = np.bincount(units, weights[chosen])
        sums = np.bincount(units, weights[chosen] * errors[chosen])
        total += _averages(sums, sizes, resamples, generator)
    return total / len(found)


def _averages(
    sums: np.ndarray, sizes: np.ndarray, resamples: int, generator: np.random.Generator
) -> np.ndarray:
    count = len(sizes)
    if count == 1:
        return np.full(resamples, sums[0] / sizes[0])
    averages = []
    for start in range(0, resamples, step := max(1, CHUNK // count)):
        size = min(step, resamples - start)
        drawn = generator.multinomial(count - 1, np.full(count, 1 / count), size=size)
        averages.append((drawn @ sums) / (drawn @ sizes))
    return np.concatenate(averages)
