"""From the ASF and AMC files of the CMU database to the two files that ``cmu:DIR`` reads.

The data used in this project was obtained from mocap.cs.cmu.edu. The database was created with
funding from NSF EIA-0196217.
"""

import io
import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from posegcn.data.acclaim import Body, read_amc
from posegcn.data.asf import read_asf
from posegcn.data.cmu import VALIDATION
from posegcn.data.cmu_joints import FPS, centre, clean_parts, h36m_joints, resample
from posegcn.errors import InputError, look_up
from posegcn.files import check_writable, write_atomically
from posegcn.skeletons import H36M_17

TEST_SUBJECTS = ("02", "09", "17")
UNIT_M = 0.00025


class Trial(NamedTuple):
    """One recording: ``02_01``, which is subject ``02`` and number ``01``, and its two files."""

    name: str
    subject: str
    number: str
    asf: Path
    amc: Path


class Part(NamedTuple):
    """A part of a trial as it is stored; positions are multiples of ``UNIT_M``.  (T, 17, 3)"""

    trial: Trial
    action: str
    action_class: str
    positions: np.ndarray


def convert_cmu(
    folder: str | Path,
    out: str | Path,
    test_subjects: Sequence[str] | None = None,
    progress: bool = False,
) -> dict[str, Any]:
    """Write ``cmu_train.npz`` and ``cmu_test.npz``, and tell what is in them.

    Every trial is resampled from 120 Hz. The files do not say their rate: the database lists some
    trials at 60 Hz, and those come out twice as fast. Frames around tracking glitches are cut out;
    what is left of a trial becomes parts ``_p1``, ``_p2``, ... Trials of which no description is
    known are named by their number and are of class ``unknown``.

    Args:
        folder: Holds ASF and AMC files named as in the database (``02.asf``, ``02_01.amc``), in
            any folders below it.
        out: Folder of the two files. Files of these names that are already there are kept.
        test_subjects: Subjects to test on, by default those of 02, 09 and 17 that are there; all
            others are to train on.
        progress: Show a progress bar on stderr.

    Raises:
        InputError: A file is damaged, its skeleton is missing, nothing is left to train or to test
            on, or the result cannot be written.
    """
    trials = find_trials(folder)
    testing = _test_subjects(folder, trials, test_subjects)
    targets = {split: Path(out) / f"cmu_{split}.npz" for split in ("train", "test")}
    for target in targets.values():
        if target.exists():
            raise InputError(f"{target} is already there; choose another folder, or move it away")
        check_writable(target)
    facts = json.loads(files("posegcn").joinpath("constants/cmu_trials.json").read_text())
    left_out = {trial.name: why for trial in trials if (why := facts["left_out"].get(trial.name))}
    splits: dict[str, list[Part]] = {split: [] for split in targets}
    bodies = {path: read_asf(path) for path in sorted({trial.asf for trial in trials})}
    for trial in _with_progress_bar(trials, progress):
        if trial.name not in left_out:
            parts = list(_parts(trial, bodies, facts["trials"]))
            splits["test" if trial.subject in testing else "train"] += parts
            if not parts:
                left_out[trial.name] = "no 0.8 s without tracking glitches"
    for split, parts in splits.items():
        if not parts:
            raise InputError(f"{folder} holds no trial with 0.8 s of clean motion to {split} on")
    for split, parts in splits.items():
        write_atomically(targets[split], _npz(parts))
    summaries = {split: _summary(parts) for split, parts in splits.items()}
    return {**summaries, "left_out": left_out}


def find_trials(folder: str | Path) -> list[Trial]:
    """The trials of all AMC files below a folder, by number, each with the skeleton of its person.

    Raises:
        InputError: There is none, a trial is there twice, or a skeleton is missing.
    """
    if not Path(folder).is_dir():
        raise InputError(f"there is no folder {folder}")
    found = sorted(path for path in Path(folder).rglob("[!.]*") if path.is_file())
    skeletons = [path for path in found if path.suffix.lower() == ".asf"]
    trials: dict[tuple[int, int], Trial] = {}
    for path in (path for path in found if path.suffix.lower() == ".amc"):
        if not (name := re.fullmatch(r"([0-9]{1,6})_([0-9]{1,6})", path.stem)):
            raise InputError(f"{path}: expected the name of a trial, such as 02_01.amc")
        key = (int(name[1]), int(name[2]))
        if key in trials:
            raise InputError(f"{trials[key].amc} and {path} are the same trial; keep one of them")
        trials[key] = Trial(*name.group(0, 1, 2), _skeleton(path, name[1], skeletons), path)
    if not trials:
        raise InputError(f"there is no .amc file in {folder} or the folders below it")
    return [trials[key] for key in sorted(trials)]


