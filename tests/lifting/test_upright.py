import pytest
import torch
from torch.testing import assert_close

from posegcn import InputError
from posegcn.data.synthetic.body import rest_pose
from posegcn.lifting.upright import upright
from posegcn.skeletons import COCO_17, H36M_17


def standing():
    """A body that stands in a camera frame: x right, y down, z forward."""
    x, y, z = rest_pose(H36M_17).double().unbind(dim=-1)
    return torch.stack([x, -z, y], dim=-1)


def about(axis, degrees):
    angle = torch.tensor(degrees, dtype=torch.float64).deg2rad()
    vector = torch.tensor(axis, dtype=torch.float64) * angle
    x, y, z = vector.tolist()
    return torch.linalg.matrix_exp(torch.tensor([[0, -z, y], [z, 0, -x], [-y, x, 0]]).double())


@pytest.mark.parametrize(("axis", "degrees"), [((1, 0, 0), 30), ((0, 0, 1), -20)])
def test_a_tilted_camera_is_turned_back(axis, degrees):
    tilt = about(axis, degrees)
    seen = standing()[None] @ tilt.T
    turn = upright(seen, H36M_17)
    straight = upright(standing()[None], H36M_17)  # a head may be in front of the feet
    assert_close(turn @ tilt, straight, rtol=0, atol=0.05)
    assert_close(turn @ turn.T, torch.eye(3).double())
    raised = seen @ turn.T
    axis = raised[0, H36M_17.index("head")] - raised[0, [3, 6]].mean(dim=0)
    assert axis[1] < 0
    assert axis[[0, 2]].norm() < 1e-6


def test_a_few_who_lie_do_not_count():
    poses = standing().repeat(20, 1, 1)
    poses[:5] = poses[:5] @ about((1, 0, 0), 90).T
    poses[6] = torch.nan
    assert_close(upright(poses, H36M_17), upright(standing()[None], H36M_17), rtol=0, atol=0.02)


def test_what_tells_nothing_is_refused():
    with pytest.raises(InputError, match="no frame has a pose"):
        upright(torch.full((2, 17, 3), torch.nan), H36M_17)
    with pytest.raises(InputError, match="skeleton 'coco_17' has no feet or no head"):
        upright(torch.zeros(2, 17, 3), COCO_17)
