import numpy as np
import pytest
from support.acclaim import LEG_AMC, LEG_ASF

from posegcn import InputError
from posegcn.data.acclaim import forward_kinematics, read_amc
from posegcn.data.asf import read_asf

# Ends of thigh, shin and toe for each frame of LEG_AMC, worked out by hand.
BY_HAND = [
    [(1, -2, 3), (1, -5, 3), (1, -5, 4)],  # it hangs below the root
    [(4, 0, 0), (7, 0, 0), (7, 0, 1)],  # root turned about z: down becomes x
    [(-4, 0, 0), (-7, 0, 0), (-7, -1, 0)],  # about x, then about y: down becomes -z, then -x
    [(0, -4, 0), (0, -7, 0), (1, -7, 0)],  # thigh about its own x, which lies along it
    [(4, 0, 0), (7, 0, 0), (7, 1, 0)],  # and then about its own z
    [(4, 0, 0), (4, 0, -3), (5, 0, -3)],  # thigh about z, shin about x
]


def write(folder, asf=LEG_ASF, amc=LEG_AMC):
    (folder / "leg.asf").write_text(asf)
    (folder / "leg.amc").write_text(amc)
    return folder / "leg.asf", folder / "leg.amc"


def ends(folder, asf=LEG_ASF, amc=LEG_AMC):
    skeleton, motion = write(folder, asf, amc)
    body = read_asf(skeleton)
    found = forward_kinematics(body, read_amc(motion, body))
    return np.stack([found[name] for name in ("thigh", "shin", "toe")], axis=1)


def test_positions_by_hand(tmp_path):
    np.testing.assert_allclose(ends(tmp_path), BY_HAND, rtol=0, atol=1e-12)


def test_windows_line_ends_and_capitals_make_no_difference(tmp_path):
    texts = [text.upper().replace("\n", "\r\n") for text in (LEG_ASF, LEG_AMC)]
    np.testing.assert_array_equal(ends(tmp_path, *texts), ends(tmp_path))


def test_radians(tmp_path):
    asf = LEG_ASF.replace("angle deg", "angle rad").replace("axis 0 0 90", f"axis 0 0 {np.pi / 2}")
    amc = LEG_AMC.replace("DEGREES", "RADIANS").replace(" 90", f" {np.pi / 2}")
    np.testing.assert_allclose(ends(tmp_path, asf, amc), BY_HAND, rtol=0, atol=1e-12)


def test_order_of_the_root_is_that_of_the_skeleton_file(tmp_path):
    asf = LEG_ASF.replace("TX TY TZ RX RY RZ", "TZ TX TY RZ RY RX")
    amc = LEG_AMC.replace("root 1 2 3", "root 3 1 2").replace("0 0 0 0 0 90", "0 0 0 90 0 0")
    amc = amc.replace("0 0 0 90 90 0", "0 0 0 0 90 90")
    found = ends(tmp_path, asf, amc)
    np.testing.assert_allclose(found[[0, 1]], [BY_HAND[0], BY_HAND[1]], rtol=0, atol=1e-12)
    # About y, then about x: down stays down under the first and becomes -z under the second.
    np.testing.assert_allclose(found[2, 0], (0, 0, -4), rtol=0, atol=1e-12)


def test_first_frame_may_have_any_number(tmp_path):
    amc = LEG_AMC
    for number in range(6, 0, -1):
        amc = amc.replace(f"\n{number}\nroot", f"\n{number + 40}\nroot")
    np.testing.assert_array_equal(ends(tmp_path, amc=amc), ends(tmp_path))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("shin 0\n4", "4", r"leg.amc, line 15: frame 3 ends without 'shin'"),
        ("shin 90\n", "", r"leg.amc, line 26: frame 6 ends without 'shin'; the file is damaged"),
        ("0 90\nshin 90\n", "0", r"leg.amc, line 26: expected numbers, 2 of them, got '0'"),
        ("root 1 2 3 0 0 0", "root 1 2 3 0 0", "line 5: expected numbers, 6 of them, got '1 2 3"),
        ("root 1 2", "root 1 nan", "line 5: expected numbers, 6 of them, got '1 nan"),
        ("root 1 2", "root 1 1e999", "line 5: expected numbers, 6 of them"),
        ("root 1 2", "root 1 -1.#IND", "line 5: expected numbers, 6 of them"),
        ("thigh 90 90", "thihg 90 90", "line 22: 'thihg' is no movable bone of .*leg.asf"),
        ("thigh 90 90", "toe 90", "line 22: 'toe' is no movable bone"),
        ("thigh 90 90", "root 0 0 0 0 0 0", "line 22: expected 'root' once"),
        ("1\nroot", "root", "line 4: expected 'root' once after the number of each frame"),
        ("\n4\n", "\n5\n", "line 16: expected frame 4, got 5"),
        (":DEGREES", "", "expected :DEGREES or :RADIANS"),
        (LEG_AMC, "", "leg.amc is no AMC file: it holds no frame"),
        (LEG_AMC, "9" * 5000, "line 1: '9{40}' is no movable bone"),
    ],
)
def test_damaged_motion(tmp_path, old, new, message):
    assert old in LEG_AMC
    skeleton, motion = write(tmp_path, amc=LEG_AMC.replace(old, new, 1))
    with pytest.raises(InputError, match=message):
        read_amc(motion, read_asf(skeleton))


def test_a_file_cut_anywhere_is_refused_or_whole(tmp_path):
    """A cut between two frames cannot be told; any other one is, unless a number just got shorter.

    The last bone of the last frame loses digits unnoticed, so cuts there are left out.
    """
    skeleton, motion = write(tmp_path)
    body = read_asf(skeleton)
    starts = [LEG_AMC.index(f"\n{frame}\nroot") for frame in range(2, 7)]
    shortened = {start + 1 for start in starts} | {len(LEG_AMC) - 1, len(LEG_AMC) - 2}
    for cut in range(len(LEG_AMC)):
        motion.write_text(LEG_AMC[:cut])
        if cut in starts or cut in shortened:
            assert len(read_amc(motion, body)["shin"]) >= 1
        else:
            with pytest.raises(InputError):
                read_amc(motion, body)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x00\x01\x02" * 99, "leg.amc is no text file"),
        (bytes(range(1, 256)), "leg.amc, line 1: "),
    ],
)
def test_binary_file_is_one_sentence(tmp_path, content, message):
    skeleton, motion = write(tmp_path)
    motion.write_bytes(content)
    with pytest.raises(InputError, match=message) as error:
        read_amc(motion, read_asf(skeleton))
    assert str(error.value).isprintable()


def test_missing_file(tmp_path):
    skeleton, _ = write(tmp_path)
    with pytest.raises(InputError, match=r"there is no file .*other.amc"):
        read_amc(tmp_path / "other.amc", read_asf(skeleton))
