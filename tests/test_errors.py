import pytest

from posegcn.errors import InputError, look_up


def test_look_up_finds():
    assert look_up("fruit", "apple", {"apple": 3}) == 3


def test_look_up_suggests_the_nearest_name_and_lists_all():
    with pytest.raises(InputError) as error:
        look_up("layer", "semantics", {"vanilla": 1, "semantic": 2})
    assert str(error.value) == (
        "unknown layer 'semantics', did you mean 'semantic'? Available: vanilla, semantic"
    )


def test_look_up_does_not_guess_wildly():
    with pytest.raises(InputError, match=r"unknown layer 'xyz'\. Available: vanilla"):
        look_up("layer", "xyz", {"vanilla": 1})
