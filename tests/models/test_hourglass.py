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


def test_published_pyramid_gives_the_right_leg_what_the_left_one_sent():
    """With the level of 4 nodes silenced, a leg hears the pooled level through itself alone."""
    for name, leg in (("mended", ("rknee", "rfoot")), ("published", ("lknee", "lfoot"))):
        pyramid = make_pyramid(name, H36M_16)
        node = pyramid.groups[0].index((H36M_16.index("rknee"), H36M_16.index("rfoot")))
        pooled = torch.zeros(1, 8, 1)
        pooled[:, node] = 1
        back = hourglass(pyramid).unpool_fine(pooled)[0, :, 0]
        assert [H36M_16.joints[joint] for joint in back.nonzero().flatten().tolist()] == list(leg)


def test_exchanged_legs_change_what_the_legs_get():
    blocks = [hourglass(make_pyramid(name, H36M_16)) for name in ("mended", "published")]
    x = torch.randn(8, 16, 4, dtype=torch.float64)
    mended, published = (block(x) for block in blocks)
    legs = [H36M_16.index(joint) for joint in ("rknee", "rfoot", "lknee", "lfoot")]
    assert ((mended - published)[:, legs].abs().amax(dim=(0, 2)) > 0).all()
