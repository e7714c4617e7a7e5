import torch
from torch.testing import assert_close

from posegcn.models.hourglass import Hourglass
from posegcn.pooling import Pyramid, make_pyramid
from posegcn.skeletons import H36M_16


def hourglass(pyramid):
    torch.manual_seed(0)
    return Hourglass(4, pyramid, layer="vanilla").double().eval()


def test_adds_its_input_without_activation():
    block = hourglass(Pyramid.derived(H36M_16))
    torch.nn.init.zeros_(block.up_fine.norm.weight)
    torch.nn.init.zeros_(block.up_fine.norm.bias)
    x = torch.randn(2, 16, 4, dtype=torch.float64)
    assert_close(block(x), x)


def test_numbering_of_the_nodes_does_not_matter_to_shared_weights():
    derived, mended = (hourglass(make_pyramid(name, H36M_16)) for name in ("derived", "mended"))
    mended.load_state_dict(derived.state_dict())
    x = torch.randn(2, 16, 4, dtype=torch.float64)
    assert_close(mended(x), derived(x))


def test_published_pyramid_confuses_left_and_right():
    """The mirrored input gives the mirrored output, except through the exchanged legs."""
    x = torch.randn(8, 16, 4, dtype=torch.float64)
    mirror = list(H36M_16.mirror)
    for name in ("mended", "published"):
        block = hourglass(make_pyramid(name, H36M_16))
        assert_close(block(x[:, mirror]), block(x)[:, mirror])  # both are symmetric, but …
    right_leg = [H36M_16.index(joint) for joint in ("rknee", "rfoot")]
    for name, stays in (("mended", True), ("published", False)):
        pyramid = make_pyramid(name, H36M_16)
        node = pyramid.groups[0].index(tuple(right_leg))
        came_back = [joint for joint, source in enumerate(pyramid.sources[0]) if source == node]
        assert (came_back == right_leg) == stays
