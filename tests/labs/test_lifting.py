"""The lifting lab: its poses, their places and their doubles are those that torch computes."""

from dataclasses import replace

import pytest
import torch
from support.limbs import assert_same, limbs
from support.node import in_node, needs_node

import posegcn as pg
from posegcn import metrics
from posegcn.baselines import LinearMap
from posegcn.data.clips import Clip
from posegcn.errors import InputError
from posegcn.labs.ambiguity import Ambiguity
from posegcn.labs.bundle import MIME

BODY = pg.skeletons.H36M_16


def start(seed=0):
    joints, root = limbs(seed)[None], torch.tensor([[0.3, -0.2, 5.0]], dtype=torch.float64)
    lens = pg.rig.h36m_cameras("S1")[0].intrinsics(joints)
    keypoints = pg.camera.project(joints + root[:, None], lens)
    single = (values.float() for values in (keypoints, joints, root, lens))
    return Clip("P", "stand", "c", (1000, 1000), *single)


@pytest.fixture
def lab():
    torch.manual_seed(0)
    weights = torch.randn(33, 48, dtype=torch.float64) / 4
    weights[-1] = limbs().flatten()
    networks = {
        layer: pg.make_model("residual_gcn", skeleton=BODY, layer=layer, channels=8, num_blocks=1)
        for layer in ("modulated", "dc_vanilla")
    }
    models = {"linear": LinearMap(BODY, weights), **networks}
    return pg.labs.LiftingLab(models, {"first": start(0), "second": start(1)})


def dragged(lab, joint="rwrist", by=(0.1, -0.2)):
    j = BODY.index(joint)
    lab.keypoints = [
        [u + by[0], v + by[1]] if i == j else [u, v] for i, (u, v) in enumerate(lab.keypoints)
    ]


def result_of(lab):
    return in_node(
        "lifting_lab.js",
        "m.liftingResult(d.state, n.load(d.state.data.networks))",
        more={"n": "network.js"},
        state=lab.state(),
    )


@needs_node
@pytest.mark.parametrize("network", ["linear", "modulated", "dc_vanilla"])
@pytest.mark.parametrize("pose", ["first", "second"])
def test_page_and_python_lift_what_was_dragged(lab, network, pose):
    lab.network, lab.pose = network, pose
    lab.keypoints = lab.data["starts"][pose]["keypoints"]
    untouched = result_of(lab)
    expected = metrics.mpjpe(lab.lifted(), torch.tensor(lab.data["starts"][pose]["truth"]))
    assert untouched["error"] == pytest.approx(expected.item(), abs=1e-5)
    dragged(lab)
    found = result_of(lab)
    assert_same(found["joints"], lab.lifted())
    assert found["error"] is None
    assert found["truth"] == []


@needs_node
def test_page_and_python_place_and_double_the_same_pose(lab):
    lab.ghost = [BODY.index(name) for name in ("rknee", "lelbow", "head")]
    dragged(lab)
    found = result_of(lab)
    assert_same(found["placed"], lab.placed())
    assert_same(found["other"], lab.ambiguous())
    lens = lab.starts["first"].intrinsics.double()
    assert_same(found["image"], pg.camera.project(lab.placed(), lens, distortion=False))
    moved = metrics.mpjpe(lab.ambiguous(), lab.placed()).item()
    assert found["distance"] == pytest.approx(moved, abs=1e-5)
    assert found["distance"] > 0.02
    assert found["difference"] < 1e-12


def test_behind_the_camera_there_is_no_pose(lab):
    lab.keypoints = [[-u, -v] for u, v in lab.keypoints]
    lab.ghost = [1]
    assert lab.placed()[0, 2] < 0
    assert lab.ambiguous() is None


@needs_node
def test_the_page_says_so_too(lab):
    lab.keypoints = [[-u, -v] for u, v in lab.keypoints]
    lab.ghost = [1]
    found = result_of(lab)
    assert (found["count"], found["other"]) == (0, None)


@needs_node
def test_chance_offers_another_pose_each_time(lab):
    pose = lab.placed().tolist()
    state, number, seen = lab.state(), 1, []
    for _ in range(4):
        found = in_node(
            "lifting_lab.js",
            "m.nextGhost(d.pose, d.state, d.number)",
            pose=pose,
            state=state,
            number=number,
        )
        state, number = state | {"ghost": found["ghost"]}, found["number"]
        seen.append(Ambiguity(lab.placed(), BODY).other(found["ghost"]))
    for before, after in zip([lab.placed(), *seen], seen, strict=False):
        assert (before - after).norm(dim=-1).max() > 1e-3


@needs_node
def test_a_bone_flips_back():
    once = in_node("lifting_lab.js", "m.withFlip(d.ghost, 3)", ghost=[1])
    assert once == [1, 3]
    assert in_node("lifting_lab.js", "m.withFlip(d.ghost, 3)", ghost=once) == [1]


def test_a_page_gets_the_state_beside_the_widget(lab):
    data, _ = lab._repr_mimebundle_()
    assert set(data[MIME]["state"]) == {"data", "network", "pose", "keypoints", "ghost"}


def test_a_start_needs_its_camera(lab):
    clip = replace(start(), intrinsics=None)
    with pytest.raises(InputError, match="whose camera is not known"):
        pg.labs.LiftingLab(lab.models, {"first": clip})
