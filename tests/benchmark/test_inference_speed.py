import pytest
import torch
from torch.testing import assert_close

from posegcn import make_model
from posegcn.benchmark.inference_speed import (
    check_agreement,
    clip_calls,
    evaluation_calls,
    lifters,
    prediction_calls,
    some_keypoints,
)
from posegcn.benchmark.textbook import to_textbook
from posegcn.data.clips import Clips
from posegcn.errors import WorkError

CPU = torch.device("cpu")


@pytest.fixture
def semgcn():
    """With statistics that are not those of the beginning."""
    model = make_model("semgcn", channels=8, num_blocks=1)
    model(torch.randn(64, 16, 2))
    return model.eval()


def test_every_way_predicts_the_same(semgcn):
    networks, skipped = lifters(semgcn, compiled=False)
    for num_poses in (1, 5):
        calls = prediction_calls(networks, some_keypoints(semgcn, num_poses), CPU)
        expected = calls["textbook"]()
        assert expected.shape == (num_poses, 16, 3)
        for call in calls.values():
            assert_close(call(), expected, rtol=1e-4, atol=1e-5)
            assert not call().requires_grad
        assert set(calls) | set(skipped) == {"textbook", "eager", "folded", "onnxruntime"}


def test_what_predicts_other_joints_is_not_timed():
    joints = torch.randn(5, 16, 3)
    check_agreement({"textbook": lambda: joints, "onnxruntime": lambda: joints + 1e-6})
    with pytest.raises(WorkError, match="folded predicts other joints than the textbook form"):
        check_agreement({"textbook": lambda: joints, "folded": lambda: joints * 1.01})
    with pytest.raises(WorkError):
        check_agreement({"textbook": lambda: joints, "folded": lambda: joints * torch.nan})


def test_without_onnx_the_row_is_left_out_and_says_why(semgcn, monkeypatch):
    monkeypatch.setattr("posegcn.benchmark.inference_speed.find_spec", lambda name: None)
    networks, skipped = lifters(semgcn, compiled=False)
    assert "onnxruntime" not in networks
    assert skipped["onnxruntime"].startswith(
        "onnx, onnxscript, onnxruntime not installed; pip install"
    )


def test_both_evaluations_measure_the_same(semgcn, synthetic):
    calls = evaluation_calls(semgcn, synthetic.every(80), 64, CPU)
    assert calls["ours"]() == pytest.approx(calls["textbook"](), rel=1e-4)


@pytest.mark.parametrize("causal", [False, True])
def test_windows_are_frames_of_the_clip(synthetic, causal):
    clip = Clips.from_clips("one", synthetic.skeleton, synthetic.subjects, [synthetic[0][:40]])
    options = {"widths": (3, 3), "channels": 8, "causal": causal}
    model = make_model("temporal_conv", skeleton=synthetic.skeleton, **options).eval()
    calls = clip_calls(model, clip, 12)
    first = model.receptive_field - 1 - model.lookahead
    assert_close(
        calls["windows"]()[:, 0], calls["clip"]()[first : first + 12], rtol=1e-4, atol=1e-5
    )


def test_the_textbook_lifts_windows_only(synthetic):
    model = make_model("temporal_conv", widths=(3, 3), channels=8).eval()
    windows = torch.randn(4, 9, 17, 2)
    assert_close(to_textbook(model)(windows), model(windows))
