import time

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from posegcn import InputError, Lifter, make_model, save_checkpoint
from posegcn.camera import normalise_image
from posegcn.metrics import root_relative
from posegcn.prediction import predict
from posegcn.skeletons import H36M_17

SIZE = (1920, 1080)
NETWORKS = {
    "causal": ("temporal_conv", {"widths": (3, 3), "causal": True}),
    "centred": ("temporal_conv", {"widths": (3, 3)}),
    "gla_gcn": ("gla_gcn", {"strides": (3, 3)}),
    "one pose": ("semgcn", {"skeleton": "h36m_17"}),
}
LATENCY = {"causal": 0, "centred": 4, "gla_gcn": 4, "one pose": 0}


def lifter(kind):
    torch.manual_seed(0)
    name, options = NETWORKS[kind]
    model = make_model(name, channels=8, **options)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm1d):
            nn.init.uniform_(module.running_var, 0.5, 2)
            nn.init.uniform_(module.weight, 0.5, 2)
    return Lifter(model)


def video(frames):
    generator = torch.Generator().manual_seed(1)
    return 500 + 100 * torch.randn(frames, 17, 2, generator=generator)


@pytest.mark.parametrize("kind", NETWORKS)
@pytest.mark.parametrize("frames", [1, 3, 30])
def test_frame_by_frame_is_the_video_at_once(kind, frames):
    """Videos shorter than the window and longer than the ring too."""
    tool = lifter(kind)
    keypoints = video(frames)
    stream = tool.stream(SIZE)
    assert stream.latency == LATENCY[kind]
    pushed = [stream.push(frame) for frame in keypoints]
    assert [joints is None for joints in pushed] == [i < stream.latency for i in range(frames)]
    streamed = [joints for joints in pushed if joints is not None] + stream.finish()
    assert len(streamed) == frames
    joints = tool(keypoints, SIZE).joints
    assert_close(torch.stack(streamed), joints, rtol=1e-5, atol=1e-5)


def test_memory_does_not_grow_with_the_video():
    stream = lifter("causal").stream(SIZE)
    for frame in video(50):
        stream.push(frame)
    assert stream.ring.shape == (9, 17, 2)


def test_keypoints_are_normalised_by_the_image():
    tool = lifter("one pose")
    keypoints = video(2)
    expected = root_relative(predict(tool.model, normalise_image(keypoints, SIZE)), H36M_17.root)
    assert_close(tool(keypoints, SIZE).joints, expected)
    assert_close(tool(keypoints.numpy(), SIZE).joints, expected)


def test_a_stream_without_frames_owes_nothing():
    assert lifter("centred").stream(SIZE).finish() == []


def test_from_a_checkpoint(tmp_path):
    tool = lifter("causal")
    path = save_checkpoint(tmp_path / "model.safetensors", tool.model, {})
    again = Lifter.from_checkpoint(path)
    assert_close(again(video(5), SIZE).joints, tool(video(5), SIZE).joints)


def test_what_cannot_be_lifted_is_one_sentence():
    tool = lifter("causal")
    with pytest.raises(InputError, match=r"shape \('T', 17, 2\) in the order of 'h36m_17', got"):
        tool(torch.zeros(5, 16, 2), SIZE)
    with pytest.raises(InputError, match=r"shape \(17, 2\) in the order"):
        tool.stream(SIZE).push(torch.zeros(5, 17, 2))
    gap = video(5)
    gap[2, 3] = torch.nan
    with pytest.raises(InputError, match="a keypoint is NaN or infinite: fill in"):
        tool.stream(SIZE).push(gap[2])
    with pytest.raises(InputError, match="rfoot missing in frame 2, expected every keypoint in"):
        tool(gap, SIZE, gaps="refuse")
    with pytest.raises(InputError, match="smoothing needs the frames per second"):
        tool(video(5), SIZE, smooth=True)
    with pytest.raises(InputError, match="takes keypoints, intrinsics, expected a network"):
        Lifter(make_model("modulated_gcn_refined", channels=8))
    with pytest.raises(InputError, match="has no frame"):
        tool(video(0), SIZE)


def test_single_pictures_are_lifted_each_as_a_video_of_one_frame():
    keypoints = video(4)
    keypoints[2] *= 0.5
    tool = Lifter(lifter("one pose").model, {"body_size": (0.2, 0.3, 0.4)})
    keypoints[1, 3] = torch.nan
    poses = tool(keypoints, SIZE, stills=True)
    assert poses.joints[1].isnan().all()
    for frame in (0, 2, 3):
        alone = tool(keypoints[[frame]], SIZE).joints[0]
        assert_close(poses.joints[frame], alone, rtol=1e-5, atol=1e-5)
    with pytest.raises(InputError, match="network sees 9 frames of a video at a time"):
        lifter("centred")(video(5), SIZE, stills=True)
    with pytest.raises(InputError, match="single pictures have nothing before and after them"):
        tool(video(5), SIZE, stills=True, constant_bones=True)


def test_people_of_another_size_are_scaled_also_in_a_stream():
    keypoints = video(12)
    sizes = (0.5, 0.6, 0.7)  # of the synthetic body that is drawn: larger
    tool = Lifter(lifter("one pose").model, {"body_size": sizes})
    stream = tool.stream(SIZE)
    first = tool(keypoints[:1], SIZE).joints[0]
    assert_close(stream.push(keypoints[0]), first, rtol=1e-5, atol=1e-5)
    assert (first - Lifter(tool.model)(keypoints[:1], SIZE).joints[0]).abs().max() > 1e-3


def test_ten_thousand_frames_take_less_than_five_seconds_of_a_core():
    """Counted in time of the processor, which other work on the machine does not change."""
    model = make_model("modulated_gcn", skeleton="h36m_17", channels=64, num_blocks=3)
    tool, keypoints, threads = Lifter(model), video(10_000), torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        start = time.process_time()
        assert len(tool(keypoints, SIZE)) == 10_000
        assert time.process_time() - start < 5
    finally:
        torch.set_num_threads(threads)
