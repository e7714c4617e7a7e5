"""The real CMU motion, which stays out of the repository; ``POSEGCN_CMU`` says where it is."""

import os

import pytest
import torch

from posegcn import evaluate, metrics
from posegcn.baselines import mean_pose, ridge
from posegcn.camera import denormalise_image
from posegcn.data import open_source
from posegcn.skeletons import H36M_17

FOLDER = os.environ.get("POSEGCN_CMU")
pytestmark = pytest.mark.skipif(not FOLDER, reason="POSEGCN_CMU does not say where the motion is")


@pytest.fixture(scope="module")
def cmu():
    return open_source(f"cmu:{FOLDER}", H36M_17)


def test_make_up(cmu):
    assert len({clip.subject for clip in cmu}) == 11
    train, validation, test = cmu.split()
    assert {clip.subject for clip in test} == {"C02", "C09", "C17"}
    assert {clip.subject for clip in validation} == {"C127"}
    # Four views of every frame, less about one percent that leave the image.
    assert 0.985 * 4 * 129_576 < cmu.num_frames < 4 * 129_576
    assert train.num_frames > 450_000


def test_bones_keep_their_length(cmu):
    thigh = H36M_17.bones.index((H36M_17.index("rknee"), H36M_17.index("rhip")))
    for clip in list(cmu)[::50]:
        lengths = metrics.bone_lengths(clip.joints, H36M_17)[:, thigh]
        assert lengths.max() - lengths.min() < 1e-3


def test_it_is_as_hard_as_its_description_says(cmu):
    """211 mm for the mean pose and 90 mm for ridge regression, with other random cameras."""
    train, validation, test = cmu.split()
    of_mean = evaluate(mean_pose(train), test, device="cpu").pooled
    assert of_mean["P1"] == pytest.approx(210.9, abs=2)
    assert of_mean["P2"] == pytest.approx(180.1, abs=2)
    of_ridge = evaluate(ridge(train, validation), test, device="cpu").pooled
    assert of_ridge["P1"] == pytest.approx(90.4, abs=3)


def test_detector_noise_has_the_size_that_its_table_gives(cmu):
    noisy = open_source(f"cmu:{FOLDER}:noisy", H36M_17)
    assert torch.equal(noisy.joints, cmu.joints)
    size = (1000, 1000)
    moved = denormalise_image(noisy.keypoints, size) - denormalise_image(cmu.keypoints, size)
    error = moved[::20].norm(dim=-1).flatten()
    assert error.mean().item() == pytest.approx(5.6, abs=0.3)
    assert error.median().item() == pytest.approx(3.6, abs=0.3)
    assert error.quantile(0.99).item() == pytest.approx(51, abs=4)
