"""Every planted fault is found, under its name and where it is; and no other is."""

import pytest
from support.detected import seen
from support.planted import PLANTED

from posegcn.doctor import examine


@pytest.mark.parametrize("name", PLANTED)
def test_each_planted_fault_is_found(name):
    fault = PLANTED[name]
    clean = seen(fault.action, camera=fault.camera, noise=fault.noise, skeleton=fault.skeleton)
    assert not examine(clean).faults
    diagnosis = examine(fault.plant(clean))
    assert {finding.code for finding in diagnosis.faults} == {fault.code}
    finding = diagnosis.faults[0]
    if fault.frames:
        assert finding.frames == fault.frames
    assert set(fault.joints) <= set(finding.joints)
