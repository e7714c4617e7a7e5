import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from support.clips import TOY, clips_of
from support.networks import network
from torch import nn

from posegcn import InputError, evaluate, load_checkpoint
from posegcn.data import Clips
from posegcn.robustness import sweep
from posegcn.skeletons import H36M_16, H36M_17

WEIGHTS = Path(__file__).parents[2] / "book" / "weights"


@pytest.fixture(scope="module")
def semgcn():
    return load_checkpoint(WEIGHTS / "semgcn_synthetic.safetensors")[0]


@pytest.fixture(scope="module")
def clips(synthetic):
    return synthetic.part("test").every(50)


class Away(nn.Module):
    """Predicts one pose, whatever it is given: all joints so far to the right of the root."""

    skeleton = H36M_16

    def __init__(self, metres):
        super().__init__()
        self.metres = nn.Parameter(torch.tensor(metres))

    def forward(self, keypoints):
        joints = torch.zeros(*keypoints.shape[:-1], 3)
        joints[..., 1:, 0] = self.metres
        return joints


def p1(found, name="ResidualGCN"):
    return [point.P1 for point in found.models[name]]


def test_zero_strength_is_plain_evaluation(semgcn, clips):
    expected = evaluate(semgcn, clips, device="cpu").pooled["P1"]
    found = sweep(semgcn, clips, "jitter", [0], device="cpu")
    (point,) = found.models["ResidualGCN"]
    assert p1(found) == pytest.approx([expected], rel=1e-6)
    assert point.by_seed == pytest.approx([expected] * 3, rel=1e-6)
    assert point.low < point.P1 < point.high
    for name, neutral in {"height": 0, "focal": 1}.items():
        found = sweep(semgcn, clips, name, [neutral], device="cpu")
        assert p1(found) == pytest.approx([expected], rel=1e-4)
        assert found.seeds == (0,)


@pytest.mark.parametrize(
    ("name", "strengths"),
    [
        ("jitter", (0, 5, 20)),
        ("occlusion", (0, 0.1, 0.4)),
        ("occlusion_held", (0, 0.1, 0.4)),
        ("limb", (0, 0.5, 1)),
        ("swap", (0, 0.1, 0.4)),
        ("missing", (0, 0.3, 0.8)),
        ("height", (0, 1, 3)),
        ("focal", (1, 1.25, 2)),
    ],
)
def test_the_error_of_a_network_grows(semgcn, clips, name, strengths):
    errors = p1(sweep(semgcn, clips, name, strengths, seeds=[0], device="cpu"))
    assert errors[0] < 70
    assert errors[1] > 1.02 * errors[0]
    assert errors[2] > 1.2 * errors[1]


def test_an_error_that_does_not_depend_on_keypoints_does_not_grow():
    found = sweep({"near": Away(0.0), "far": Away(10.0)}, TOY, "jitter", [0, 50], device="cpu")
    assert set(found.models) == {"near", "far"}
    for name in found.models:
        still, shaken = found.models[name]
        assert (still.P1, still.low, still.high) == (shaken.P1, shaken.low, shaken.high)
    near = 1000 * TOY.joints.norm(dim=-1).mean().item()
    assert p1(found, "near") == pytest.approx([near, near], rel=1e-5)
    assert min(p1(found, "far")) > 4 * near


def test_a_share_of_swaps_costs_that_share(semgcn, clips):
    """Poses are independent for a network of one frame, so that errors mix in proportion."""
    none, some, every = p1(sweep(semgcn, clips, "swap", [0, 0.3, 1], device="cpu"))
    assert some == pytest.approx(0.7 * none + 0.3 * every, rel=0.04)


def test_frames_that_do_not_count_do_not_count(semgcn, clips):
    thinned = clips.targets_every(4)
    expected = evaluate(semgcn, thinned, device="cpu").pooled["P1"]
    found = sweep(semgcn, thinned, "swap", [0], seeds=[0], device="cpu")
    assert p1(found) == pytest.approx([expected], rel=1e-6)


def test_networks_over_time_are_swept_too():
    lengths, generator = [9, 1, 5], torch.Generator().manual_seed(0)
    noise = torch.randn(sum(lengths), 17, 2, generator=generator)
    noisy = [
        replace(clip, keypoints=keypoints)
        for clip, keypoints in zip(clips_of(lengths), noise.split(lengths), strict=True)
    ]
    motion = Clips.from_clips("toy", H36M_17, {}, noisy)
    model = network("temporal_conv")
    plain, worse = p1(sweep(model, motion, "missing", [0, 0.5], device="cpu"), "TemporalConv")
    assert plain == pytest.approx(evaluate(model, motion, device="cpu").pooled["P1"], rel=1e-6)
    assert worse != plain


def test_the_result_is_json(semgcn, clips):
    few = clips.select(lambda clip: clip.action == clips.actions[0])
    found = sweep({"semgcn": semgcn}, few, "swap", np.array([0, 0.5]), seeds=range(2), device="cpu")
    content = json.loads(json.dumps(found.to_dict()))
    assert content["name"] == "swap"
    assert content["unit"] == "share of frames"
    assert content["data"] == "synthetic, 1 frame in 50"
    assert content["data_hash"] == few.fingerprint()
    assert content["seeds"] == [0, 1]
    strengths = [point["strength"] for point in content["models"]["semgcn"]]
    assert strengths == [0, 0.5]
    assert len(content["models"]["semgcn"][1]["by_seed"]) == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((TOY, "jiter", [0]), "unknown corruption 'jiter'"),
        ((TOY, "swap", [0, 2]), "swap takes a number from 0 to 1"),
        ((TOY, "swap", []), "at least one network, one strength and one seed"),
        ((clips_of([3]), "swap", [0]), "the model lifts skeleton 'h36m_16'"),
    ],
)
def test_what_does_not_fit_is_refused(arguments, message):
    with pytest.raises(InputError, match=message):
        sweep(Away(0.0), *arguments)
    with pytest.raises(InputError, match="at least one network"):
        sweep({}, TOY, "swap", [0])
