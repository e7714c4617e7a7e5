"""The protocol lab: Python, the page and the evaluation give the same number for a protocol."""

import json
from dataclasses import replace
from itertools import product

import pytest
import torch
import traitlets
from support.node import in_node, needs_node

import posegcn as pg
from posegcn import metrics
from posegcn.errors import InputError
from posegcn.evaluation import ALIGNMENTS
from posegcn.evaluation.measures import MEASURES, measure
from posegcn.labs.bundle import MIME
from posegcn.labs.protocol import GROUPS
from posegcn.skeletons import H36M_16, H36M_17

CHOICES = {
    "measure": list(MEASURES),
    "alignment": list(ALIGNMENTS),
    "joints": ["h36m_17", "h36m_16"],
    "root": [True, False],
    "averaging": list(GROUPS),
    "flip": [False, True],
}
PROTOCOLS = [dict(zip(CHOICES, values, strict=True)) for values in product(*CHOICES.values())]
LENGTHS = {("P6", "walk"): 40, ("P6", "wave"): 8, ("P7", "walk"): 12, ("P7", "wave"): 16}


@pytest.fixture(scope="module")
def clips():
    data = pg.data.open_source("synthetic", H36M_17).part("test")
    data = data.select(lambda c: (c.subject, c.action) in LENGTHS and c.camera == "camera0")
    return data.with_clips(c[: LENGTHS[c.subject, c.action]] for c in data).every(4)


@pytest.fixture(scope="module")
def model():
    """A network that does not put the root at zero."""
    torch.manual_seed(0)
    options = {"layer": "modulated", "channels": 16, "num_blocks": 1}
    model = pg.make_model("residual_gcn", skeleton=H36M_17, **options)
    with torch.no_grad():
        model.head.weight.mul_(0.05)  # within reach of what a page holds
        model.head.bias.normal_(std=0.1)
    return model.eval()


@pytest.fixture
def lab(model, clips):
    return pg.labs.ProtocolLab(model, clips)


def choose(lab, protocol):
    for name, value in protocol.items():
        setattr(lab, name, value)


def in_page(lab, expression, **data):
    """What an expression with ``p``, the measured predictions, gives on a page.

    Its keys are sorted, as notebooks sort them.
    """
    return in_node(
        "protocol.js",
        f"(() => {{ const p = new m.Measured(d.data); return {expression}; }})()",
        data=json.loads(json.dumps(lab.data, sort_keys=True)),
        **data,
    )


@needs_node
def test_every_protocol_has_one_number(lab):
    found = in_page(lab, "d.protocols.map((one) => p.number(one))", protocols=PROTOCOLS)
    expected = []
    for protocol in PROTOCOLS:
        choose(lab, protocol)
        expected.append(lab.error_mm())
    torch.testing.assert_close(torch.tensor(found), torch.tensor(expected), rtol=1e-5, atol=0)


@needs_node
def test_the_page_has_the_same_protocols_and_begins_with_the_usual_one(lab):
    found = in_page(lab, "m.allProtocols(m.protocolChoices(d.data))")
    assert len(found) == len(PROTOCOLS) == 216
    assert all(protocol in found for protocol in PROTOCOLS)
    assert found[0] == {name: getattr(lab, name) for name in CHOICES}


def as_evaluated(lab, clips, protocol):
    """What the evaluation says of the rounded poses, for protocols that it has."""
    body = {"h36m_17": H36M_17, "h36m_16": H36M_16}[protocol["joints"]]
    truth = lab.truth.split([len(clip) for clip in clips])
    rounded = [
        replace(clip, joints=H36M_17.select(joints, body))
        for clip, joints in zip(clips, truth, strict=True)
    ]
    rounded = replace(clips, skeleton=body, keypoint_skeleton=H36M_17).with_clips(rounded)
    predicted = ALIGNMENTS[protocol["alignment"]](lab.predicted[protocol["flip"]], H36M_17.root)
    by = "subject" if protocol["averaging"] == "subject and action" else "action"
    report = measure(H36M_17.select(predicted, body), rounded, {}, by=by)
    whole = report.pooled if protocol["averaging"] == "frame" else report.mean
    return whole[protocol["measure"]]


def test_it_is_the_number_of_the_evaluation(lab, clips):
    for protocol in PROTOCOLS:
        if protocol["root"]:
            choose(lab, protocol)
            assert lab.error_mm() == pytest.approx(as_evaluated(lab, clips, protocol), rel=1e-5)


