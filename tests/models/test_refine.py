import pytest
import torch
from support import parity
from torch.testing import assert_close

from posegcn import InputError, make_model
from posegcn.camera import place_root, project
from posegcn.models.refine import PoseRefinement, project_pose, use_root_depth
from posegcn.skeletons import H36M_16, H36M_17

CASE = "single_frame/nets/post_refine_j17"
INTRINSICS = torch.tensor([2.29, 2.29, 0.02, 0.01, -0.2, 0.2, 0, 0, 0], dtype=torch.float64)


def refinement():
    torch.manual_seed(0)
    return PoseRefinement(H36M_17, channels=16).double()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("case", parity.cases(CASE))
def test_equals_the_public_code(case, dtype):
    arrays = parity.load(case)
    network = PoseRefinement(H36M_17).eval()
    ours = {"0": "hidden", "3": "gates"}
    state = parity.tensors(arrays, "state", dtype)
    network.to(dtype).load_state_dict(
        {f"{ours[key.split('.')[1]]}.{key.split('.')[2]}": value for key, value in state.items()}
    )
    assert sum(p.numel() for p in network.parameters()) == parity.manifest(case)["params"]
    first, second = (torch.from_numpy(arrays[f"input{i}"])[:, 0].to(dtype) for i in (0, 1))
    output = network(first, second)
    if dtype == torch.float64:
        expected = torch.from_numpy(arrays["output_f64"])[:, 0]
        assert_close(output, expected, rtol=1e-9, atol=1e-9)
    else:
        assert_close(output, torch.from_numpy(arrays["output"])[:, 0], rtol=1e-5, atol=1e-5)


def test_published_sizes():
    for skeleton, count in ((H36M_16, 132_128), (H36M_17, 140_322)):
        network = PoseRefinement(skeleton)
        assert sum(parameter.numel() for parameter in network.parameters()) == count


@pytest.mark.parametrize("skeleton", [H36M_16, H36M_17], ids=lambda s: s.name)
def test_projected_pose_equals_the_public_code(skeleton):
    arrays = parity.load("single_frame/functions/benchmark")
    prefix = f"j{skeleton.num_joints}"
    uvd, truth, intrinsics, expected = (
        torch.from_numpy(arrays[f"{prefix}/{key}"])
        for key in ("uvd", "gt3d_root_absolute", "intrinsic9", "xyz")
    )
    uvd, depth = uvd[:, 0], truth[:, 0, 0, 2]
    projected = project_pose(uvd[..., :2], uvd, depth, intrinsics, skeleton.root)
    assert_close(projected, expected[:, 0], rtol=0, atol=1e-6)


def test_gates_weigh_x_and_y_and_leave_z():
    network = refinement().eval()
    first, second = torch.randn(2, 3, 17, 3, dtype=torch.float64)
    refined = network(first, second)
    assert_close(refined[..., 2], first[..., 2])
    low, high = torch.minimum(first, second), torch.maximum(first, second)
    assert ((refined >= low) & (refined <= high))[..., :2].all()
    assert_close(network(first, first), first)


def test_evaluation_repeats_itself_and_training_does_not():
    network = refinement()
    first, second = torch.randn(2, 3, 17, 3, dtype=torch.float64)
    assert not torch.equal(network(first, second), network(first, second))
    network.eval()
    assert torch.equal(network(first, second), network(first, second))


def people(num=5):
    """Poses in front of a pinhole camera: joints, keypoints, intrinsics, root."""
    generator = torch.Generator().manual_seed(0)
    joints = 0.4 * torch.randn(num, 17, 3, generator=generator, dtype=torch.float64)
    joints = joints - joints[:, :1]
    root = torch.tensor([0.3, -0.2, 5.0], dtype=torch.float64) + 0.1 * joints[:, 3]
    intrinsics = INTRINSICS.expand(num, -1)
    keypoints = project(joints + root[:, None], intrinsics[:, None], distortion=False)
    return joints, keypoints, intrinsics, root


def test_exact_poses_give_the_exact_root():
    joints, keypoints, intrinsics, root = people()
    assert_close(place_root(joints, keypoints, intrinsics), root)
    projected = project_pose(keypoints, joints, root[:, 2], intrinsics, 0)
    assert_close(projected, joints)


def small(**options):
    torch.manual_seed(0)
    return make_model("modulated_gcn_refined", channels=8, num_blocks=1, **options).double()


def test_true_depth_is_used_only_by_the_name_of_the_published_protocol():
    _, keypoints, intrinsics, root = people()
    model = small().eval()
    assert model.inputs == ("keypoints", "intrinsics")
    estimated = model(keypoints, intrinsics)
    use_root_depth(model, "published")
    assert model.inputs == ("keypoints", "intrinsics", "root")
    assert not torch.equal(model(keypoints, intrinsics, root), estimated)
    with pytest.raises(InputError, match="unknown root depth 'true'"):
        use_root_depth(model, "true")
    with pytest.raises(InputError, match="this one has none"):
        use_root_depth(make_model("semgcn", channels=4), "published")


def test_a_root_that_is_missing_or_not_wanted_is_refused():
    _, keypoints, intrinsics, root = people()
    model = small().eval()
    with pytest.raises(InputError, match="'estimated' the network takes keypoints, intrinsics"):
        model(keypoints, intrinsics, root)
    use_root_depth(model, "published")
    assert model.config["root_depth"] == "published"
    with pytest.raises(InputError, match="'published' .* keypoints, intrinsics, root"):
        model(keypoints, intrinsics)


def test_an_estimated_root_is_no_path_for_gradients_and_stays_in_front_of_the_camera():
    _, keypoints, intrinsics, _ = people()
    model = small().train()
    for parameter in model.refinement.gates.parameters():
        torch.nn.init.zeros_(parameter)
    joints, refined = model(keypoints, intrinsics)
    root = place_root(joints, keypoints, intrinsics).detach()
    depth = root[:, 2].clamp(min=0.5)
    projected = project_pose(keypoints, joints, depth, intrinsics, 0)
    assert (root[:, 2] < 0.5).any()  # an untrained pose gives any depth
    assert_close(refined[..., :2], (joints + projected)[..., :2] / 2)
    parameters = list(model.lifter.parameters())
    ours = torch.autograd.grad(refined.sum(), parameters, retain_graph=True)
    expected = joints + (projected - joints) * torch.tensor([0.5, 0.5, 0])
    for gradient, other in zip(ours, torch.autograd.grad(expected.sum(), parameters), strict=True):
        assert_close(gradient, other)


def test_training_gives_the_pose_before_and_after():
    _, keypoints, intrinsics, root = people()
    model = small(root_depth="published").train()
    first, refined = model(keypoints, intrinsics, root)
    assert_close(first[..., 2], refined[..., 2])
    refined.sum().backward()
    assert all(parameter.grad is not None for parameter in model.parameters())
    assert model.eval()(keypoints, intrinsics, root).shape == (5, 17, 3)
