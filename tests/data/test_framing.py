import torch
from torch.testing import assert_close

from posegcn.data.framing import body_size, sizes_seen


def test_size_is_the_longer_side_without_what_is_missing():
    pose = torch.tensor(
        [[[0.0, 0.0], [0.2, 0.5], [torch.nan, torch.nan]], [[0, 0], [3, 1], [1, 1]]]
    )
    assert_close(body_size(pose), torch.tensor([0.5, 3]))


def test_quantiles_are_those_of_the_poses_that_count(synthetic):
    few = synthetic.every(20)
    sizes = body_size(few.keypoints)
    low, middle, high = sizes_seen(few)
    for value, share in ((low, 0.05), (middle, 0.5), (high, 0.95)):
        assert abs((sizes <= value).float().mean() - share) < 0.01
