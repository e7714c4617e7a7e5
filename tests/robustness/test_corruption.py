import pytest
import torch
from support.clips import clips_of

from posegcn import InputError
from posegcn.robustness.corruption import CORRUPTIONS, corrupt, corruption_text, read_corruption

CLIPS = clips_of([30, 20])
RANDOM = [name for name, corruption in CORRUPTIONS.items() if corruption.is_random]


def test_the_source_says_what_was_done_in_which_order():
    worse = corrupt(corrupt(CLIPS, "jitter", 10.0), "swap", 0.25)
    assert worse.source == "toy, jitter=10, swap=0.25"
    assert CLIPS.source == "toy"
    assert worse.fingerprint() != CLIPS.fingerprint()


@pytest.mark.parametrize("name", RANDOM)
def test_seeds_decide(name):
    first, again, other = (corrupt(CLIPS, name, 0.5, seed=seed).keypoints for seed in (3, 3, 4))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert torch.equal(corrupt(CLIPS, name, 0).keypoints, CLIPS.keypoints)


def test_corruptions_draw_numbers_of_their_own():
    """Else the frames that are swapped would be those that are missing."""
    swapped, missing = (
        (corrupt(CLIPS, name, 0.5).keypoints != CLIPS.keypoints).flatten(1).any(dim=1)
        for name in ("swap", "missing")
    )
    assert 0 < (swapped & missing).sum() < min(swapped.sum(), missing.sum())


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_texts_are_read_as_they_are_written(name):
    least, greatest = CORRUPTIONS[name].limits
    for strength in (least, greatest, (least + greatest) / 2):
        assert read_corruption(corruption_text(name, strength)) == (name, strength)


def test_a_number_may_be_written_otherwise():
    assert corruption_text(*read_corruption("jitter=1e1")) == "jitter=10"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("jiter=10", "unknown corruption 'jiter', did you mean 'jitter'"),
        ("jitter", "a corruption reads jitter=NUMBER, got 'jitter'"),
        ("jitter=ten", "a corruption reads jitter=NUMBER, got 'jitter=ten'"),
        ("jitter=-1", "jitter takes a number from 0 to 1000 "),
        ("jitter=inf", "got inf"),
        ("swap=nan", r"swap takes a number from 0 to 1 \(share of frames\), got nan"),
        ("occlusion=20", r"from 0 to 1 \(share of joints\), got 20"),
        ("focal=0", "focal takes a number from 0.1 to 10"),
    ],
)
def test_bad_texts_are_refused(text, message):
    with pytest.raises(InputError, match=message):
        read_corruption(text)


def test_bad_strengths_are_refused_before_anything_is_drawn():
    with pytest.raises(InputError, match="occlusion takes a number from 0 to 1"):
        corrupt(CLIPS, "occlusion", 1.5)
    with pytest.raises(InputError, match="unknown corruption 'blur'"):
        corrupt(CLIPS, "blur", 1)


def test_height_needs_calibrated_cameras():
    with pytest.raises(InputError, match="is not calibrated"):
        corrupt(CLIPS, "height", 1)
