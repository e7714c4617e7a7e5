import pytest

from posegcn import InputError
from posegcn.skeletons import H36M_16, SKELETONS, get_skeleton

# Left and right joints as the data files of the field list them.
SIDES = {
    "h36m_32": ([6, 7, 8, 9, 10, 16, 17, 18, 19, 20, 21, 22, 23], range(1, 6)),
    "h36m_17": ([4, 5, 6, 11, 12, 13], [1, 2, 3, 14, 15, 16]),
    "mpii_16": ([3, 4, 5, 13, 14, 15], [0, 1, 2, 10, 11, 12]),
    "humaneva_15": ([2, 3, 4, 8, 9, 10], [5, 6, 7, 11, 12, 13]),
    "coco_17": (range(1, 17, 2), range(2, 17, 2)),
    "coco_18": ([5, 6, 7, 11, 12, 13, 15, 17], [2, 3, 4, 8, 9, 10, 14, 16]),
    "mpi_inf_3dhp_17": ([5, 6, 7, 11, 12, 13], [2, 3, 4, 8, 9, 10]),
}


@pytest.mark.parametrize("name", SIDES)
def test_sides_are_those_of_the_data_files(name):
    left, right = SIDES[name]
    skeleton = SKELETONS[name]
    assert list(skeleton.left) == list(left)
    assert list(skeleton.right)[: len(list(right))] == list(right)


def test_names_carry_the_number_of_joints():
    for name, skeleton in SKELETONS.items():
        assert name.endswith(f"_{skeleton.num_joints}")


def test_get_skeleton_takes_names_and_skeletons():
    assert get_skeleton("h36m_16") is H36M_16
    assert get_skeleton(H36M_16) is H36M_16
    with pytest.raises(InputError, match="did you mean 'h36m_16'"):
        get_skeleton("h36m16")