def test_rounding_to_tenths_of_millimetres_is_all_that_differs(lab, model, clips):
    usual = pg.evaluate(model, clips, device="cpu").mean
    assert lab.error_mm() == pytest.approx(usual["P1"], abs=0.1)
    report = pg.evaluate(model, clips, flip=True, alignment="none", device="cpu")
    choose(lab, {"flip": True, "alignment": "none", "averaging": "frame", "measure": "P2"})
    assert lab.error_mm() == pytest.approx(report.pooled["P2"], abs=0.1)


@pytest.mark.parametrize("counts", [True, False])
def test_the_root_counts_as_a_joint_without_error(lab, counts):
    """Where it is subtracted; without it the mean is of one joint less."""
    lab.root = counts
    expected = 1000 * metrics.mpjpe(metrics.root_relative(lab.predicted[False]), lab.truth)
    torch.testing.assert_close(lab.errors_mm(), expected * (1 if counts else 17 / 16))


def test_every_choice_moves_the_number(lab):
    usual = lab.error_mm()
    for name, (first, *others) in CHOICES.items():
        for value in others:
            setattr(lab, name, value)
            assert abs(lab.error_mm() - usual) > 1e-5, (name, value)
        setattr(lab, name, first)
    assert lab.error_mm() == usual


@needs_node
def test_the_drawn_pose_has_the_error_that_is_said(lab):
    protocol = {**PROTOCOLS[0], "measure": "P2", "joints": "h36m_16", "root": False}
    choose(lab, protocol)
    drawn, error = in_page(lab, "[p.aligned(d.one, 3), p.errors(d.one)[3]]", one=protocol)
    assert (len(drawn), len(lab.counted())) == (17, 15)
    assert error == pytest.approx(lab.errors_mm()[3].item(), rel=1e-5)
    misses = metrics.joint_error(torch.tensor(drawn).double(), lab.truth[3])[lab.counted()]
    assert 1000 * misses.mean().item() == pytest.approx(error, rel=1e-5)


@needs_node
def test_the_sentence_about_a_protocol(lab):
    say, usual = "m.sayProtocol(d.one, d.usual, [89, 60, 99], d.error, d.data)", PROTOCOLS[0]
    other = {**usual, "measure": "P2", "joints": "h36m_16", "flip": True}
    data = {"usual": usual, "data": lab.data}
    said = in_node("protocol.js", say, one=usual, error=89, **data)
    assert "usual protocol says 89.0 mm" in said
    assert "from 60.0 to 99.0 mm" in said
    said = in_node("protocol.js", say, one=other, error=61.5, **data)
    assert said.startswith("89.0 mm → 61.5 mm (\N{MINUS SIGN}27.5 mm) by Procrustes (P2), ")
    assert "leaving out neck_nose, flip averaging" in said
    assert in_node("elements.js", "[m.signed(-0.04), m.signed(0.26)]") == ["±0.0", "+0.3"]


@needs_node
def test_steps_of_an_axis_are_round_and_hold_all_values():
    assert in_node("numbers_view.js", "m.roundSteps(62.9, 98.6)") == [60, 70, 80, 90, 100]


def test_a_page_gets_the_state_beside_the_widget(lab):
    data, _ = lab._repr_mimebundle_()
    assert data[MIME]["lab"] == "protocol"
    assert set(data[MIME]["state"]) == {"data", "pose", *CHOICES}


def test_what_is_unknown_or_too_far_away_is_refused(lab, model, clips):
    with pytest.raises(traitlets.TraitError, match="expected one of h36m_17, h36m_16, got 'mpii'"):
        lab.joints = "mpii"
    with pytest.raises(traitlets.TraitError):
        lab.measure = "P9"
    far = clips.with_clips(replace(clip, joints=clip.joints + 4) for clip in clips)
    with pytest.raises(InputError, match="give root-relative joints in metres"):
        pg.labs.ProtocolLab(model, far)


def test_a_network_of_16_joints_has_one_body(clips):
    model = pg.make_model("residual_gcn", skeleton=H36M_16, channels=8, num_blocks=1)
    sixteen = [
        replace(
            c,
            joints=H36M_17.select(c.joints, H36M_16),
            keypoints=H36M_17.select(c.keypoints, H36M_16),
        )
        for c in clips
    ]
    body = {"skeleton": H36M_16, "keypoint_skeleton": H36M_16}
    lab = pg.labs.ProtocolLab(model, replace(clips, **body).with_clips(sixteen))
    assert [body["name"] for body in lab.data["bodies"]] == [lab.joints] == ["h36m_16"]
