import pytest

from posegcn import InputError
from posegcn.keypoints.names import skeleton_of_names
from posegcn.skeletons import H36M_16, H36M_17, MPII_16, OPENPOSE_25, SKELETONS


@pytest.mark.parametrize("skeleton", SKELETONS.values(), ids=SKELETONS)
def test_every_preset_is_found_by_its_joints(skeleton):
    assert skeleton_of_names(skeleton.joints) == (skeleton, list(range(skeleton.num_joints)))


def test_any_order_is_sorted():
    names = sorted(OPENPOSE_25.joints)
    skeleton, order = skeleton_of_names(names)
    assert skeleton is OPENPOSE_25
    assert tuple(names[index] for index in order) == OPENPOSE_25.joints


def test_order_decides_between_presets_with_the_same_joints():
    assert set(MPII_16.joints) == set(H36M_16.joints)
    assert skeleton_of_names(MPII_16.joints)[0] is MPII_16
    assert skeleton_of_names(sorted(MPII_16.joints))[0] is H36M_16


def test_names_of_other_programs():
    names = ["root", "Right Hip", "right_knee", "right_foot", "left-hip", "left_knee", "left_foot"]
    names += ["spine", "thorax", "neck_base", "head", "left_shoulder", "left_elbow", "left_wrist"]
    names += ["right_shoulder", "right_elbow", "right_wrist"]
    assert skeleton_of_names(names) == (H36M_17, list(range(17)))


def test_what_is_missing_is_said():
    names = [name for name in H36M_17.joints if name != "spine"] + ["tail"]
    with pytest.raises(InputError, match=r"nearest is h36m_17, .*\['spine'\].*\['tail'\]"):
        skeleton_of_names(names)
    with pytest.raises(InputError, match="distinct names"):
        skeleton_of_names(["hip", "hip"])
