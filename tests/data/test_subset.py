import shutil

import pytest
import torch
from support import parity
from support.clips import clips_of
from torch.testing import assert_close

from posegcn import InputError
from posegcn.data import open_source
from posegcn.data.subset import drawn, subset
from posegcn.skeletons import H36M_17


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


@pytest.mark.parametrize("case", parity.cases("temporal/pipeline_h36m_fetch"))
def test_frames_are_those_of_the_public_program(case, tmp_path):
    """Its lower frame rate and its share of frames, on data in the real format."""
    for name in ("data_3d_h36m.npz", "data_2d_h36m_gt.npz"):
        shutil.copy(parity.path(f"temporal/tiny_{name}"), tmp_path / name)
    arrays = parity.load(case)
    clips = open_source(f"h36m:{tmp_path}:gt", H36M_17)
    for kind, chosen in (("downsample3", clips.every(3)), ("subset0.4", subset(clips, 0.4))):
        assert len(chosen) == sum(key.startswith(f"{kind}/kps2d/") for key in arrays) == 20
        for index, clip in enumerate(chosen):
            expected = torch.from_numpy(arrays[f"{kind}/kps2d/{index}"])
            assert_close(clip.keypoints[:, :3], expected, rtol=0, atol=1e-5)
            joints = torch.cat([clip.root[:, None], clip.joints[:, 1:3]], dim=1)
            expected = torch.from_numpy(arrays[f"{kind}/pos3d/{index}"])
            assert_close(joints, expected, rtol=0, atol=1e-5)
