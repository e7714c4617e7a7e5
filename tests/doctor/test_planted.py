"""Every planted fault is found in a file, under its name and where it is; and no other is."""

import pytest
from support.detected import seen
from support.keypoint_files import SKELETONS_OF
from support.planted import PLANTED
from support.rewritten import holder, through

from posegcn.doctor import CODES, FAULT, examine


def form_of(name):
    return PLANTED[name].form or holder(PLANTED[name].skeleton, list(PLANTED).index(name))


@pytest.mark.parametrize("name", PLANTED)
def test_each_planted_fault_is_found(name, tmp_path):
    fault, form = PLANTED[name], form_of(name)
    clean = seen(fault.action, camera=fault.camera, noise=fault.noise, skeleton=fault.skeleton)
    assert not examine(through(clean, tmp_path / "clean", form)).faults
    bad = fault.plant(clean)
    if (skeleton := bad.tracks[0].skeleton.name) not in SKELETONS_OF[form]:
        form = holder(skeleton, 0)  # the fault is to call the body another
    diagnosis = examine(through(bad, tmp_path / "bad", form))
    assert {finding.code for finding in diagnosis.faults} == {fault.code}
    finding = diagnosis.faults[0]
    if fault.frames:
        assert finding.frames == fault.frames
    assert set(fault.joints) <= set(finding.joints)


def test_there_are_many_in_every_format_and_of_every_code():
    assert len(PLANTED) >= 30
    assert {form_of(name) for name in PLANTED} == set(SKELETONS_OF)
    faults = {code for code, (severity, _) in CODES.items() if severity == FAULT}
    assert {fault.code for fault in PLANTED.values()} == faults
