"""Lifted motion as a JSON document.

.. code-block:: text

    {"schema": "posegcn.poses/1",
     "units": {"joints": "m", "root": "m", "reprojection": "px", "focal": "px"},
     "axes": "x right, y down, z forwards",
     "skeleton": {"name": "h36m_17", "joints": ["hip", ...], "parents": [null, "hip", ...]},
     "people": [{"person": "1", "fps": 25.0 or null, "image_size": [1920, 1080] or null,
                 "focal": 1500.0 or null, "focal_source": "given", "notes": ["..."],
                 "frames": [0, ...], "filled": [false, ...],
                 "joints": [[[x, y, z], ...], ...], "root": [[x, y, z], ...] or null,
                 "reprojection": [1.5, ...] or null}]}

Joints are relative to the root joint, the root to the camera. A number that is not known is null.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from posegcn.errors import InputError
from posegcn.lifting.poses import Poses
from posegcn.skeleton import Skeleton

SCHEMA = "posegcn.poses/1"
UNITS = {"joints": "m", "root": "m", "reprojection": "px", "focal": "px"}
DIGITS = 6  # metres to the micrometre


def json_bytes(people: Sequence[Poses]) -> bytes:
    """The file as bytes."""
    skeleton = people[0].skeleton
    tree = {"name": skeleton.name, "joints": skeleton.joints, "parents": skeleton.parents}
    document = {
        "schema": SCHEMA,
        "units": UNITS,
        "axes": "x right, y down, z forwards",
        "skeleton": tree,
        "people": [_person(person) for person in people],
    }
    return json.dumps(document, allow_nan=False, separators=(",", ":")).encode()


def read_json_poses(path: Path) -> list[Poses]:
    """The people in such a file.

    Raises:
        InputError: The file is damaged or holds something else.
    """
    try:
        document = json.loads(path.read_bytes())
        if document["schema"] != SCHEMA:
            raise InputError(f"{path} is of schema {document['schema']!r}, expected {SCHEMA!r}")
        tree = document["skeleton"]
        skeleton = Skeleton(tree["name"], tuple(tree["joints"]), tuple(tree["parents"]))
        return [_read_person(held, skeleton) for held in document["people"]]
    except InputError:
        raise
    except (AttributeError, LookupError, RuntimeError, TypeError, ValueError) as error:
        raise InputError(f"{path} holds no lifted motion as posegcn writes it ({error})") from error


def _person(person: Poses) -> dict[str, Any]:
    return {
        "person": person.person,
        "fps": person.fps,
        "image_size": person.image_size,
        "focal": person.focal_px,
        "focal_source": person.focal_source,
        "notes": person.notes,
        "frames": person.frames.tolist(),
        "filled": person.filled.tolist(),
        "joints": _numbers(person.joints),
        "root": _numbers(person.root),
        "reprojection": _numbers(person.reprojection_px),
    }


def _read_person(held: dict[str, Any], skeleton: Skeleton) -> Poses:
    size = held["image_size"]
    joints = _tensor(held["joints"]).reshape(-1, skeleton.num_joints, 3)
    return Poses(
        skeleton,
        joints,
        None if held["root"] is None else _tensor(held["root"]),
        torch.tensor(held["frames"]),
        torch.tensor(held["filled"], dtype=torch.bool),
        None if held["reprojection"] is None else _tensor(held["reprojection"]),
        fps=held["fps"],
        person=held["person"],
        image_size=None if size is None else (size[0], size[1]),
        focal_px=held["focal"],
        focal_source=held["focal_source"],
        notes=tuple(held["notes"]),
    )


def _numbers(values: Tensor | None) -> list | None:
    """Rounded numbers, nested as the tensor is; null instead of NaN and infinity."""
    if values is None:
        return None
    flat = [round(v, DIGITS) if abs(v) < torch.inf else None for v in values.flatten().tolist()]
    for size in reversed(values.shape[1:]):
        flat = [flat[start : start + size] for start in range(0, len(flat), size)]
    return flat


def _tensor(values: Any) -> Tensor:
    """The inverse of that."""

    def known(value: Any) -> Any:
        return [known(v) for v in value] if isinstance(value, list) else _nan_for_null(value)

    return torch.tensor(known(values), dtype=torch.float32)


def _nan_for_null(value: float | None) -> float:
    return torch.nan if value is None else value
