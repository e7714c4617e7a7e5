import numpy as np
import pytest

from posegcn import InputError
from posegcn.keypoints.values import (
    entry_of,
    in_pixels,
    numbers,
    person_name,
    shown,
    triplets,
    whole_number,
)


def test_numbers_with_holes():
    found = numbers([1, None, float("nan"), float("inf"), 2.5], "a")
    assert np.array_equal(found, [1, np.nan, np.nan, np.nan, 2.5], equal_nan=True)
    assert numbers([[1, 2], [3, 4]], "a").shape == (2, 2)


@pytest.mark.parametrize(
    "value", ["12", 3, None, ["1"], [None, "1"], [[1], [2, 3]], [{}], [True, False], [10**400]]
)
def test_what_is_no_list_of_numbers(value):
    with pytest.raises(InputError, match="expected"):
        numbers(value, "a")


def test_numbers_that_no_unit_explains():
    with pytest.raises(InputError, match="expected coordinates in a, got 1e[+]300"):
        numbers([1, 1e300], "a")


def test_whole_numbers():
    assert whole_number(3.0, "a") == whole_number(3, "a") == 3
    for value in ("3", True, 3.5, None, float("inf"), float("nan"), [3]):
        with pytest.raises(InputError, match="expected a whole number for a"):
            whole_number(value, "a")


def test_triplets():
    assert triplets([1, 2, 0.5, 3, 4, 1], "a").shape == (2, 3)
    for value in ([], [1, 2], [[1, 2, 3]]):
        with pytest.raises(InputError, match="x, y, confidence"):
            triplets(value, "a")


def test_confidences_are_cut_off():
    confidence = np.array([-1, 0, 0.5, 1, 2, np.nan, np.inf])
    values = np.c_[np.ones((7, 2)), confidence]
    assert in_pixels(values)[:, 2].tolist() == [0, 0, 0.5, 1, 1, 0, 1]


def test_what_is_shown_is_short_and_one_line():
    nested = []
    for _ in range(900):
        nested = [nested]
    for value in (nested, "a\n" * 999, {f"{i}": list(range(99)) for i in range(99)}, np.eye(99)):
        assert len(shown(value)) <= 120
        assert "\n" not in shown(value)
    assert person_name("a\n" * 99) == " ".join("a" * 20) + " "
    with pytest.raises(InputError, match="expected 'b' in a, which holds only 'c'"):
        entry_of({"c": 1}, "b", "a")
