from dataclasses import replace

import pytest
import torch
from support.clips import TOY, random_clip
from torch import nn
from torch.testing import assert_close

from posegcn import InputError, make_model, metrics
from posegcn.data import Clips, flip_pose
from posegcn.data.flips import flip_intrinsics, flip_root
from posegcn.evaluation import evaluate
from posegcn.evaluation.protocol import PROTOCOL
from posegcn.prediction import predict
from posegcn.skeletons import H36M_16, H36M_17


class Lifter(nn.Module):
    """Places joints at a fixed linear map of the keypoints; left and right are told apart."""

    skeleton = H36M_16

    def __init__(self):
        super().__init__()
        generator = torch.Generator().manual_seed(0)
        self.map = nn.Parameter(torch.randn(16, 2, 3, generator=generator))

    def forward(self, keypoints):
        assert not self.training
        return torch.einsum("bjc,jcd->bjd", keypoints, self.map)


def test_predict_in_batches_is_predict_at_once():
    model = Lifter()
    whole = predict(model, TOY.keypoints, batch_size=100)
    assert_close(predict(model, TOY.keypoints, batch_size=5), whole)
    assert model.training  # its mode is restored
    assert not whole.requires_grad


def test_flip_averaging_by_hand():
    model = Lifter()
    keypoints = TOY.keypoints
    mirrored = flip_pose(predict(model, flip_pose(keypoints, H36M_16)), H36M_16)
    expected = (predict(model, keypoints) + mirrored) / 2
    assert_close(predict(model, keypoints, flip=True), expected)
    # The average of both is the same for a pose and its mirror image.
    of_mirror = predict(model, flip_pose(keypoints, H36M_16), flip=True)
    assert_close(flip_pose(of_mirror, H36M_16), expected)


def test_alignments():
    model = Lifter()
    predicted = predict(model, TOY.keypoints)
    by_hand = {
        "root": predicted - predicted[:, :1],
        "none": predicted,
        "root_zeroed": torch.cat([torch.zeros(12, 1, 3), predicted[:, 1:]], dim=1),
    }
    for name, joints in by_hand.items():
        expected = 1000 * metrics.mpjpe(joints, TOY.joints).mean().item()
        report = evaluate(model, TOY, alignment=name, device="cpu")
        assert report.pooled["P1"] == pytest.approx(expected)
        assert report.card["alignment"] == name


def test_card_says_how_it_was_measured():
    card = evaluate(Lifter(), TOY, flip=True, device="cpu").card
    assert card["data"] == "toy"
    assert card["data_hash"] == TOY.fingerprint()
    assert (card["subjects"], card["flip"], card["device"]) == (["A"], True, "cpu")
    assert (card["split"], card["keypoints"], card["excluded"]) == ("A", "as given", [])
    assert (card["joints"], card["averaging"]) == ("16, root included", "action")
    assert card["seconds"] >= 0
    assert set(PROTOCOL) <= set(card)


def test_card_says_how_the_model_was_trained():
    training = {"recipe": "semgcn-h36m-gt", "seed": 3, "epoch": 4, "selection": "lowest P1 on A"}
    card = evaluate(Lifter(), TOY, training=training, device="cpu").card
    assert {key: card[key] for key in training} == training
    assert card["selected_on"] == "test subjects"
    untold = evaluate(Lifter(), TOY, device="cpu").card
    assert (untold["recipe"], untold["seed"], untold["epochs"]) == (None, None, None)
    assert untold["selected_on"] == "unknown"


def test_card_says_which_mean_is_the_headline_and_the_report_holds_both():
    by_action, by_frame = (
        evaluate(Lifter(), TOY, averaging=name, device="cpu") for name in ("action", "frame")
    )
    assert (by_action.card["averaging"], by_frame.card["averaging"]) == ("action", "frame")
    assert by_action.mean == by_frame.mean
    assert by_action.pooled == by_frame.pooled
    assert by_action.mean["P1"] != by_action.pooled["P1"]
    rows = evaluate(Lifter(), TOY, by="subject", device="cpu")
    assert rows.card["averaging"] == "subject and action"


def test_clip_of_one_frame_has_no_velocity():
    clips = Clips.from_clips("toy", H36M_16, {}, [random_clip("stand", 1, 1)])
    report = evaluate(Lifter(), clips, device="cpu")
    assert report.pooled["MPJVE"] != report.pooled["MPJVE"]
    assert "nan" in report.table()


def test_wrong_skeleton_and_names_are_refused():
    model = Lifter()
    model.skeleton = H36M_17
    with pytest.raises(InputError, match="lifts skeleton 'h36m_17', the clips have 'h36m_16'"):
        evaluate(model, TOY)
    with pytest.raises(InputError, match="did you mean 'root'"):
        evaluate(Lifter(), TOY, alignment="rot")
    with pytest.raises(InputError, match="unknown averaging 'frames', did you mean 'frame'"):
        evaluate(Lifter(), TOY, averaging="frames")


def test_a_network_gets_what_it_asks_for_and_says_what_is_missing():
    model = make_model("modulated_gcn_refined", skeleton=H36M_16, channels=8, num_blocks=1)
    with pytest.raises(InputError, match="RefinedGCN takes keypoints, intrinsics, got 1 inputs"):
        predict(model, TOY.keypoints)
    with pytest.raises(InputError, match="toy: the camera of subject A, .* is not calibrated"):
        evaluate(model, TOY, device="cpu")
    seen = replace(TOY[0], intrinsics=torch.tensor([2.0, 2, 0, 0, 0, 0, 0, 0, 0]))
    clips = Clips.from_clips("toy", H36M_16, {}, [seen, seen])
    assert clips.intrinsics.shape == (2 * len(seen), 9)
    card = evaluate(model, clips, flip=True, device="cpu").card
    assert card["inputs"] == ["keypoints", "intrinsics"]


def test_flip_averaging_mirrors_camera_and_root_too():
    torch.manual_seed(0)
    model = make_model("modulated_gcn_refined", channels=4, num_blocks=1, root_depth="published")
    keypoints, root = torch.randn(3, 17, 2), torch.tensor([[0.5, 0.1, 4.0]]).expand(3, -1)
    camera = torch.tensor([2.0, 2, 0.3, 0.1, 0, 0, 0, 0.2, 0]).expand(3, -1)
    mirrored = predict(
        model,
        flip_pose(keypoints, H36M_17),
        flip_intrinsics(camera, H36M_17),
        flip_root(root, H36M_17),
    )
    expected = (predict(model, keypoints, camera, root) + flip_pose(mirrored, H36M_17)) / 2
    assert_close(predict(model, keypoints, camera, root, flip=True), expected)


def test_every_part_of_a_network_is_left_in_its_mode():
    model = make_model("semgcn", channels=4, num_blocks=1).train()
    model.trunk[0].norm.eval()
    predict(model, torch.zeros(2, 16, 2))
    with pytest.raises(InputError):
        predict(model, torch.zeros(2, 17, 2))
    assert model.training
    assert model.trunk[1].training
    assert not model.trunk[0].norm.training
