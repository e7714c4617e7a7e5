import pytest

from posegcn import InputError
from posegcn.data import open_source


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("sinthetic", "unknown data source 'sinthetic', did you mean 'synthetic'"),
        ("synthetic:nosy", "unknown kind of keypoints 'nosy', did you mean 'noisy'"),
        ("synthetic:noisy:more", r"a synthetic source reads synthetic\[:noisy\|:video\], got"),
        ("cmu", r"a cmu source reads cmu:DIR\[:noisy\|:video\], got 'cmu'"),
        ("cmu:", r"a cmu source reads"),
        ("h36m:folder", "a h36m source reads h36m:DIR:KEYPOINTS, got 'h36m:folder'"),
        ("humaneva:folder", r"a humaneva source reads humaneva:DIR:KEYPOINTS\[:all\], got"),
        ("humaneva:folder:gt:Walk", "unknown choice of actions 'Walk'.* Available: all"),
        ("3dhp", "a 3dhp source reads 3dhp:DIR, got '3dhp'"),
        ("3dhp:folder:gt", "a 3dhp source reads 3dhp:DIR, got '3dhp:folder:gt'"),
    ],
)
def test_sources_that_do_not_read_right(source, message):
    with pytest.raises(InputError, match=message):
        open_source(source)


def test_skeleton_by_name():
    assert open_source("synthetic", "h36m_17").skeleton.name == "h36m_17"
    with pytest.raises(InputError, match="no joint 'nose'"):
        open_source("synthetic", "coco_17")
