import torch
from torch.testing import assert_close

from posegcn.lifting.bones import constant_bones
from posegcn.metrics import root_relative
from posegcn.skeletons import H36M_17

CHILDREN, PARENTS = (list(side) for side in zip(*H36M_17.bones, strict=True))


def bones(joints):
    return joints[:, CHILDREN] - joints[:, PARENTS]


def test_every_bone_has_its_median_length_and_keeps_its_direction(synthetic_17):
    clip = synthetic_17[0]
    noise = 0.02 * torch.randn(clip.joints.shape, generator=torch.Generator().manual_seed(1))
    joints = root_relative(clip.joints + noise, H36M_17.root)
    result = constant_bones(joints, H36M_17)
    lengths = bones(joints).norm(dim=-1)
    assert_close(bones(result).norm(dim=-1), lengths.median(dim=0).values.expand_as(lengths))
    turn = torch.cosine_similarity(bones(joints), bones(result), dim=-1)
    assert_close(turn, torch.ones_like(turn))
    assert torch.equal(result[:, H36M_17.root], joints[:, H36M_17.root])


def test_constant_bones_stay_and_frames_without_pose_too(synthetic_17):
    joints = synthetic_17[0].joints.clone()
    joints[3] = torch.nan
    result = constant_bones(joints, H36M_17)
    assert result[3].isnan().all()
    kept = [frame for frame in range(len(joints)) if frame != 3]
    lengths = bones(result[kept]).norm(dim=-1)
    assert_close(lengths, lengths[:1].expand_as(lengths))
