import csv
import json
import os
import re
import shutil
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from support.acclaim import cmu_amc, cmu_asf, walk, write_cmu_raw

from posegcn import InputError
from posegcn.data import open_source
from posegcn.data.cmu_conversion import convert_cmu, find_trials

FOLDER = os.environ.get("POSEGCN_CMU")
RAW = Path(FOLDER).parent / "cmu_raw" if FOLDER else None
needs_motion = pytest.mark.skipif(not FOLDER, reason="POSEGCN_CMU does not say where the motion is")
needs_raw = pytest.mark.skipif(
    not (RAW and RAW.is_dir()), reason="no folder cmu_raw beside that of POSEGCN_CMU"
)
FACTS = json.loads(files("posegcn").joinpath("constants/cmu_trials.json").read_text())


def arrays(path):
    with np.load(path, allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def jump(num_frames, at):
    """Someone who stands still and is two metres further on from one frame to the next."""
    return [(0, 10, 20.0 * (frame >= at)) for frame in range(num_frames)]


@pytest.fixture
def raw(tmp_path):
    """Three subjects: trials that the database describes, and one that it does not."""
    trials = {
        "01_02": cmu_amc(jump(300, 150)),
        "01_01": cmu_amc(walk(120)),
        "127_01": cmu_amc(walk(120)),
        "127_03": cmu_amc(walk(130)),
        "02_01": cmu_amc(walk(140), turn=90),
        "02_99": cmu_amc(jump(300, 150)),
        "02_98": cmu_amc(walk(95)),
    }
    return write_cmu_raw(tmp_path / "raw", trials)


@needs_raw
def test_equal_to_the_converted_set(tmp_path):
    raw = tmp_path / "raw"
    raw.mkdir()
    for path in RAW.iterdir():
        shutil.copyfile(path, raw / path.name)
    shutil.copyfile(RAW / "02.asf", raw / "01.asf")  # there must be someone to train on
    shutil.copyfile(RAW / "02_03.amc", raw / "01_99.amc")
    convert_cmu(raw, tmp_path / "out")
    found, expected = arrays(tmp_path / "out" / "cmu_test.npz"), arrays(f"{FOLDER}/cmu_test.npz")
    assert found["source_trials"].tolist() == ["02_01", "02_02", "02_03"]
    assert found.keys() == expected.keys()
    num_frames = int(found["sequence_lengths"].sum())
    for name, array in found.items():
        assert array.dtype.kind == expected[name].dtype.kind
        if name != "positions":
            beginning = expected[name][: len(array)] if array.shape else expected[name]
            np.testing.assert_array_equal(array, beginning)
    off = found["positions"].astype(int) - expected["positions"][:num_frames]
    assert found["positions"].dtype == np.int16
    assert abs(off).max() <= 1  # a coordinate half way between two quarters of a millimetre
    assert (off != 0).mean() < 1e-3
    trained = arrays(tmp_path / "out" / "cmu_train.npz")
    np.testing.assert_array_equal(trained["positions"], found["positions"][-72:])


@needs_motion
def test_trials_are_named_as_in_the_converted_set():
    for split in ("train", "test"):
        with open(f"{FOLDER}/sequences_{split}.csv") as file:
            for row in csv.DictReader(file):
                description, action_class = FACTS["trials"][row["source_trial"]]
                number = row["source_trial"].split("_")[1]
                pattern = re.escape(f"{number}_{description}") + r"(_p\d)?"
                assert re.fullmatch(pattern, row["action"])
                assert row["class"] == action_class


def test_what_is_written(raw, tmp_path):
    result = convert_cmu(raw, tmp_path / "out")
    train, test = (arrays(tmp_path / "out" / f"cmu_{split}.npz") for split in ("train", "test"))
    assert train["action_names"].tolist() == [
        "01_playground_forward_jumps_turn_around",
        "02_playground_climb_p1",
        "02_playground_climb_p2",
        "03_run",
    ]
    assert train["action_classes"].tolist() == ["climb", "climb", "climb", "run"]
    assert train["subject_ids"].tolist() == ["C01", "C01", "C01", "C127"]
    assert test["action_names"].tolist() == ["01_walk", "02_99_p1", "02_99_p2"]
    assert test["action_classes"].tolist() == ["walk", "unknown", "unknown"]
    assert test["sequence_lengths"].tolist() == [58, 60, 60]
    assert test["sequence_starts"].tolist() == [0, 58, 118]
    assert test["fps"] == 50
    assert result["train"] == {"subjects": ["C01", "C127"], "sequences": 4, "frames": 224}
    assert result["left_out"] == {
        "02_98": "no 0.8 s without tracking glitches",
        "127_01": "static calibration pose",
    }


def test_positions_by_hand(raw, tmp_path):
    """02_01 is 140 frames at 1.2 m/s towards -y; sampled at 50 Hz they are 24 mm apart."""
    convert_cmu(raw, tmp_path / "out")
    test = arrays(tmp_path / "out" / "cmu_test.npz")
    hip = test["positions"][:58, 0] * test["unit_m"]
    half = 57 * 0.024 / 2
    np.testing.assert_allclose(hip[:, 1], np.linspace(half, -half, 58), atol=test["unit_m"] / 2)
    np.testing.assert_array_equal(hip[:, [0, 2]], np.tile([0, 0.9], (58, 1)))


def test_result_is_a_source(raw, tmp_path):
    convert_cmu(raw, tmp_path / "out")
    train, validation, test = open_source(f"cmu:{tmp_path / 'out'}").split()
    assert {clip.subject for clip in train} == {"C01"}
    assert {clip.subject for clip in validation} == {"C127"}
    assert set(test.actions) == {"walk", "unknown"}


def test_subjects_to_test_on_can_be_chosen(raw, tmp_path):
    convert_cmu(raw, tmp_path / "out", test_subjects=["01"])
    assert set(arrays(tmp_path / "out" / "cmu_test.npz")["subject_ids"]) == {"C01"}
    assert set(arrays(tmp_path / "out" / "cmu_train.npz")["subject_ids"]) == {"C02", "C127"}


def test_files_are_found_in_any_folders(tmp_path):
    for name in ("03_02.AMC", "a/02_10.amc", "a/b/02_9.amc", "__MACOSX/._02_10.amc", "notes.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(cmu_amc(walk(3)))
    for name in ("skeletons/02.asf", "skeletons/03.ASF", "02.asf", "a/02.asf", "a/b/02.asf"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(cmu_asf())
    trials = find_trials(tmp_path)
    assert [trial.name for trial in trials] == ["02_9", "02_10", "03_02"]
    found = [trial.asf.relative_to(tmp_path).as_posix() for trial in trials]
    assert found == ["a/b/02.asf", "a/02.asf", "skeletons/03.ASF"]


def nothing(raw):
    shutil.rmtree(raw)
    raw.mkdir()


def two_skeletons_elsewhere(raw):
    skeleton = (raw / "subjects/02/02.asf").rename(raw / "02.asf")
    for place in ("a", "b"):
        (raw / place).mkdir()
        shutil.copyfile(skeleton, raw / place / "02.asf")
    skeleton.unlink()


BAD = {
    "no folder": (shutil.rmtree, "there is no folder .*raw"),
    "empty folder": (nothing, "there is no .amc file in .*raw or the folders below it"),
    "no skeleton": (
        lambda raw: (raw / "subjects/02/02.asf").unlink(),
        r"02_01.amc needs one skeleton file 02.asf, found none",
    ),
    "two skeletons": (
        two_skeletons_elsewhere,
        r"02_01.amc needs one skeleton file 02.asf, found .*raw/a/02.asf, .*raw/b/02.asf",
    ),
    "trial twice": (
        lambda raw: shutil.copytree(raw / "subjects/02", raw / "copy"),
        r"copy/02_01.amc and .*subjects/02/02_01.amc are the same trial; keep one",
    ),
    "odd name": (
        lambda raw: (raw / "take.amc").write_text(""),
        r"take.amc: expected the name of a trial, such as 02_01.amc",
    ),
    "nobody to test on": (
        lambda raw: shutil.rmtree(raw / "subjects/02"),
        r"holds subjects 01, 127, and none is left to test on \(02, 09, 17\); add others",
    ),
    "nobody to train on": (
        lambda raw: [shutil.rmtree(raw / "subjects" / name) for name in ("01", "127")],
        r"holds subjects 02, and none is left to train on; .* --test-subjects",
    ),
    "too short": (
        lambda raw: [
            path.write_text(cmu_amc(walk(50))) for path in (raw / "subjects/02").glob("*.amc")
        ],
        r"holds no trial with 0.8 s of clean motion to test on",
    ),
    "cut off": (
        lambda raw: (raw / "subjects/02/02_99.amc").write_text(cmu_amc(walk(200))[:-9]),
        r"02_99.amc, line 402: expected numbers, 6 of them",
    ),
    "far away": (
        lambda raw: (raw / "subjects/02/02_99.amc").write_text(cmu_amc([(0, 99, 0)] * 99)),
        r"02_99.amc: a joint is 11 m away, 8 is the limit",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_sentence_and_nothing_is_written(name, raw, tmp_path):
    spoil, message = BAD[name]
    spoil(raw)
    with pytest.raises(InputError, match=message) as error:
        convert_cmu(raw, tmp_path / "out")
    assert "\n" not in str(error.value)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        (["35"], "unknown subject of .*raw '35'"),
        (["C02"], "unknown subject of .*raw 'C02', did you mean '02'"),
        (["127"], "C127 is there to select networks on; choose others"),
    ],
)
def test_subjects_that_cannot_be_tested_on(raw, tmp_path, chosen, message):
    with pytest.raises(InputError, match=message):
        convert_cmu(raw, tmp_path / "out", test_subjects=chosen)


@pytest.mark.parametrize("split", ["train", "test"])
def test_files_that_are_there_are_kept(raw, tmp_path, split):
    (tmp_path / f"cmu_{split}.npz").write_bytes(b"dear")
    with pytest.raises(InputError, match=rf"cmu_{split}.npz is already there; choose another"):
        convert_cmu(raw, tmp_path)
    assert (tmp_path / f"cmu_{split}.npz").read_bytes() == b"dear"
    assert {path.name for path in tmp_path.iterdir()} == {"raw", f"cmu_{split}.npz"}


def test_unwritable_place_is_noticed_before_the_work(raw, tmp_path, monkeypatch):
    monkeypatch.setattr("posegcn.data.cmu_conversion.read_amc", None)
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(
        InputError, match=r"cannot write .*file/out/cmu_train\.npz: Not a directory"
    ):
        convert_cmu(raw, tmp_path / "file" / "out")


def test_progress_goes_to_stderr(raw, tmp_path, capsys):
    convert_cmu(raw, tmp_path / "out", progress=True)
    out, error = capsys.readouterr()
    assert out == ""
    assert "7/7" in error
