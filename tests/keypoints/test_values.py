import numpy as np
import pytest

from posegcn import InputError
from posegcn.keypoints.values import (
    check_pixels,
    entry_of,
    numbers,
    person_name,
    shown,
    stated_confidence,
    triplets,
    whole_number,
)


def test_numbers_with_holes():
    found = numbers([1, None, float("nan"), 2.5], "a")
    assert np.array_equal(found, [1, np.nan, np.nan, 2.5], equal_nan=True)
    assert numbers([[1, 2], [3, 4]], "a").shape == (2, 2)


@pytest.mark.parametrize(
    "value", ["12", 3, None, ["1"], [None, "1"], [[1], [2, 3]], [{}], [True, False], [10**400]]
)
def test_what_is_no_list_of_numbers(value):
    with pytest.raises(InputError, match="expected"):
        numbers(value, "a")


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


def test_flags_of_visibility_become_confidences_and_confidences_stay():
    assert stated_confidence(np.array([[0.0, 1, 2, np.nan]])).tolist() == [[0, 1, 1, 0]]
    assert stated_confidence(np.array([[0.0, 0.5, 2, 90]])).tolist() == [[0, 0.5, 2, 90]]


def test_pixels_of_no_image():
    check_pixels(np.array([[[np.nan, -1e5]]]))
    for value in (2e6, -2e6):
        with pytest.raises(InputError, match="expected coordinates in pixels, got 2e[+]06"):
            check_pixels(np.array([[[1.0, value]]]))


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
