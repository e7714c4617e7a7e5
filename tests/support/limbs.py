"""Bodies with limbs in all directions, and comparisons with what Node computed of them."""

import torch

from posegcn.skeletons import H36M_16


def limbs(seed=0):
    """Sixteen joints with bones of 0.3 m in any direction, root-relative, double.  (J, 3)"""
    generator = torch.Generator().manual_seed(seed)
    joints = torch.zeros(H36M_16.num_joints, 3, dtype=torch.float64)
    for child, parent in H36M_16.bones:
        step = torch.randn(3, generator=generator, dtype=torch.float64)
        joints[child] = joints[parent] + 0.3 * step / step.norm()
    return joints


def assert_same(found, expected, tolerance=1e-5):
    """Lists of Node beside a tensor."""
    found = torch.tensor(found, dtype=torch.float64)
    torch.testing.assert_close(found, expected.double(), rtol=tolerance, atol=tolerance)
