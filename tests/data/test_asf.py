import numpy as np
import pytest
from support.acclaim import LEG_ASF

from posegcn import InputError
from posegcn.data.asf import read_asf


def read(folder, text):
    path = folder / "leg.asf"
    path.write_text(text)
    return read_asf(path)


def test_bones_by_hand(tmp_path):
    body = read(tmp_path, LEG_ASF)
    assert body.length == 0.45
    assert [(name, bone.parent) for name, bone in body.bones.items()] == [
        ("root", None),
        ("thigh", "root"),
        ("shin", "thigh"),
        ("toe", "shin"),
    ]
    assert body.bones["root"].channels == ("tx", "ty", "tz", "rx", "ry", "rz")
    assert body.bones["thigh"].channels == ("rx", "rz")
    assert body.bones["toe"].channels == ()
    np.testing.assert_array_equal(body.bones["shin"].offset, (0, -3, 0))
    np.testing.assert_allclose(body.bones["thigh"].axes[:, 0], (0, 1, 0), atol=1e-12)


def test_axes_turn_in_the_order_that_the_file_gives(tmp_path):
    """About x first, y becomes z, and then z becomes x about y; the other way round y stays z."""
    for order, y_axis in (("XYZ", (1, 0, 0)), ("YXZ", (0, 0, 1))):
        body = read(tmp_path, LEG_ASF.replace("axis 0 0 90 XYZ", f"axis 90 90 0 {order}"))
        np.testing.assert_allclose(body.bones["thigh"].axes[:, 1], y_axis, atol=1e-12)


def test_children_may_be_named_before_their_parents(tmp_path):
    shuffled = LEG_ASF.replace("    root thigh\n", "")
    body = read(tmp_path, shuffled.replace("    shin toe\n", "    shin toe\n    root thigh\n"))
    assert list(body.bones) == ["root", "thigh", "shin", "toe"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (LEG_ASF, "", "leg.asf is no ASF file or cut off: it has no section :units"),
        (LEG_ASF[LEG_ASF.index(":hierarchy") :], "", "cut off: it has no section :hierarchy"),
        ("length 0.45", "length zero", "line 6: expected numbers, 1 of them, got 'zero'"),
        ("length 0.45", "length -1", "line 6: expected a length above 0"),
        ("angle deg", "angle turns", "line 7: expected angle deg or angle rad"),
        ("  angle deg\n", "", "line 5: expected a line 'angle' in what begins here"),
        ("TX TY TZ", "TX TY", "line 11: expected TX TY TZ RX RY RZ in any order, got 'tx ty rx"),
        ("position 0 0 0", "position 0 1 0", "line 13: expected 0 0 0, got '0 1 0'"),
        ("name shin", "name thigh", "line 28: expected a name that no other bone has"),
        ("name shin", "name", "line 28: expected a name that no other bone has"),
        ("     name shin\n", "", "line 26: expected a line 'name' in what begins here"),
        ("     direction 0 0 1\n", "", "line 35: expected a line 'direction'"),
        ("direction 0 0 1", "direction 0 0", "line 38: expected numbers, 3 of them, got '0 0'"),
        ("direction 0 0 1", "direction 0 0 inf", "line 38: expected numbers, 3 of them"),
        ("axis 0 0 90 XYZ", "axis 0 0 90", "line 21: expected three angles and XYZ"),
        ("axis 0 0 90 XYZ", "axis 0 90 XYZ", "line 21: expected numbers, 3 of them, got '0 90'"),
        ("dof rx rz", "dof rx rx", "line 22: expected some of rx ry rz, got 'rx rx'"),
        ("dof rx rz", "dof rx l", "line 22: expected some of rx ry rz, got 'rx l'"),
        ("  begin\n     id 1", "     id 1", "line 16: expected begin, got 'id 1'"),
        ("thigh shin", "thigh chin", "line 45: there is no bone 'chin'"),
        ("shin toe", "shin thigh", "line 46: 'thigh' already hangs on another bone"),
        ("shin toe", "shin root", "line 46: 'root' already hangs on another bone"),
        ("    shin toe\n", "", "line 46: the hierarchy ends without 'toe'"),
        ("root thigh", "toe thigh", "line 47: the hierarchy ends without 'thigh'"),
    ],
)
def test_damaged_skeleton(tmp_path, old, new, message):
    assert old in LEG_ASF
    with pytest.raises(InputError, match=message):
        read(tmp_path, LEG_ASF.replace(old, new, 1))


def test_a_file_cut_anywhere_is_refused(tmp_path):
    whole = len(LEG_ASF.rstrip().removesuffix("end").rstrip())
    for cut in range(whole):
        with pytest.raises(InputError):
            read(tmp_path, LEG_ASF[:cut])
    for cut in range(whole, len(LEG_ASF)):
        text = LEG_ASF[:cut].rstrip()
        if text.endswith(("toe", "end")):
            assert len(read(tmp_path, LEG_ASF[:cut]).bones) == 4
