"""Reads our own ``.npz``.

================  ================================================================================
``keypoints_px``  (T, J, 2), or (P, T, J, 2) for P people; NaN for a joint that was not found, for
                  all joints where a person is not in a frame
``skeleton``      name of a skeleton (``posegcn list skeletons``)
``confidence``    (T, J) or (P, T, J) from 0 to 1; left out: 1
``frames``        (T,) whole numbers, increasing; left out: from 0
``person``        (P,) names; left out: 0, 1, ...
``image_size``    width and height in pixels; may be left out
``fps``           frames per second; may be left out
================  ================================================================================

Arrays of Python objects are refused: reading them means running what the file asks for.
"""

import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from posegcn.errors import InputError
from posegcn.keypoints.content import Content
from posegcn.keypoints.sighting import Reading, Sightings, check_count
from posegcn.keypoints.values import finite, person_name, shown
from posegcn.skeletons import SKELETONS as _ALL
from posegcn.skeletons import get_skeleton

SKELETONS = tuple(_ALL.values())
_NEEDED = ("keypoints_px", "skeleton")
_KNOWN = (*_NEEDED, "confidence", "frames", "person", "image_size", "fps")
_NUMBERS = ("keypoints_px", "confidence", "frames", "image_size", "fps")
_MOST_NUMBERS = 40_000_000  # of an array, two for each of 33 joints of everybody; 320 MB at most
_BLOCK = 10_000  # frames that are made floats at a time


def recognise(content: Content) -> bool:
    """Whether a file is an ``.npz`` at all: none of the detectors writes one."""
    return True


def parse(content: Content, image_size: tuple[int, int] | None) -> Reading:
    """People of the arrays.

    Raises:
        InputError: An array is missing, damaged, or does not fit the others.
    """
    arrays = _read(content.single.value)
    keypoints = arrays["keypoints_px"]
    if keypoints.ndim not in (3, 4):
        raise InputError(f"expected keypoints_px (T, J, 2) or (P, T, J, 2), got {keypoints.shape}")
    keypoints = keypoints if keypoints.ndim == 4 else keypoints[None]
    people, frames = keypoints.shape[:2]
    skeleton = get_skeleton(str(arrays["skeleton"].reshape(-1)[0]))
    shape = (people, frames, skeleton.num_joints)
    _check(keypoints, "keypoints_px", (*shape, 2))
    confidence = arrays.get("confidence", np.ones(1))
    confidence = confidence[None] if confidence.ndim == 2 else confidence
    if "confidence" in arrays:
        _check(confidence, "confidence", shape)
    values = np.ones((*shape, 3), dtype=np.float32)
    for start in range(0, frames, _BLOCK):  # of integers or doubles, few at a time
        part = np.s_[:, start : start + _BLOCK]
        values[part][..., :2] = finite(keypoints[part].astype(float), "keypoints_px")
        if "confidence" in arrays:
            values[part][..., 2] = finite(confidence[part].astype(float), "confidence")
    size, fps = arrays.get("image_size"), arrays.get("fps")
    return Reading(
        skeleton,
        _present(values, _frames(arrays, frames), _names(arrays, people)),
        None if size is None else tuple(size.reshape(-1).tolist()),
        None if fps is None else fps.reshape(-1).tolist()[0],
    )


def _frames(arrays: dict[str, np.ndarray], count: int) -> list[int]:
    numbers = arrays.get("frames", np.arange(count))
    _check(numbers, "frames", (count,))
    if numbers.dtype.kind not in "iu" or (np.diff(numbers.astype(float)) <= 0).any():
        raise InputError(f"expected increasing whole numbers for frames, got {shown(numbers)}")
    return numbers.tolist()


def _names(arrays: dict[str, np.ndarray], count: int) -> list[str]:
    names = arrays.get("person", np.arange(count)).reshape(-1)
    _check(names, "person", (count,))
    return [person_name(name) for name in names.tolist()]


def _present(values: np.ndarray, frames: list[int], people: list[str]) -> Sightings:
    """Everybody in the frames in which the array has a number.  (P, T, J, 3)"""
    here = np.isfinite(values[..., :2]).any(axis=(-2, -1))  # (P, T)
    if not here.any():
        raise InputError("expected people with keypoints, got nobody in any frame")
    person, row = np.nonzero(here)
    return Sightings(
        [frames[index] for index in row.tolist()],
        [people[index] for index in person.tolist()],
        values.reshape(-1, *values.shape[2:]) if here.all() else values[here],
    )


def _check(array: np.ndarray, name: str, shape: tuple[int, ...]) -> None:
    if array.shape != shape:
        raise InputError(f"expected {name} of shape {shape}, got {array.shape}")


def _read(path: Path) -> dict[str, np.ndarray]:
    try:
        with zipfile.ZipFile(path) as archive:
            held = [Path(name).stem for name in archive.namelist()]
            if missing := [name for name in _NEEDED if name not in held]:
                raise InputError(f"expected {missing[0]!r}, it holds only {shown(held)}")
            return {name: _array(archive, name) for name in _KNOWN if name in held}
    except InputError:
        raise
    except Exception as error:  # a damaged archive or header can raise anything
        raise InputError(f"is a damaged .npz file ({shown(str(error))}); write it again") from error


def _array(archive: zipfile.ZipFile, name: str) -> Any:
    """An array, once its header is known not to promise more than the file holds."""
    headers = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }
    entry = archive.getinfo(f"{name}.npy")
    with archive.open(entry) as stream:
        version = np.lib.format.read_magic(stream)
        shape, _, dtype = headers[version](stream)
        count = int(np.prod(shape, dtype=object))
        if count * dtype.itemsize > entry.file_size or count == 0:
            raise InputError(f"expected {name} with values, got shape {shape}")
    kinds = "fiu" if name in _NUMBERS else "Ufiu"
    if dtype.kind not in kinds:
        raise InputError(f"expected {name} to hold numbers or names, got {dtype}")
    if count > _MOST_NUMBERS or count * dtype.itemsize > 8 * _MOST_NUMBERS:
        raise InputError(
            f"expected {name} with at most {_MOST_NUMBERS} numbers, got shape {shape}; cut the "
            "clip into parts"
        )
    if name == "keypoints_px" and len(shape) > 2:
        check_count(int(np.prod(shape[:-2], dtype=object)))
    with archive.open(entry) as stream:
        return np.lib.format.read_array(stream, allow_pickle=False)
