import pytest
import torch
from torch.testing import assert_close

from posegcn import Graph, make_model
from posegcn.skeletons import H36M_16


@pytest.mark.parametrize(("non_local", "count"), [(False, 267_343), (True, 434_703)])
def test_published_sizes(non_local, count):
    model = make_model("semgcn", non_local=non_local)
    assert sum(parameter.numel() for parameter in model.parameters()) == count


def test_fresh_non_local_blocks_change_nothing():
    torch.manual_seed(0)
    plain = make_model("semgcn", channels=8).eval()
    with_blocks = make_model("semgcn", channels=8, non_local=True).eval()
    for index, block in enumerate(plain.trunk):
        with_blocks.trunk[2 * index].load_state_dict(block.state_dict())
    with_blocks.head.load_state_dict(plain.head.state_dict())
    keypoints = torch.randn(2, 16, 2)
    assert_close(with_blocks(keypoints), plain(keypoints))


@pytest.mark.parametrize("num_blocks", [0, 1, 2])
def test_receptive_field_grows_by_one_hop_a_layer(num_blocks):
    model = make_model("residual_gcn", layer="vanilla", channels=8, num_blocks=num_blocks).eval()
    keypoints = torch.randn(1, 16, 2, requires_grad=True)
    head = H36M_16.index("head")
    (gradient,) = torch.autograd.grad(model(keypoints)[0, head].sum(), keypoints)
    heard = gradient[0].abs().sum(dim=-1) > 0
    hops = 2 + 2 * num_blocks
    assert not heard[Graph.from_skeleton(H36M_16).hops[head] > hops].any()
