import pytest
import torch
from torch.testing import assert_close

from posegcn import InputError, make_model, predict
from posegcn.checkpoints import load_checkpoint, save_checkpoint
from posegcn.models.keypoint_map import KeypointMap
from posegcn.skeletons import COCO_17, H36M_16, H36M_17
from posegcn.skeletons.conversion import convert


def network(skeleton="h36m_17", keypoints="coco_17"):
    sizes = {"channels": 8, "num_blocks": 1, "keypoint_skeleton": keypoints}
    return make_model("modulated_gcn", skeleton=skeleton, **sizes)


def test_it_begins_as_the_conversion_by_name():
    keypoints = torch.randn(4, 17, 2)
    for target in (H36M_17, H36M_16):
        found = KeypointMap(COCO_17, target)(keypoints)
        assert_close(found, convert(keypoints, COCO_17, target))


def test_a_network_that_takes_coco_is_the_other_behind_the_map():
    keypoints = torch.randn(4, 17, 2)
    model, plain = network().eval(), network(keypoints="same").eval()
    plain.load_state_dict(model.state_dict(), strict=False)
    assert_close(model(keypoints), plain(model.entry(keypoints)))
    assert_close(predict(model, keypoints), model(keypoints).detach(), rtol=1e-4, atol=1e-5)
    assert [name for name, _ in plain.named_parameters() if name.startswith("entry")] == []


def test_the_map_learns():
    model = network()
    model(torch.randn(4, 17, 2)).square().sum().backward()
    assert model.entry.weight.grad.abs().sum() > 0


def test_it_refuses_what_it_does_not_take():
    with pytest.raises(InputError, match=r"ResidualGCN expects \(B, 17, 2\), got \(4, 16, 2\)"):
        network(skeleton="h36m_16")(torch.randn(4, 16, 2))
    with pytest.raises(InputError, match="'h36m_17' has no joint 'nose' of 'coco_17'"):
        network(skeleton="coco_17", keypoints="h36m_17")


def test_checkpoints_remember_what_it_takes(tmp_path):
    model = network()
    save_checkpoint(tmp_path / "model.safetensors", model, {})
    again, _ = load_checkpoint(tmp_path / "model.safetensors")
    assert again.keypoint_skeleton == COCO_17
    keypoints = torch.randn(3, 17, 2)
    assert_close(predict(again, keypoints), predict(model, keypoints))
