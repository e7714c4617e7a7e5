import math

import torch
from torch.testing import assert_close

from posegcn.lifting.smoothing import one_euro


def test_what_stands_still_stays():
    values = torch.full((20, 3), 0.7)
    assert_close(one_euro(values, 50), values)


def test_without_beta_it_is_a_low_pass_filter_written_out():
    values = torch.randn(30, generator=torch.Generator().manual_seed(0)).double()
    share = 1 / (1 + 50 / (2 * math.pi * 1.5))
    expected = [values[0]]
    for value in values[1:]:
        expected.append(share * value + (1 - share) * expected[-1])
    assert_close(one_euro(values, 50, beta=0), torch.stack(expected))


def test_trembling_shrinks_and_fast_motion_is_followed():
    generator = torch.Generator().manual_seed(0)
    tremble = 0.01 * torch.randn(500, 17, 3, generator=generator)
    assert one_euro(tremble, 50).std() < 0.4 * tremble.std()
    walk = 3 * torch.arange(100)[:, None, None] / 50 + tremble[:100]  # 3 m/s
    delay = (walk - one_euro(walk, 50))[50:].mean() / 3
    assert 0 < delay < 0.02  # seconds
    assert (walk - one_euro(walk, 50, beta=0))[50:].mean() / 3 > 0.1


def test_it_begins_anew_behind_a_gap():
    values = torch.randn(20, 2, generator=torch.Generator().manual_seed(0))
    values[8:12] = torch.nan
    smoothed = one_euro(values, 50)
    assert torch.equal(smoothed.isnan(), values.isnan())
    assert torch.equal(smoothed[12], values[12])