def _skeleton(amc: Path, subject: str, skeletons: Iterable[Path]) -> Path:
    """The ASF file of an AMC file: beside it, else the only one of that name."""
    fitting = [path for path in skeletons if path.stem == subject]
    beside = [path for path in fitting if path.parent == amc.parent]
    if len(chosen := beside or fitting) != 1:
        names = ", ".join(map(str, chosen)) or "none"
        raise InputError(f"{amc} needs one skeleton file {subject}.asf, found {names}")
    return chosen[0]


def _test_subjects(
    folder: str | Path, trials: Iterable[Trial], wanted: Sequence[str] | None
) -> set[str]:
    found = {trial.subject: trial.subject for trial in trials}
    if wanted is None:
        chosen = found.keys() & TEST_SUBJECTS
    else:
        chosen = {look_up(f"subject of {folder}", name, found) for name in wanted}
    if both := [name for name in VALIDATION if name.removeprefix("C") in chosen]:
        raise InputError(f"{both[0]} is there to select networks on; choose others to test on")
    if not chosen or len(chosen) == len(found):
        lacking = "to train on" if chosen else f"to test on ({', '.join(TEST_SUBJECTS)})"
        raise InputError(
            f"{folder} holds subjects {', '.join(found)}, and none is left {lacking}; "
            "add others, or say with --test-subjects which to test on"
        )
    return chosen


def _parts(
    trial: Trial, bodies: Mapping[Path, Body], known: Mapping[str, Sequence[str]]
) -> Iterable[Part]:
    body = bodies[trial.asf]
    joints = h36m_joints(body, read_amc(trial.amc, body))
    description, action_class = known.get(trial.name, ("", "unknown"))
    action = f"{trial.number}_{description}" if description else trial.name
    parts = clean_parts(joints)
    for index, (start, end) in enumerate(parts, 1):
        positions = np.round(centre(resample(joints[start:end])) / UNIT_M)
        if (reach := np.abs(positions).max()) > np.iinfo(np.int16).max:
            raise InputError(f"{trial.amc}: a joint is {reach * UNIT_M:.0f} m away, 8 is the limit")
        name = f"{action}_p{index}" if len(parts) > 1 else action
        yield Part(trial, name, action_class, positions.astype(np.int16))


def _npz(parts: Sequence[Part]) -> bytes:
    lengths = np.array([len(part.positions) for part in parts], dtype=np.int64)
    content = io.BytesIO()
    np.savez_compressed(
        content,
        positions=np.concatenate([part.positions for part in parts]),
        unit_m=np.float64(UNIT_M),
        fps=np.float64(FPS),
        sequence_starts=np.cumsum(lengths) - lengths,
        sequence_lengths=lengths,
        subject_ids=np.array([f"C{part.trial.subject}" for part in parts]),
        action_names=np.array([part.action for part in parts]),
        action_classes=np.array([part.action_class for part in parts]),
        source_trials=np.array([part.trial.name for part in parts]),
        joint_names=np.array(H36M_17.joints),
        parents=np.array(H36M_17.parent_indices, dtype=np.int64),
    )
    return content.getvalue()


def _summary(parts: Sequence[Part]) -> dict[str, Any]:
    return {
        "subjects": list(dict.fromkeys(f"C{part.trial.subject}" for part in parts)),
        "sequences": len(parts),
        "frames": sum(len(part.positions) for part in parts),
    }


def _with_progress_bar(trials: Sequence[Trial], shown: bool) -> Iterable[Trial]:
    from tqdm import tqdm

    interval = 0.2 if sys.stderr.isatty() else 30  # a log file wants fewer lines
    return tqdm(trials, unit="trial", disable=not shown, dynamic_ncols=True, mininterval=interval)
