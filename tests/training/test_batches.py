import pytest
import torch
from support.clips import clips_of as numbered
from torch.testing import assert_close

from posegcn import InputError, make_model
from posegcn.data import Clip, Clips, flip_pose
from posegcn.data.flips import flip_intrinsics, flip_root
from posegcn.recipes import RECIPES
from posegcn.skeletons import H36M_16, H36M_17
from posegcn.training.batches import PoseBatches

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


def temporal(name="temporal_conv", **options):
    torch.manual_seed(0)
    return make_model(name, channels=4, **options)


OVER_TIME = RECIPES["temporal_conv-27-h36m-gt"].replace(batch_size=1000, flip=False)


def windows_of(model, lengths, **changes):
    batches = PoseBatches(numbered(lengths), OVER_TIME.replace(**changes), model)
    return next(iter(batches.epoch(torch.Generator().manual_seed(0))))


def test_windows_surround_their_target():
    keypoints, joints = windows_of(temporal(widths=(3, 3)), [20, 3])
    assert keypoints.shape == (23, 9, 17, 2)
    assert joints.shape == (23, 1, 17, 3)
    assert_close(keypoints[:, 4], joints[:, 0, :, :2])
    steps = keypoints[..., 0, 0].diff(dim=1)
    assert ((steps == 0) | (steps == 1)).all()  # no window reaches into another clip


def test_causal_windows_end_with_their_target():
    keypoints, joints = windows_of(temporal(widths=(3, 3), causal=True), [20])
    assert_close(keypoints[:, -1], joints[:, 0, :, :2])


def test_a_sequence_head_learns_from_the_whole_window():
    model = temporal("gla_gcn", strides=(3, 3), sequence_head=True)
    keypoints, joints = windows_of(model, [20])
    assert joints.shape == (20, 9, 17, 3)
    assert_close(keypoints, joints[..., :2])


def test_chunks_are_predicted_together():
    keypoints, joints = windows_of(temporal(widths=(3, 3)), [20, 6], chunk=5)
    assert keypoints.shape == (6, 13, 17, 2)
    assert joints.shape == (6, 5, 17, 3)
    assert_close(keypoints[:, 4:-4], joints[..., :2])


def test_every_third_frame_is_learnt_from_but_all_are_seen():
    keypoints, joints = windows_of(temporal(widths=(3, 3)), [20], target_step=3)
    assert sorted(joints[:, 0, 0, 0].tolist()) == [1, 4, 7, 10, 13, 16, 19]
    inside = (keypoints[:, 0, 0, 0] > 1) & (keypoints[:, -1, 0, 0] < 20)
    assert (keypoints[inside][..., 0, 0].diff(dim=1) == 1).all()


def test_mirrored_windows():
    keypoints, joints = windows_of(temporal(widths=(3, 3)), [20], flip=True)
    assert len(keypoints) == 40
    assert ((keypoints[:, 4, 0, 0] < 0).sum()) == 20
    assert_close(keypoints[:, 4], joints[:, 0, :, :2])


def test_released_noise_moves_targets_alone():
    plain = windows_of(temporal(widths=(3, 3)), [20])
    noisy = windows_of(temporal(widths=(3, 3)), [20], target_noise="released")
    assert_close(noisy[0], plain[0])
    assert_close(noisy[1][..., 2], plain[1][..., 2])
    assert not torch.allclose(noisy[1], plain[1])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"target_noise": "relased"}, "unknown noise of the targets 'relased', did you mean"),
        ({"chunk": 4, "target_step": 2}, "chunks of 4 frames need clips in which every frame"),
    ],
)
def test_what_makes_no_sense_is_refused(changes, message):
    with pytest.raises(InputError, match=message):
        windows_of(temporal(widths=(3, 3)), [20], **changes)
    with pytest.raises(InputError, match="chunks of 2 frames are for networks that lift whole"):
        batches_of(10, chunk=2)


def test_frames_are_kept_once_whatever_the_window():
    """A window is a gather: nothing grows with its length but a batch."""
    clips = numbered([1000])
    for widths in ((3, 3), (3, 3, 3, 3, 3)):
        batches = PoseBatches(clips, OVER_TIME, temporal(widths=widths))
        held = [*batches.inputs.values(), batches.joints]
        frames = sum(values.numel() * values.element_size() for values in held)
        assert frames == 1000 * 17 * 5 * 4
        assert batches.inputs["keypoints"].data_ptr() == clips.keypoints.data_ptr()
