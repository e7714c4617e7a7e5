import numpy as np
import pytest

from posegcn import InputError
from posegcn.keypoints import read_keypoints

KEYPOINTS = 10 + np.arange(4 * 17 * 2, dtype=np.float32).reshape(4, 17, 2)


def read(tmp_path, **arrays):
    path = tmp_path / "keypoints.npz"
    np.savez(path, **arrays)
    return read_keypoints(path)


def test_two_arrays_are_enough(tmp_path):
    found = read(tmp_path, keypoints_px=KEYPOINTS, skeleton="h36m_17")
    (track,) = found.tracks
    assert track.frames.tolist() == [0, 1, 2, 3]
    assert np.array_equal(track.keypoints_px.numpy(), KEYPOINTS)
    assert (track.confidence == 1).all()
    assert (found.image_size, found.fps) == (None, None)


def test_everything_else(tmp_path):
    keypoints = np.stack([KEYPOINTS, KEYPOINTS + 500])
    keypoints[1, 0] = np.nan
    confidence = np.full((2, 4, 17), 0.25)
    more = {"frames": [4, 5, 7, 8], "person": ["anna", "ben"], "image_size": [640, 480]}
    found = read(
        tmp_path, keypoints_px=keypoints, skeleton="h36m_17", confidence=confidence, fps=25, **more
    )
    assert found.person("ben").frames.tolist() == [5, 7, 8]
    assert found.person("anna").frames.tolist() == [4, 5, 7, 8]
    assert (found.person().confidence == 0.25).all()
    assert (found.image_size, found.fps) == ((640, 480), 25.0)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"skeleton": "h36m_16"}, r"keypoints_px of shape \(1, 4, 16, 2\), got \(1, 4, 17, 2\)"),
        ({"skeleton": "h36m17"}, "did you mean 'h36m_17'"),
        ({"confidence": np.ones((3, 17))}, r"confidence of shape \(1, 4, 17\)"),
        ({"frames": [0, 2, 1, 3]}, "increasing whole numbers for frames"),
        ({"frames": [0, 1]}, r"frames of shape \(4,\)"),
        ({"person": ["a", "b"]}, r"person of shape \(1,\)"),
        ({"keypoints_px": KEYPOINTS[0]}, r"\(T, J, 2\) or \(P, T, J, 2\), got \(17, 2\)"),
        ({"keypoints_px": np.full((4, 17, 2), np.nan)}, "nobody in any frame"),
        ({"keypoints_px": KEYPOINTS.astype(str)}, "to hold numbers"),
        ({"keypoints_px": KEYPOINTS[:0]}, r"with values, got shape \(0, 17, 2\)"),
        ({"image_size": [640, -1]}, "width and height in pixels for the image size in the file"),
        ({"fps": np.nan}, "positive number for the frames per second in the file"),
    ],
)
def test_arrays_that_do_not_fit(more, message, tmp_path):
    arrays = {"keypoints_px": KEYPOINTS, "skeleton": "h36m_17"} | more
    with pytest.raises(InputError, match=message):
        read(tmp_path, **arrays)


def test_missing_arrays_and_pickles(tmp_path):
    with pytest.raises(InputError, match="expected 'keypoints_px', it holds only"):
        read(tmp_path, positions_2d=KEYPOINTS)
    with pytest.raises(InputError, match="to hold numbers or names, got object"):
        read(tmp_path, keypoints_px=np.array([{}], dtype=object), skeleton="h36m_17")
