"""The time lab: what Python says of a frame is what the page shows for it."""

import json
from pathlib import Path

import pytest
import torch
from support.node import in_node, needs_node

import posegcn as pg
from posegcn.data.clip import Clip
from posegcn.data.clips import Clips
from posegcn.labs.bundle import MIME
from posegcn.prediction import predict_clips

BODY = pg.skeletons.H36M_17
WEIGHTS = Path(__file__).parents[2] / "book" / "weights" / "gla_gcn_cmu.safetensors"
STATES = {
    "as it begins": {},
    "first layer": {"layer": 0, "part": 1},
    "beginning of the clip": {"frame": 0},
    "end of the clip, deeper": {"frame": 29, "layer": 3, "part": 2},
    "backwards": {"window": "backwards", "layer": 4},
    "frozen": {"window": "frozen", "frame": 7},
}
MOTION = """
const { data } = d.state, { network, keypoints, truth } = n.load(data);
const motion = new m.Motion(g.prepare(network), t.nested(keypoints), t.nested(truth));
"""
MODULES = {"n": "network.js", "g": "gla_gcn.js", "t": "tensor.js"}


def clip(frames=30):
    """A person who moves little by little."""
    noise = torch.Generator().manual_seed(0)
    keypoints = 0.02 * torch.randn(frames, 17, 2, generator=noise).cumsum(dim=0)
    joints = 0.02 * torch.randn(frames, 17, 3, generator=noise).cumsum(dim=0)
    joints = joints - joints[:, :1]
    return Clip("P6", "walk", "camera1", (1000, 1000), keypoints, joints, torch.zeros(frames, 3))


@pytest.fixture(scope="module")
def trained():
    return pg.load_checkpoint(WEIGHTS)[0]


@pytest.fixture
def lab(trained):
    return pg.labs.TimeLab(trained, clip())


def of_page(lab, expression):
    body = f"(() => {{ {MOTION} return {expression}; }})()"
    return in_node("motion.js", body, more=MODULES, state=lab.state())


@needs_node
@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_page_and_python_agree(lab, state):
    for name, value in state.items():
        setattr(lab, name, value)
    found = of_page(lab, "motion.at(d.state.frame, d.state.window)")
    assert found["frames"] == lab.frames().tolist()
    torch.testing.assert_close(torch.tensor(found["pose"]), lab.lifted(), rtol=1e-5, atol=1e-5)
    assert found["error"] == pytest.approx(lab.error(), abs=1e-5)
    graph = torch.tensor(found["graphs"][lab.layer][lab.part])
    torch.testing.assert_close(graph, lab.measured(), rtol=1e-4, atol=1e-5)


@needs_node
@pytest.mark.parametrize("window", ["filmed", "frozen"])
def test_errors_of_the_clip(lab, window):
    lab.window = window
    found = of_page(lab, "motion.errors(d.state.window)")
    error, acceleration = lab.clip_errors()
    assert found["error"] == pytest.approx(error, abs=1e-5)
    assert found["acceleration"] == pytest.approx(acceleration, abs=1e-5)


def test_poses_are_those_of_prediction_on_the_clip(lab):
    clips = Clips.from_clips("one", BODY, {"test": ("P6",)}, [clip()])
    expected = predict_clips(lab.model, clips)
    expected = expected - expected[:, :1]
    for frame in (0, 12, 29):
        lab.frame = frame
        # The lab rounds keypoints.
        torch.testing.assert_close(lab.lifted(), expected[frame], rtol=0, atol=2e-3)


def test_twelve_bits_change_little(lab, trained):
    windows = torch.stack([lab.keypoints[lab.frames(frame)] for frame in range(30)])
    exact = pg.prediction.predict(trained, windows)
    rounded = pg.prediction.predict(lab.model, windows)
    assert (exact - rounded).norm(dim=-1).mean() < 2e-3  # metres


def test_rows_of_the_measured_graph_sum_to_one(lab):
    torch.testing.assert_close(lab.measured().sum(dim=1), torch.ones(17))


def test_the_first_graph_does_not_know_which_way_time_runs(lab):
    lab.layer, lab.frame = 0, 15
    forwards, pose = lab.measured(), lab.lifted()
    lab.window = "backwards"
    torch.testing.assert_close(lab.measured(), forwards, rtol=1e-4, atol=1e-6)
    assert (lab.lifted() - pose).abs().max() > 1e-4
    lab.layer = 6
    turned = lab.measured()
    lab.window = "filmed"
    assert (lab.measured() - turned).abs().max() > 1e-4


@needs_node
def test_levels_and_layers():
    counts, layers = in_node("motion.js", "[m.frameCounts([3, 3, 3]), m.adaptiveLayers([3, 3, 3])]")
    assert counts == [27, 9, 3, 1]
    assert [layer["row"] for layer in layers] == [0, 0, 0, 1, 1, 2, 2]
    assert layers[4]["name"] == "level 2, block 2"


@needs_node
def test_the_page_says_it_in_words(lab):
    expression = "m.sayFrame(d.frame, d.found, d.values, ['first'], ['hip', 'head'])"
    frame = {"frame": 1, "layer": 0, "part": 2, "cell": [0, 1]}
    found = {"frames": [0, 0, 1, 2], "error": 0.0664}
    said = in_node("time_lab.js", expression, frame=frame, found=found, values=[0.1, 0.25])
    assert said == (
        "Frame 1: the network sees frames 0 to 2, the pose is 66.4 mm off. In first (nearer to "
        "the root), hip hears head with 0.250, in this clip 0.100 to 0.250."
    )


def test_the_state_is_small(trained):
    lab = pg.labs.TimeLab(trained, clip(80))
    data, _ = lab._repr_mimebundle_()
    state = data[MIME]["state"]
    assert set(state) == {"data", "frame", "layer", "part", "window", "cell"}
    assert len(json.dumps(state, separators=(",", ":"))) < 80_000


def test_python_hears_of_changes(lab):
    heard = []
    lab.observe(lambda change: heard.append(lab.error()), names=["frame"])
    lab.frame = 3
    assert heard == [lab.error()]
