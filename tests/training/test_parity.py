"""Training, step by step, against the loops of the public code."""

import numpy as np
import pytest
import torch
from support import parity
from torch.testing import assert_close

from posegcn import load_published
from posegcn.data import Clip, Clips
from posegcn.evaluation import evaluate
from posegcn.published.keys import rename
from posegcn.published.semgcn import semgcn_architecture
from posegcn.recipes import RECIPES
from posegcn.skeletons import H36M_16
from posegcn.training.engine import Trainer

CASES = parity.cases(
    "single_frame/train/semgcn_h16_l2", "single_frame/train/semgcn_nonlocal_h16_l2"
)
RECIPE = RECIPES["semgcn-h36m-gt"].replace(decay_steps=3)


def before_batch_norm(name):
    """A bias in front of batch norm: its gradient is round-off, and Adam makes full steps of it.

    In single precision its value after a step is noise, and running means follow it.
    """
    return name.endswith(("conv.bias", "output.bias"))


def follows_noise(name):
    return before_batch_norm(name) or name.endswith("running_mean")


class Reference:
    """A case, the trained copy of its network, and our names of its parameters."""

    def __init__(self, case, dtype):
        self.arrays = parity.load(case)
        self.manifest = parity.manifest(case)
        self.dtype = dtype
        state = parity.tensors(self.arrays, "state")
        self.table = semgcn_architecture(state)[1]
        self.model = load_published(state)[0].to(dtype).train()
        self.trainer = Trainer(self.model, RECIPE, num_steps=4)

    def values(self, prefix):
        """Reference values under our names, in our shapes."""
        shapes = {name: value.shape for name, value in self.model.state_dict().items()}
        found = {}
        for key, value in parity.tensors(self.arrays, prefix, self.dtype).items():
            name = rename(f"{key}", self.table)
            found[name] = value.reshape(shapes[name])
        return found

    def batches(self):
        inputs, targets = self.arrays["inputs"], self.arrays["targets"]
        for keypoints, joints in zip(inputs, targets, strict=True):
            yield (
                torch.from_numpy(keypoints).to(self.dtype),
                torch.from_numpy(joints).to(self.dtype),
            )


@pytest.fixture(params=[torch.float32, torch.float64], ids=["float32", "float64"])
def dtype(request):
    return request.param


@pytest.mark.parametrize("case", CASES)
def test_first_step(case, dtype):
    reference = Reference(case, dtype)
    model, arrays = reference.model, reference.arrays
    keypoints, joints = next(iter(reference.batches()))
    output = model(keypoints)
    expected = torch.from_numpy(arrays["train_output_step1"]).to(dtype)
    assert_close(output, expected, rtol=0, atol=1e-5 + 1e-5 * expected.abs().max().item())
    loss = reference.trainer.loss(output, joints, model.skeleton)
    assert loss.item() == pytest.approx(float(arrays["loss_step1"]), rel=1e-6)

    loss.backward()
    gradients = reference.values("grad_step1")
    assert set(gradients) == {name for name, _ in model.named_parameters()}
    for name, parameter in model.named_parameters():
        if not before_batch_norm(name):
            limit = 1e-4 * gradients[name].abs().max().item()
            assert_close(parameter.grad, gradients[name], rtol=0, atol=limit)
    total = torch.nn.utils.get_total_norm([p.grad for p in model.parameters()])
    assert total.item() == pytest.approx(float(arrays["gradnorm_total_step1"]), rel=1e-5)
    for name, expected in reference.values("bn_after_step1").items():
        assert_close(model.state_dict()[name], expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("case", CASES)
def test_all_steps(case, dtype):
    reference = Reference(case, dtype)
    model, arrays, trainer = reference.model, reference.arrays, reference.trainer
    losses, rates = [], []
    for step, (keypoints, joints) in enumerate(reference.batches(), start=1):
        rates.append(trainer.learning_rate(step))
        losses.append(trainer.step(keypoints, joints).item())
    np.testing.assert_allclose(losses, arrays["losses"], rtol=1e-6)
    np.testing.assert_allclose(rates, arrays["lrs"], rtol=1e-12)

    limit = reference.manifest["max_abs_state_after_f32_minus_f64"]
    after = reference.values("state_after")
    for name, expected in after.items():
        if not follows_noise(name):
            assert_close(model.state_dict()[name], expected, rtol=0, atol=limit)

    model.eval()
    keypoints, _ = next(iter(reference.batches()))
    if dtype == torch.float64:  # no noise: everything is compared, as it is
        expected = torch.from_numpy(arrays["eval_output_after_f64"])
        assert_close(model(keypoints), expected, rtol=1e-9, atol=1e-9)
    else:  # the reference's noise in place of ours
        noise = {name: value for name, value in after.items() if follows_noise(name)}
        model.load_state_dict(model.state_dict() | noise)
        limit = reference.manifest["max_abs_eval_output_after_f32_minus_f64"]
        expected = torch.from_numpy(arrays["eval_output_after"])
        assert_close(model(keypoints), expected, rtol=0, atol=limit)


@pytest.mark.parametrize("case", CASES)
def test_evaluation_as_executed_and_as_meant(case):
    """The public evaluation zeroes the root and leaves the other joints; both numbers are ours."""
    reference = Reference(case, torch.float32)
    for keypoints, joints in reference.batches():
        reference.trainer.step(keypoints, joints)
    keypoints, joints = (torch.cat(values) for values in zip(*reference.batches(), strict=True))
    size = (1000, 1000)
    clip = Clip("S", "walk", "camera0", size, keypoints, joints, joints[:, 0])
    clips = Clips.from_clips("toy", H36M_16, {}, [clip])
    executed = evaluate(reference.model, clips, alignment="root_zeroed").pooled
    meant = evaluate(reference.model, clips).pooled
    # A joint may lie off by as much as the reference's own float32 does.
    limit = 1000 * reference.manifest["max_abs_eval_output_after_f32_minus_f64"]
    p1, p2 = reference.arrays["evaluate_p1_p2"].tolist()
    assert executed["P1"] == pytest.approx(p1, abs=limit)
    assert executed["P2"] == pytest.approx(p2, abs=limit)
    arrays = reference.arrays
    assert executed["P1"] == pytest.approx(float(arrays["p1_only_root_zeroed"]), abs=limit)
    assert meant["P1"] == pytest.approx(float(arrays["p1_true_root_centred"]), abs=limit)
