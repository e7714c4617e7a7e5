import pytest
import torch
from support.clips import clips_of
from torch import nn
from torch.testing import assert_close

from posegcn import InputError, make_model
from posegcn.data import flip_pose
from posegcn.data.windows import Windows
from posegcn.prediction import check_fits, context, evaluation_mode, predict, predict_clips
from posegcn.skeletons import H36M_17


def small(name, **options):
    """A network whose every weight is random, running statistics too."""
    torch.manual_seed(0)
    model = make_model(name, channels=8, **options)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm1d):
            nn.init.normal_(module.running_mean, std=0.1)
            nn.init.uniform_(module.running_var, 0.5, 2)
            nn.init.uniform_(module.weight, 0.5, 2)
    return model


OVER_TIME = {
    "centred": ("temporal_conv", {"widths": (3, 5)}),
    "causal": ("temporal_conv", {"widths": (3, 5), "causal": True}),
    "three levels": ("temporal_conv", {"widths": (3, 3, 3)}),
    "gla_gcn": ("gla_gcn", {"strides": (3, 5)}),
}
over_time = pytest.mark.parametrize("kind", OVER_TIME)


@over_time
@pytest.mark.parametrize("flip", [True, False])
def test_clips_give_what_windows_give_one_by_one(kind, flip):
    """Clips of any length, shorter than the window too, and the work they share changes nothing."""
    name, options = OVER_TIME[kind]
    model = small(name, **options).double()
    clips = clips_of([40, 3, 1])
    for values in (clips.keypoints, clips.joints):
        values /= 100
    joints = predict_clips(model, clips_in_double(clips), flip=flip)
    windows = Windows.of_targets(clips)
    before, after = context(model)
    for item in range(len(windows)):
        frames = windows.frames(torch.tensor([item]), before, after)
        alone = predict(model, clips.keypoints.double()[frames], flip=flip)
        assert_close(joints[item], alone[0, 0], rtol=1e-9, atol=1e-9)
    assert len(joints) == 44


def clips_in_double(clips):
    from dataclasses import replace

    keypoints = clips.keypoints.double()
    pieces = keypoints.split([len(clip) for clip in clips])
    moved = tuple(replace(c, keypoints=k) for c, k in zip(clips, pieces, strict=True))
    return replace(clips, clips=moved, keypoints=keypoints)


@over_time
def test_only_targets_come_out(kind):
    name, options = OVER_TIME[kind]
    model = small(name, **options)
    valid = [torch.tensor([True, False, True, False, True])]
    some, every = (predict_clips(model, clips_of([5], valid=mask)) for mask in (valid, None))
    assert_close(some, every[::2])


def test_a_network_of_one_pose_sees_targets_alone():
    model = small("semgcn", skeleton=H36M_17)
    clips = clips_of([5], valid=[torch.tensor([True, False, True, False, True])])
    assert_close(predict_clips(model, clips), predict(model, clips.keypoints[::2]))
    assert context(model) is None


@over_time
def test_causal_networks_do_not_look_ahead(kind):
    name, options = OVER_TIME[kind]
    model = small(name, **options)
    clips = clips_of([30])
    before = predict_clips(model, clips)
    clips.keypoints[20:] += 5
    changed = (predict_clips(model, clips) - before).abs().amax(dim=(1, 2)) > 1e-6
    assert changed.nonzero()[0] == (20 if kind == "causal" else 20 - model.lookahead)


def test_clips_of_another_body_are_refused():
    with pytest.raises(InputError, match="lifts skeleton 'h36m_16', the clips have 'h36m_17'"):
        check_fits(small("semgcn"), clips_of([5]))
    with pytest.raises(InputError, match="takes keypoints of 'coco_17', the clips have 'h36m_17'"):
        check_fits(small("temporal_conv", keypoint_skeleton="coco_17"), clips_of([5]))
    with pytest.raises(InputError, match="predicts the path of the root"):
        check_fits(small("temporal_conv", trajectory=True), clips_of([5]))


def test_flip_averaging_of_windows_by_hand():
    model = small("gla_gcn", strides=(3,))
    windows = torch.randn(4, 3, 17, 2)
    mirrored = flip_pose(predict(model, flip_pose(windows, H36M_17)), H36M_17)
    expected = (predict(model, windows) + mirrored) / 2
    assert_close(predict(model, windows, flip=True), expected)


def test_mode_is_restored_part_by_part():
    model = small("semgcn").train()
    model.head.eval()
    with evaluation_mode(model):
        assert not any(part.training for part in model.modules())
    assert model.training
    assert not model.head.training
