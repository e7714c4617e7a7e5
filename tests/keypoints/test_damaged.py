"""Damaged files: one sentence, or a reading where no harm is done; never another exception.

Seconds are those of the process (user and system, ``time.process_time``) around the call that reads
one file; memory is the rise of its peak (``ru_maxrss``) over all tests of this file.
"""

import json
import os
import resource
import time
from dataclasses import replace

import numpy as np
import pytest
from support import damage, keypoint_files
from support.keypoint_files import SKELETONS_OF

from posegcn import InputError
from posegcn.cli import main
from posegcn.keypoints import FORMATS, read_keypoints
from posegcn.keypoints.content import LARGEST_BYTES, Document, open_content
from posegcn.keypoints.json_text import LARGEST_MEMORY
from posegcn.skeletons import get_skeleton

SIZE = 1000, 800
SECONDS, BYTES = 2.0, 10**9


@pytest.fixture(scope="module", autouse=True)
def _little_memory():
    """The peak of the process rises by less than what a damaged file may take."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    rise = 1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
    assert rise < BYTES


def good(form, folder):
    """A file of a format, and the one file of it to be damaged."""
    skeleton = SKELETONS_OF[form][0]
    joints = get_skeleton(skeleton).num_joints
    keypoints = np.random.default_rng(0).uniform(100, 200, (2, 3, joints, 2))
    keypoints[1] += 400
    path = keypoint_files.write(form, folder, keypoints, None, skeleton, SIZE, 25)
    return path, sorted(path.iterdir())[1] if path.is_dir() else path


def sentence_of(path, **options):
    """What is said of a file, None if it is read."""
    start = time.process_time()
    try:
        found = read_keypoints(path, image_size=SIZE, **options)
    except InputError as error:
        sentence = str(error)
        assert "\n" not in sentence
        assert str(path) in sentence
        assert len(sentence) < 600
    else:
        sentence = None
        assert found.tracks
        assert all(track.in_every_frame().missing.any() in (True, False) for track in found.tracks)
    assert time.process_time() - start < SECONDS
    return sentence


def refused(form, folder):
    """Which damages of a format are refused, each checked against what it has to be."""
    path, file = good(form, folder)
    name = form if form in FORMATS else "coco"
    assert sentence_of(path) is None
    names = []
    for what, data, expected in damage.damages(form, file.read_bytes()):
        file.write_bytes(data)
        said = sentence_of(path)
        insisted = sentence_of(path, format=name)
        if expected is not None:
            assert (said is not None) == expected, f"{form}, {what}: {said}"
            assert (insisted is not None) == expected, f"{form}, {what}: {insisted}"
        if said is not None:
            names.append(what)
    return names


def test_damaged_files(tmp_path):
    """Of all damages, those that are refused are counted; others do no harm where they are."""
    counts = {form: len(refused(form, tmp_path / form)) for form in SKELETONS_OF}
    assert all(count >= 5 for count in counts.values()), counts
    assert sum(counts.values()) + len(damage.WITHOUT_KEYPOINTS) >= 200, counts


@pytest.mark.parametrize("what", damage.WITHOUT_KEYPOINTS)
def test_files_without_keypoints(what, tmp_path):
    path = tmp_path / "keypoints.json"
    path.write_bytes(damage.WITHOUT_KEYPOINTS[what])
    assert sentence_of(path)
    for name in FORMATS:
        assert sentence_of(path, format=name)


@pytest.mark.parametrize("form", SKELETONS_OF)
def test_every_third_through_the_command_line(form, tmp_path, capsys):
    """Exit code 2 and one line, which is no traceback, wherever the reader refuses."""
    path, file = good(form, tmp_path)
    for what, data, _ in list(damage.damages(form, file.read_bytes()))[::3]:
        file.write_bytes(data)
        if (sentence := sentence_of(path)) is None:
            continue
        start = time.process_time()
        code = main(["doctor", str(path), "--image-size", "1000x800"])
        assert time.process_time() - start < SECONDS
        out, error = capsys.readouterr()
        assert (code, out) == (2, ""), f"{form}, {what}"
        assert error.count("\n") == 1
        assert sentence in error
        assert "Traceback" not in error


@pytest.mark.parametrize("form", ["coco", "alphapose", "openpose", "csv"])
def test_a_frame_far_away_is_refused_before_memory_is_taken(form, tmp_path):
    path, file = good(form, tmp_path)
    if path.is_dir():
        file.rename(file.with_name("clip_000999999999_keypoints.json"))
    else:
        text = path.read_text()
        places = {"coco": '"image_id": 1,', "alphapose": '"1.jpg"', "csv": "\n1,"}
        old = places[form]
        assert old in text
        path.write_text(text.replace(old, old.replace("1", "999999999")))
    assert "at most 1000000 frames from the first to the last" in sentence_of(path)


def test_huge_files_are_not_read(tmp_path):
    path = tmp_path / "huge.json"
    path.touch()
    os.truncate(path, LARGEST_BYTES + 1)
    assert "at most 400 MB, got 400 MB" in sentence_of(path)
    for part in range(2):
        (tmp_path / f"{part}.txt").touch()
        os.truncate(tmp_path / f"{part}.txt", LARGEST_BYTES // 2 + 1)
    path.unlink()
    assert "at most 400 MB" in sentence_of(tmp_path)


@pytest.mark.parametrize("unit", ["{},", "[],", "0,"])
def test_text_that_would_grow_in_memory_is_refused(unit, tmp_path):
    path = tmp_path / "growing.json"
    text = unit * (LARGEST_MEMORY // (30 if unit == "0," else 90))
    path.write_text(f'{{"people": [{text}0]}}')
    assert "at most 700 MB in memory" in sentence_of(path)
    path.write_text(f"[{text}0]")  # of a list, one entry is in memory at a time
    assert "none of the formats" in sentence_of(path)
    assert "at most 500000 entries" in sentence_of(path, format="mediapipe")
    path.write_text(f"[[{text}0]]")
    assert "at most 200 MB in memory" in sentence_of(path)


def test_an_entry_without_end_is_refused(tmp_path):
    path = tmp_path / "long.json"
    path.write_text(json.dumps(["x" * 20_000_000]))
    assert "entries of at most 4 MB" in sentence_of(path)


def test_what_is_no_file(tmp_path):
    assert "no such file or folder" in sentence_of(tmp_path / "none.json")
    assert "it has none" in sentence_of(tmp_path)
    assert "cannot be read: File name too long" in sentence_of(tmp_path / ("a" * 300))
    os.mkfifo(tmp_path / "pipe.json")
    assert "got something else" in sentence_of(tmp_path / "pipe.json")
    assert "'pipe.json' is something else" in sentence_of(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read(tmp_path):
    path, _ = good("coco", tmp_path)
    path.chmod(0)
    assert "cannot be read: Permission denied" in sentence_of(path)


def test_a_file_of_a_folder_that_goes_away(tmp_path, monkeypatch):
    path, file = good("openpose", tmp_path)
    gone = Document(file.with_name("gone.json"), "json", False)
    content = open_content(path)
    with_gap = replace(content, documents=(content.documents[0], gone))
    monkeypatch.setattr("posegcn.keypoints.reading.open_content", lambda path: with_gap)
    assert "gone.json cannot be read: No such file" in sentence_of(path)


def test_names_that_no_system_has():
    with pytest.raises(InputError, match="no such file"):
        read_keypoints("a\0b")
