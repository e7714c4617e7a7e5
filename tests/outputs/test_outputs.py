"""Files of lifted motion: what is written comes back, and nothing is overwritten by chance."""

import csv
import json
from dataclasses import fields, replace

import numpy as np
import pytest
import torch
from support.poses import lifted
from torch.testing import assert_close

from posegcn import InputError
from posegcn.outputs import OUTPUTS, TURNED, load_poses, save
from posegcn.outputs.arrays import KEYS
from posegcn.outputs.table import COLUMNS
from posegcn.skeletons import H36M_16

every_suffix = pytest.mark.parametrize("suffix", OUTPUTS)
readable = pytest.mark.parametrize("suffix", [".npz", ".json"])


def same(found, expected, atol):
    for field in fields(expected):
        value, wanted = getattr(found, field.name), getattr(expected, field.name)
        if isinstance(wanted, torch.Tensor):
            assert_close(value, wanted, rtol=0, atol=atol, equal_nan=True)
        else:
            assert value == wanted, field.name


def unplaced():
    """A person without placement, frame rate or size, one frame only marked."""
    poses = lifted(8, clip=4, person="b, c")
    joints = poses.joints.clone()
    joints[3] = torch.nan
    nothing = dict.fromkeys(("root", "reprojection_px", "fps", "image_size", "focal_px"))
    return replace(poses, joints=joints, focal_source="", notes=(), **nothing)


@readable
def test_people_come_back_as_they_were(suffix, tmp_path):
    people = [lifted(30), unplaced()]
    (path,) = save(people, tmp_path / f"out{suffix}")
    found = load_poses(path)
    assert len(found) == 2
    for got, expected in zip(found, people, strict=True):
        same(got, expected, atol=1e-6)


def test_arrays_are_those_documented_and_no_pickles(tmp_path):
    poses = lifted(30)
    (path,) = save(poses, tmp_path / "out.npz")
    with np.load(path, allow_pickle=False) as file:
        assert set(file.files) == set(KEYS)
        held = {key: file[key] for key in KEYS}
    assert np.array_equal(held["joints"], poses.joints)
    assert held["joint_names"].tolist() == list(poses.skeleton.joints)
    assert held["parents"][:3].tolist() == [-1, 0, 1]


def test_the_table_has_a_row_for_each_joint_and_units_in_its_head(tmp_path):
    poses, other = lifted(30), unplaced()
    (path,) = save([poses, other], tmp_path / "out.csv")
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == (30 + 8) * 17
    assert [row["joint"] for row in rows[:17]] == list(poses.skeleton.joints)
    row = rows[2 * 17 + 3]
    assert (row["frame"], row["person"], row["filled"]) == ("2", "1", "1")
    joint = torch.tensor([float(row[f"{axis}_m"]) for axis in "xyz"])
    placed = torch.tensor([float(row[f"camera_{axis}_m"]) for axis in "xyz"])
    assert_close(joint, poses.joints[2, 3], rtol=0, atol=1e-6)
    assert_close(placed, poses.joints[2, 3] + poses.root[2], rtol=0, atol=1e-6)
    marked = rows[30 * 17 + 3 * 17]
    assert (marked["person"], marked["x_m"], marked["camera_z_m"]) == ("b, c", "", "")


def test_the_document_is_strict_json_with_units(tmp_path):
    (path,) = save([lifted(30), unplaced()], tmp_path / "out.json")

    def refuse(constant):
        raise AssertionError(constant)

    document = json.loads(path.read_text(), parse_constant=refuse)
    assert document["schema"] == "posegcn.poses/1"
    assert document["units"]["joints"] == "m"
    assert document["skeleton"]["parents"][:3] == [None, "hip", "rhip"]
    first, second = document["people"]
    assert np.shape(first["joints"]) == (30, 17, 3)
    assert np.shape(first["root"]) == (30, 3)
    assert second["joints"][3] == [[None] * 3] * 17
    assert second["root"] is second["fps"] is second["reprojection"] is None


