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
from posegcn.keypoints.content import LARGEST_BYTES, Content
from posegcn.keypoints.sighting import Reading, Sighting
from posegcn.keypoints.values import finite, person_name, shown
from posegcn.skeletons import SKELETONS as _ALL
from posegcn.skeletons import get_skeleton

SKELETONS = tuple(_ALL.values())
_NEEDED = ("keypoints_px", "skeleton")
_KNOWN = (*_NEEDED, "confidence", "frames", "person", "image_size", "fps")
_NUMBERS = ("keypoints_px", "confidence", "frames", "image_size", "fps")


def recognise(content: Content) -> bool:
    """Whether a file is an ``.npz`` at all: none of the detectors writes one."""
    return True


def parse(content: Content, image_size: tuple[int, int] | None) -> Reading:
    """People of the arrays.

    Raises:
        InputError: An array is missing, damaged, or does not fit the others.
    """
    arrays = _read(content.single.value)
    keypoints = arrays["keypoints_px"].astype(float)
    if keypoints.ndim not in (3, 4):
        raise InputError(f"expected keypoints_px (T, J, 2) or (P, T, J, 2), got {keypoints.shape}")
    keypoints = keypoints if keypoints.ndim == 4 else keypoints[None]
    people, frames = keypoints.shape[:2]
    skeleton = get_skeleton(str(arrays["skeleton"].reshape(-1)[0]))
    confidence = arrays.get("confidence", np.ones(keypoints.shape[:3]))
    numbers = arrays.get("frames", np.arange(frames))
    names = arrays.get("person", np.arange(people)).reshape(-1)
    _check(keypoints, "keypoints_px", (people, frames, skeleton.num_joints, 2))
    confidence = confidence.astype(float)
    confidence = confidence[None] if confidence.ndim == 2 else confidence
    _check(confidence, "confidence", keypoints.shape[:3])
    _check(numbers, "frames", (frames,))
    _check(names, "person", (people,))
    if numbers.dtype.kind not in "iu" or (np.diff(numbers.astype(float)) <= 0).any():
        raise InputError(f"expected increasing whole numbers for frames, got {shown(numbers)}")
    keypoints = finite(keypoints, "keypoints_px")
    values = np.concatenate([keypoints, confidence[..., None]], axis=-1)
    sightings = [
        Sighting(int(number), person_name(name), values[person, row])
        for person, name in enumerate(names.tolist())
        for row, number in enumerate(numbers.tolist())
        if np.isfinite(keypoints[person, row]).any()
    ]
    size, fps = arrays.get("image_size"), arrays.get("fps")
    size = None if size is None else tuple(size.reshape(-1).tolist())
    return Reading(skeleton, sightings, size, None if fps is None else fps.reshape(-1).tolist()[0])


def _check(array: np.ndarray, name: str, shape: tuple[int, ...]) -> None:
    if array.shape != shape:
        raise InputError(f"expected {name} of shape {shape}, got {array.shape}")


def _read(path: Path) -> dict[str, np.ndarray]:
    try:
        with zipfile.ZipFile(path) as archive:
            held = [Path(name).stem for name in archive.namelist()]
            if missing := [name for name in _NEEDED if name not in held]:
                raise InputError(f"expected {missing[0]!r}, it holds only {shown(held)}")
            size = sum(entry.file_size for entry in archive.infolist())
            if size > LARGEST_BYTES:
                raise InputError(f"expected at most {LARGEST_BYTES // 10**6} MB unpacked")
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
    with archive.open(entry) as stream:
        return np.lib.format.read_array(stream, allow_pickle=False)
