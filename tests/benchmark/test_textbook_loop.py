from copy import deepcopy

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from posegcn import RECIPES, make_model, metrics
from posegcn.benchmark.textbook import to_textbook
from posegcn.benchmark.textbook_data import TextbookPoses, TextbookWindows, pose_loader
from posegcn.benchmark.textbook_loop import (
    TextbookRanger,
    TextbookTrainer,
    textbook_evaluation,
    textbook_p_mpjpe,
)
from posegcn.prediction import predict
from posegcn.training.batches import PoseBatches
from posegcn.training.engine import Trainer
from posegcn.training.optimizers import Ranger

CPU = torch.device("cpu")


def randn(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_ranger_is_ours():
    ours, theirs = randn(5, 3).requires_grad_(), randn(5, 3).requires_grad_()
    pairs = (ours, Ranger([ours], lr=0.1)), (theirs, TextbookRanger([theirs], lr=0.1))
    for step in range(20):
        for weight, optimizer in pairs:
            weight.grad = randn(5, 3, seed=step + 1)
            optimizer.step()
        assert_close(ours, theirs, rtol=1e-9, atol=1e-12)


TRAINED = {
    "semgcn-h36m-gt": {"channels": 4, "num_blocks": 1},
    "modulated_gcn-h36m-gt": {"channels": 4, "num_blocks": 1},
    "modulated_gcn-h36m-cpn": {"channels": 4, "num_blocks": 1},
    "gla_gcn-27-h36m-gt": {"channels": 4, "strides": (3,), "dropout": 0.0},
    "temporal_conv-27-h36m-gt": {"channels": 4, "widths": (3,), "dropout": 0.0},
}


@pytest.mark.parametrize("name", TRAINED)
def test_first_step_is_ours(name):
    """Loss, clipping, learning rate and update: the weights of the next step agree."""
    recipe = RECIPES[name]
    options = {**recipe.model_options, **TRAINED[name], **({"dropout": 0.0})}
    recipe = recipe.replace(model_options=options)
    model = recipe.build().double()
    textbook = to_textbook(model)
    over_time = (3,) if hasattr(model, "receptive_field") else ()
    joints = model.skeleton.num_joints
    keypoints = randn(6, *over_time, joints, 2)
    target = randn(6, *over_time, joints, 3, seed=1)[:, :1] if over_time else randn(6, joints, 3)
    ours, theirs = Trainer(model, recipe, 100), TextbookTrainer(textbook, recipe, 100)
    ours.begin_epoch(0)
    assert_close(ours.step(keypoints, target).item(), theirs.step(target, keypoints))
    assert ours.optimizer.param_groups[0]["lr"] == theirs.optimizer.param_groups[0]["lr"]
    head = {"semgcn": "head.bias", "modulated": "head.bias"}.get(name.split("_")[0], "head.weight")
    assert_close(
        dict(model.named_parameters())[head],
        dict(textbook.named_parameters())[head].view_as(dict(model.named_parameters())[head]),
        rtol=1e-7,
        atol=1e-9,
    )


def test_items_are_the_poses(synthetic):
    clips = synthetic.every(50)
    poses = TextbookPoses(clips)
    assert len(poses) == clips.num_frames
    joints, keypoints, action = poses[37]
    assert torch.equal(joints, clips.joints[37])
    assert torch.equal(keypoints, clips.keypoints[37])
    assert action == [clip.action for clip in clips for _ in range(len(clip))][37]


def test_an_epoch_has_every_pose_once(synthetic):
    clips = synthetic.every(100)
    batches = list(pose_loader(clips, 64, shuffle=True, device=CPU))
    seen = torch.cat([keypoints for _, keypoints, _ in batches])
    assert {len(joints) for joints, *_ in batches[:-1]} == {64}
    assert not torch.equal(seen, clips.keypoints)
    for values, expected in ((seen, clips.keypoints),):
        assert_close(values.sum(dim=0), expected.sum(dim=0), rtol=1e-4, atol=1e-3)


def test_windows_are_ours(synthetic):
    """Also at both ends of a clip, where a frame stands again."""
    clips = synthetic.every(40)  # of 5 frames each
    model = make_model("gla_gcn", skeleton=clips.skeleton, strides=(3, 3), channels=4)
    recipe = RECIPES["gla_gcn-27-h36m-gt"].replace(batch_size=7)
    ours = PoseBatches(clips, recipe, model)
    count = len(ours.windows)
    expected = {
        (*keypoints.flatten().tolist(), *joints.flatten().tolist())
        for keypoints, joints in zip(*ours.gather(torch.arange(count)), strict=True)
    }
    theirs = [
        (*keypoints.flatten().tolist(), *joints.flatten().tolist())
        for batch in TextbookWindows(clips, 7, (4, 4))
        for joints, keypoints in zip(*batch, strict=True)
    ]
    assert len(theirs) == count - count % 7
    assert len(set(theirs)) == len(theirs)
    assert set(theirs) <= expected


def test_p_mpjpe_is_ours():
    predicted, target = randn(50, 16, 3), randn(50, 16, 3, seed=1)
    predicted[:5] = target[:5] * torch.tensor([-1.0, 1.0, 1.0])  # reflections are not allowed
    expected = metrics.p_mpjpe(predicted, target).mean().item()
    assert textbook_p_mpjpe(predicted.numpy(), target.numpy()) == pytest.approx(expected, rel=1e-9)


def test_evaluation_is_that_of_the_metrics(synthetic):
    clips = synthetic.every(80)
    model = make_model("semgcn", channels=8, num_blocks=1).eval()
    loader = pose_loader(clips, 64, shuffle=False, device=CPU)
    measured = textbook_evaluation(to_textbook(model), loader, CPU)
    predicted = metrics.root_relative(predict(deepcopy(model), clips.keypoints))
    for mm, metric in zip(measured, (metrics.mpjpe, metrics.p_mpjpe), strict=True):
        assert mm == pytest.approx(1000 * metric(predicted, clips.joints).mean().item(), rel=1e-4)


def test_losses_are_read_in_every_step():
    model = make_model("semgcn", channels=4, num_blocks=0)
    trainer = TextbookTrainer(to_textbook(model), RECIPES["semgcn-h36m-gt"], 100)
    losses = [trainer.step(torch.randn(4, 16, 3), torch.randn(4, 16, 2)) for _ in range(3)]
    assert all(isinstance(loss, float) for loss in losses)
    assert np.isclose(trainer.losses, 4 * sum(losses))
