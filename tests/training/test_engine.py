import copy

import pytest
import torch
from torch.testing import assert_close

from posegcn import InputError, make_model
from posegcn.data import Clip, Clips, flip_pose
from posegcn.data.flips import flip_intrinsics, flip_root
from posegcn.recipes import RECIPES
from posegcn.skeletons import H36M_16, H36M_17
from posegcn.training.batches import PoseBatches
from posegcn.training.engine import Trainer

RECIPE = RECIPES["semgcn-h36m-gt"].replace(batch_size=4)


def clips_of(frames):
    """Poses that carry their own number, so that a batch tells what it holds."""
    number = torch.arange(1.0, frames + 1)[:, None, None]
    keypoints, joints = number.expand(-1, 16, 2), number.expand(-1, 16, 3)
    clip = Clip("A", "walk", "camera0", (1000, 1000), keypoints, joints, joints[:, 0])
    return Clips.from_clips("toy", H36M_16, {}, [clip])


def model():
    torch.manual_seed(0)
    return make_model("semgcn", channels=8)


def batches_of(frames, seed=0, **changes):
    batches = PoseBatches(clips_of(frames), RECIPE.replace(**changes), model())
    return batches, list(batches.epoch(torch.Generator().manual_seed(seed)))


def test_an_epoch_holds_every_pose_once():
    batches, epoch = batches_of(10)
    numbers = torch.cat([joints[:, 0, 0] for _, joints in epoch])
    assert sorted(numbers.tolist()) == list(range(1, 11))
    assert [len(joints) for _, joints in epoch] == [4, 4, 2]
    assert len(batches) == 3
    for keypoints, joints in epoch:
        assert_close(keypoints[:, 0, 0], joints[:, 0, 0])


def test_order_comes_from_the_generator():
    order = [torch.cat([j[:, 0, 0] for _, j in batches_of(50, seed)[1]]) for seed in (0, 0, 1)]
    assert torch.equal(order[0], order[1])
    assert not torch.equal(order[0], order[2])


def test_a_last_batch_of_one_pose_is_left_out():
    batches, epoch = batches_of(9)
    assert len(batches) == len(epoch) == 2


def test_a_batch_holds_at_most_every_pose():
    assert [len(joints) for _, joints in batches_of(9, batch_size=10**20)[1]] == [9]


def test_one_pose_is_too_few():
    with pytest.raises(InputError, match="toy holds 1 pose to train on, expected two or more"):
        batches_of(1)


def test_flip_gives_every_pose_and_its_mirror():
    _, epoch = batches_of(6, flip=True)
    poses = torch.cat([joints for _, joints in epoch])
    assert len(poses) == 12
    plain = {pose[0, 0].item() for pose in poses if pose[0, 0] > 0}
    mirrored = {-pose[0, 0].item() for pose in poses if pose[0, 0] < 0}
    assert plain == mirrored == set(range(1, 7))
    one = poses[poses[:, 0, 0] < 0][0]
    assert_close(flip_pose(one, H36M_16), one.abs().max().expand(16, 3))


def test_a_step_is_the_textbook_step():
    """Adam with a clipped gradient, written out."""
    keypoints, joints = torch.randn(4, 16, 2), 100 * torch.randn(4, 16, 3)
    network, twin = model(), model()
    trainer = Trainer(network, RECIPE, num_steps=10)
    loss = trainer.step(keypoints, joints)

    expected = (twin(keypoints) - joints).square().mean()
    expected.backward()
    norm = torch.nn.utils.clip_grad_norm_(twin.parameters(), 1.0)
    assert norm > 1  # otherwise nothing is clipped here
    optimizer = torch.optim.Adam(twin.parameters(), 1e-3 * 0.96**1e-5)
    optimizer.step()
    assert_close(loss, expected.detach())
    for ours, theirs in zip(network.parameters(), twin.parameters(), strict=True):
        assert_close(ours, theirs, rtol=1e-4, atol=1e-6)


def test_no_clipping_where_the_norm_is_zero():
    keypoints, joints = torch.randn(4, 16, 2), 100 * torch.randn(4, 16, 3)
    network = model()
    Trainer(network, RECIPE.replace(clip_norm=0), num_steps=10).step(keypoints, joints)
    gradients = [parameter.grad for parameter in network.parameters()]
    assert torch.nn.utils.get_total_norm(gradients) > 1


def test_mirrored_batches_mirror_everything_that_the_network_takes():
    network = make_model("modulated_gcn_refined", channels=4, num_blocks=1, root_depth="published")
    generator = torch.Generator().manual_seed(0)
    keypoints, joints = (torch.randn(6, 17, size, generator=generator) for size in (2, 3))
    camera = torch.arange(1.0, 10.0)
    clip = Clip("A", "walk", "camera0", (1000, 1000), keypoints, joints, joints[:, 3], camera)
    clips = Clips.from_clips("toy", H36M_17, {}, [clip])
    recipe = RECIPES["modulated_gcn_refined-h36m-cpn"].replace(batch_size=100)
    (batch,) = PoseBatches(clips, recipe, network).epoch(generator)
    assert [tuple(values.shape[1:]) for values in batch] == [(17, 2), (9,), (3,), (17, 3)]
    straight = (keypoints, camera.expand(6, -1), joints[:, 3], joints)
    flips = (flip_pose, flip_intrinsics, flip_root, flip_pose)
    for found, values, flip in zip(batch, straight, flips, strict=True):
        both = torch.cat([values, flip(values, H36M_17)]).flatten(1)
        assert sorted(found.flatten(1).tolist()) == sorted(both.tolist())


def test_state_restores_to_the_last_bit():
    keypoints, joints = torch.randn(4, 16, 2), torch.randn(4, 16, 3)
    first = Trainer(model(), RECIPE, num_steps=10)
    first.step(keypoints, joints)
    second = Trainer(model(), RECIPE, num_steps=10)
    second.restore(copy.deepcopy(first.state()))
    assert second.num_done == 1
    assert torch.equal(first.step(keypoints, joints), second.step(keypoints, joints))
    for one, other in zip(first.model.parameters(), second.model.parameters(), strict=True):
        assert torch.equal(one, other)


def test_unknown_names_are_refused():
    with pytest.raises(InputError, match="unknown loss 'mae'"):
        Trainer(model(), RECIPE.replace(loss="mae"), num_steps=1)
    with pytest.raises(InputError, match="did you mean 'warmup_cosine'"):
        Trainer(model(), RECIPE.replace(schedule="warmup_cosin"), num_steps=1)
