import pytest
import torch
from support import parity
from support.clips import clips_of

from posegcn import InputError
from posegcn.data.subset import drawn, subset


@pytest.mark.parametrize("case", parity.cases("temporal/generators_vp3d"))
def test_numbers_are_drawn_as_in_the_public_code(case):
    draws = ((0, 100, "123"), (0, 1384, "1383"), (5, 6, "x"), (0, 2500, "6000"))
    assert [drawn(*draw) for draw in draws] == parity.load(case)["deterministic_random"].tolist()


def test_a_run_of_each_clip():
    clips = clips_of([50, 20])
    few = subset(clips, 0.4)
    assert [len(clip) for clip in few] == [20, 8]
    assert all((clip.keypoints[:, 0, 0].diff() == 1).all() for clip in few)
    assert torch.equal(subset(clips, 0.4).keypoints, few.keypoints)
    assert [len(clip) for clip in subset(clips, 0.4, step=2)] == [10, 4]
    assert few.source == "toy, 0.4 of the frames"


@pytest.mark.parametrize("share", [0, 1, -1, float("nan")])
def test_shares_out_of_range_are_refused(share):
    with pytest.raises(InputError, match="share of frames must be between 0 and 1"):
        subset(clips_of([5]), share)
