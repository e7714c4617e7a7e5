import pytest
import torch
from torch.testing import assert_close

from posegcn import InputError
from posegcn.lifting.gaps import LONGEST_GAP, fill_gaps
from posegcn.skeletons import H36M_17


def line(frames):
    """Keypoints that move evenly, each its own way."""
    generator = torch.Generator().manual_seed(2)
    start, speed = torch.randn(2, 17, 2, generator=generator)
    return start + speed * torch.arange(frames)[:, None, None]


def holes(frames, joint, gone):
    keypoints, missing = line(frames), torch.zeros(frames, 17, dtype=torch.bool)
    missing[gone, joint] = True
    keypoints[missing] = torch.nan
    return keypoints, missing


def test_inside_a_gap_keypoints_lie_on_the_line():
    keypoints, missing = holes(12, 3, [4, 5, 6, 9])
    filled = fill_gaps(keypoints, missing, H36M_17)
    assert_close(filled.keypoints, line(12))
    assert torch.equal(filled.made_up, missing)
    assert not filled.without_pose.any()


def test_at_the_ends_they_stand_still():
    keypoints, missing = holes(6, 0, [0, 1, 5])
    filled = fill_gaps(keypoints, missing, H36M_17).keypoints
    assert torch.equal(filled[:2, 0], keypoints[2, 0].expand(2, 2))
    assert torch.equal(filled[5, 0], keypoints[4, 0])
    assert torch.equal(filled[:, 1:], keypoints[:, 1:])


@pytest.mark.parametrize(("length", "lost"), [(LONGEST_GAP, 0), (LONGEST_GAP + 1, LONGEST_GAP + 1)])
def test_frames_in_a_long_gap_have_no_pose(length, lost):
    keypoints, missing = holes(60, 5, slice(10, 10 + length))
    filled = fill_gaps(keypoints, missing, H36M_17)
    assert int(filled.without_pose.sum()) == lost
    assert filled.keypoints.isfinite().all()


def test_marked_frames_have_no_pose():
    keypoints, missing = holes(8, 3, [2])
    assert fill_gaps(keypoints, missing, H36M_17, "mark").without_pose.nonzero().tolist() == [[2]]


def test_what_cannot_be_filled_is_refused():
    keypoints, missing = holes(8, 3, slice(None))
    with pytest.raises(InputError, match="rfoot of h36m_17 missing in every frame"):
        fill_gaps(keypoints, missing, H36M_17)
    keypoints, missing = holes(8, 3, [6])
    with pytest.raises(InputError, match="rfoot missing in frame 6, expected every keypoint"):
        fill_gaps(keypoints, missing, H36M_17, "refuse")
    with pytest.raises(InputError, match="unknown policy 'drop'.* Available: fill, mark, refuse"):
        fill_gaps(keypoints, missing, H36M_17, "drop")
