"""Corrupted keypoints from the command line."""

import json

import pytest


def errors(posegcn, *words):
    code, out, error = posegcn("evaluate", *words, "--device", "cpu", "--json")
    assert code == 0, error
    return json.loads(out)


def test_corruptions_are_applied_and_written_into_the_card(posegcn, trained, cmu):
    words = (trained, "--data", cmu)
    clean = errors(posegcn, *words)
    zero = errors(posegcn, *words, "--corrupt", "jitter=0")
    worse = errors(posegcn, *words, "--corrupt", "jitter=1e1", "--corrupt", "swap=0.5")
    again = errors(posegcn, *words, "--corrupt", "jitter=10", "--corrupt", "swap=0.5")
    assert "corrupt" not in clean["card"]
    assert zero["card"]["corrupt"] == ["jitter=0"]
    assert zero["pooled"] == clean["pooled"]
    assert worse["card"]["corrupt"] == ["jitter=10", "swap=0.5"]
    assert worse["pooled"] != clean["pooled"]
    assert worse["pooled"] == again["pooled"]
    assert worse["card"]["data_hash"] != clean["card"]["data_hash"]
    assert worse["card"]["data"] != clean["card"]["data"]


def test_cameras_can_be_changed(posegcn, trained, cmu):
    card = errors(posegcn, trained, "--data", cmu, "--corrupt", "height=0.5")["card"]
    assert card["corrupt"] == ["height=0.5"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("swap=0.1", "swap=0.1"), "--corrupt takes each name once, got swap=0.1, swap=0.1"),
        (("jiter=10",), "unknown corruption 'jiter', did you mean 'jitter'?"),
        (("occlusion=20",), "occlusion takes a number from 0 to 1 (share of joints), got 20.0"),
        (("swap",), "a corruption reads swap=NUMBER, got 'swap'"),
    ],
)
def test_bad_corruptions_are_refused_before_anything_is_read(posegcn, words, message):
    options = [word for text in words for word in ("--corrupt", text)]
    code, out, error = posegcn("evaluate", "nowhere", "--data", "synthetic", *options)
    assert code == 2
    assert out == ""
    assert error.startswith("posegcn: ")
    assert message in error
    assert error.count("\n") == 1