@every_suffix
def test_an_existing_file_is_not_overwritten_without_force(suffix, tmp_path):
    path = tmp_path / f"out{suffix}"
    path.write_bytes(b"mine")
    with pytest.raises(InputError, match=r"out\.\w+ exists already: choose another name, or"):
        save(lifted(5), path)
    assert path.read_bytes() == b"mine"
    save(lifted(5), path, force=True)
    assert path.read_bytes() != b"mine"
    assert list(tmp_path.iterdir()) == [path]


@every_suffix
def test_the_same_motion_gives_the_same_bytes(suffix, tmp_path):
    first, second = (save(lifted(5), tmp_path / f"{name}{suffix}")[0] for name in "ab")
    assert first.read_bytes() == second.read_bytes()


def test_a_failure_leaves_nothing(tmp_path):
    poses = lifted(5)
    broken = replace(poses, joints=poses.joints * torch.nan, person="2")
    with pytest.raises(InputError, match="person '2' has joints"):
        save([poses, broken], tmp_path / "out.bvh")
    assert list(tmp_path.iterdir()) == []


def test_a_format_for_one_person_gets_a_file_for_each(tmp_path):
    people = [lifted(5, person="1"), lifted(5, person="left/../side")]
    paths = save(people, tmp_path / "out.bvh")
    assert [path.name for path in paths] == ["out_1.bvh", "out_left_.._side.bvh"]
    assert sorted(tmp_path.iterdir()) == sorted(paths)
    alone = save(people[:1], tmp_path / "alone.bvh")
    assert alone[0].read_bytes() == paths[0].read_bytes()
    with pytest.raises(InputError, match="a file for each person, but they are called '1', '1'"):
        save([people[0], people[0]], tmp_path / "twice.bvh")


def test_upright_turns_joints_and_roots(tmp_path):
    poses = lifted(5)
    quarter = torch.tensor([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])  # about x: y to z, z to -y
    (path,) = save(poses, tmp_path / "out.npz", upright=quarter)
    (found,) = load_poses(path)
    assert found.notes == (*poses.notes, TURNED)
    for got, given in ((found.joints, poses.joints), (found.root, poses.root)):
        x, y, z = given.unbind(dim=-1)
        assert_close(got, torch.stack([x, -z, y], dim=-1))


def test_what_cannot_be_written_is_one_sentence(tmp_path):
    poses = lifted(3)
    with pytest.raises(InputError, match=r"suffix of an output '.cvs', did you mean '.csv'\?"):
        save(poses, tmp_path / "out.cvs")
    with pytest.raises(InputError, match="nobody to write to .*out.csv"):
        save([], tmp_path / "out.csv")
    body = poses.skeleton
    other = replace(poses, skeleton=H36M_16, joints=body.select(poses.joints, H36M_16))
    with pytest.raises(InputError, match="people of one skeleton .* got h36m_16, h36m_17"):
        save([poses, other], tmp_path / "out.npz")
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InputError, match="cannot write .*file/out.csv"):
        save(poses, tmp_path / "file" / "out.csv")


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '{"schema": "posegcn.poses/1"}', '{"schema": 2}', "[" * 100_000],
)
def test_other_documents_are_one_sentence(text, tmp_path):
    path = tmp_path / "out.json"
    path.write_text(text)
    with pytest.raises(InputError, match=r"out.json (holds no lifted motion|is of schema)"):
        load_poses(path)


@readable
def test_a_truncated_file_is_one_sentence(suffix, tmp_path):
    (path,) = save(lifted(5), tmp_path / f"out{suffix}")
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(InputError, match="damaged|holds no lifted motion"):
        load_poses(path)


def test_what_cannot_be_read_is_one_sentence(tmp_path):
    with pytest.raises(InputError, match="there is no file .*out.npz"):
        load_poses(tmp_path / "out.npz")
    with pytest.raises(InputError, match=r"lifted motion '.bvh'. Available: .npz, .json"):
        load_poses(tmp_path / "out.bvh")
    np.savez(tmp_path / "other.npz", joints=np.zeros((2, 17, 3)))
    with pytest.raises(InputError, match="other.npz.* holds no 'root'"):
        load_poses(tmp_path / "other.npz")
