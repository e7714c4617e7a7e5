"""Eight training steps of GLA-GCN, and the tables of both temporal programs."""

import json
import shutil

import numpy as np
import pytest
import torch
from support import parity
from torch import nn
from torch.testing import assert_close

from posegcn import evaluate, load_published
from posegcn.data import open_source
from posegcn.published import gla_gcn
from posegcn.recipes import RECIPES
from posegcn.skeletons import H36M_17, HUMANEVA_15
from posegcn.training.engine import Trainer

TRAINING = "temporal/train_8_steps"
RECIPE = RECIPES["gla_gcn-27-h36m-gt"].replace(norm_momentum="constant", learned_biases="all")
BOTH = pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
# Biases in front of batch norm have no gradient but round-off, and the running means follow them.
FOLLOWS_NOISE = ("conv.bias", "project.bias", "running_mean")


def under_our_names(model, state):
    """Values of the public program, with three convolutions as one and in our axes."""
    gathered, layout = gla_gcn.gather(state, {}), gla_gcn.layout(model)
    shapes = {name: value.shape for name, value in model.state_dict().items()}
    return {name: gathered[layout.name(name)].reshape(shapes[name]) for name in shapes}


@BOTH
@pytest.mark.parametrize("case", parity.cases(TRAINING))
def test_eight_steps_equal_the_public_code(case, dtype):
    arrays = parity.load(case)
    model, _ = load_published(parity.tensors(arrays, "init"))
    model.to(dtype).train()
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
    trainer = Trainer(model, RECIPE, num_steps=8 * RECIPE.epochs)
    losses = [
        trainer.step(torch.from_numpy(keypoints).to(dtype), torch.from_numpy(joints).to(dtype))
        for keypoints, joints in zip(arrays["input"], arrays["target"], strict=True)
    ]
    # The public optimiser rounds to single precision whatever the parameters are.
    expected = arrays["loss" if dtype == torch.float32 else "loss_f64"]
    np.testing.assert_allclose(torch.stack(losses).numpy(), expected, rtol=0, atol=2e-6)
    final = under_our_names(model, parity.tensors(arrays, "final", dtype))
    for name, value in model.state_dict().items():
        if not name.endswith(FOLLOWS_NOISE):
            assert_close(value, final[name], rtol=0, atol=2e-6)


def folder_of(tmp_path, *names):
    for name in names:
        shutil.copy(parity.path(f"temporal/tiny_{name}.npz"), tmp_path / f"{name}.npz")
    return tmp_path


def errors(report, row):
    return [report.actions[row][name] for name in ("P1", "P2", "P3", "MPJVE")]


def table_of(arrays, flip):
    return json.loads(str(arrays["meta"]))["with_tta" if flip else "without_tta"]


FLIPS = [  # only one of the three was run without averaging
    ("temporal/evaluation_gla_h36m", True),
    ("temporal/evaluation_gla_h36m", False),
    ("temporal/evaluation_vp3d_h36m", True),
]


@pytest.mark.parametrize(("case", "flip"), [row for row in FLIPS if parity.cases(row[0])])
def test_tables_of_human36m(case, flip, tmp_path):
    """By action and by subject, as printed by the public programs, in millimetres."""
    arrays = parity.load(case)
    table = table_of(arrays, flip)
    model, _ = load_published(parity.tensors(arrays, "state"))
    folder = folder_of(tmp_path, "data_3d_h36m", "data_2d_h36m_gt")
    test = open_source(f"h36m:{folder}:gt", H36M_17).part("test")
    options = {"flip": flip, "alignment": "none", "pooling": "released", "device": "cpu"}
    report = evaluate(model, test, **options)
    assert set(report.actions) == set(table["pooled"])
    for action, (expected,) in table["pooled"].items():
        assert errors(report, action)[: len(expected)] == pytest.approx(expected, rel=2e-5)
    by_subject = evaluate(model, test, by="subject", **options)
    for subject, actions in table["by_subject"].items():
        for action, (expected,) in actions.items():
            found = errors(by_subject, f"{subject} {action}")
            assert found[: len(expected)] == pytest.approx(expected, rel=2e-5)


@pytest.mark.parametrize("case", parity.cases("temporal/evaluation_gla_humaneva"))
def test_tables_of_humaneva(case, tmp_path):
    """The released table by subject knows the last recording of an action alone."""
    arrays = parity.load(case)
    table = table_of(arrays, flip=True)
    model, _ = load_published(parity.tensors(arrays, "state"), links="published_humaneva_13")
    keypoints = "detectron_pt_coco"
    folder = folder_of(tmp_path, "data_3d_humaneva15", f"data_2d_humaneva15_{keypoints}")
    clips = open_source(f"humaneva:{folder}:{keypoints}", HUMANEVA_15)
    test = clips.select(lambda clip: clip.subject.startswith("Validate/"))
    options = {"flip": True, "alignment": "none", "device": "cpu"}
    report = evaluate(model, test, **options)
    for action, (expected,) in table["pooled"].items():
        assert errors(report, action)[:2] == pytest.approx(expected, rel=2e-5)
    released = evaluate(model, test, by="subject", pooling="released", **options)
    for subject, actions in table["by_subject"].items():
        for action, (expected,) in actions.items():
            found = errors(released, f"{subject} {action}")[:2]
            assert found == pytest.approx(expected, rel=2e-5)
    correct = evaluate(model, test, by="subject", **options)
    several = "Validate/S1 Walking"  # of two chunks
    assert correct.frames[several] > released.frames[several]
    assert correct.actions[several]["P1"] != pytest.approx(released.actions[several]["P1"])
