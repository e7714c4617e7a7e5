"""Acclaim skeleton files (ASF): the bones of one person.

For the format, its source and what we leave out of it see :mod:`posegcn.data.acclaim`.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from posegcn.data.acclaim import TURNS, Body, Bone, Line, parse_numbers, quote, read_lines
from posegcn.errors import InputError

SECTIONS = (":units", ":root", ":bonedata", ":hierarchy")
ROOT_CHANNELS = {*TURNS, "tx", "ty", "tz"}


def read_asf(path: str | Path) -> Body:
    """The bones of an ASF file.

    Raises:
        InputError: The file is missing, damaged or cut off; the message names the line.
    """
    sections: dict[str, list[Line]] = {}
    section: list[Line] = []
    for where, words in read_lines(path):
        if words[0].startswith(":"):
            section = sections.setdefault(words[0], [])
        else:
            section.append((where, words))
    for name in SECTIONS:
        if not sections.get(name):
            raise InputError(f"{path} is no ASF file or cut off: it has no section {name}")
    units, root, bones, hierarchy = (sections[name] for name in SECTIONS)
    where, unit = _field(units, "angle")
    if unit not in (["deg"], ["rad"]):
        raise InputError(f"{where}: expected angle deg or angle rad")
    where, words = _field(units, "length")
    (length,) = parse_numbers(where, words, 1)
    if length <= 0:
        raise InputError(f"{where}: expected a length above 0")
    found = {"root": _root(root)}
    for block in _blocks(bones):
        where, words = _field(block, "name")
        if len(words) != 1 or words[0] in found:
            raise InputError(f"{where}: expected a name that no other bone has")
        found[words[0]] = _bone(block, degrees=unit == ["deg"])
    return Body(Path(path), _in_order(found, hierarchy), length)


def _blocks(section: list[Line]) -> list[list[Line]]:
    """The lines from each ``begin`` to the ``end`` that follows."""
    blocks: list[list[Line]] = []
    for where, words in section:
        if words == ["begin"]:
            blocks.append([(where, words)])
        elif not blocks:
            raise InputError(f"{where}: expected begin, got {quote(words)}")
        elif words != ["end"]:
            blocks[-1].append((where, words))
    return blocks


def _field(block: list[Line], name: str) -> Line:
    """Where the line of a name is, and the words that follow the name."""
    for where, words in block:
        if words[0] == name:
            return where, words[1:]
    raise InputError(f"{block[0][0]}: expected a line {name!r} in what begins here")


def _root(block: list[Line]) -> Bone:
    where, order = _field(block, "order")
    if sorted(order) != sorted(ROOT_CHANNELS):
        raise InputError(f"{where}: expected TX TY TZ RX RY RZ in any order, got {quote(order)}")
    for preset in ("position", "orientation"):
        where, words = _field(block, preset)
        if any(parse_numbers(where, words, 3)):
            raise InputError(f"{where}: expected 0 0 0, got {quote(words)}")
    return Bone(None, np.zeros(3), np.eye(3), tuple(order))


def _bone(block: list[Line], degrees: bool) -> Bone:
    from scipy.spatial.transform import Rotation

    direction = np.array(parse_numbers(*_field(block, "direction"), 3))
    (length,) = parse_numbers(*_field(block, "length"), 1)
    where, words = _field(block, "axis")
    order = "".join(words[-1:])
    if sorted(order) != ["x", "y", "z"]:
        raise InputError(f"{where}: expected three angles and XYZ in any order")
    angles = parse_numbers(where, words[:-1], 3)
    axes = Rotation.from_euler(order, angles, degrees=degrees).as_matrix()
    channels: list[str] = []
    if any(words[0] == "dof" for _, words in block):
        where, channels = _field(block, "dof")
        if len(set(channels)) < len(channels) or not TURNS.issuperset(channels):
            raise InputError(f"{where}: expected some of rx ry rz, got {quote(channels)}")
    return Bone(None, length * direction, axes, tuple(channels))


def _in_order(bones: Mapping[str, Bone], hierarchy: list[Line]) -> dict[str, Bone]:
    """The bones with their parents, each after its own."""
    parents: dict[str, str] = {}
    for where, (parent, *children) in hierarchy:
        if parent in ("begin", "end") and not children:
            continue
        for name in (parent, *children):
            if name not in bones:
                raise InputError(f"{where}: there is no bone {name[:40]!r}")
        for child in children:
            if child in parents or child == "root":
                raise InputError(f"{where}: {child!r} already hangs on another bone")
            parents[child] = parent
    ordered = ["root"]
    for name in ordered:
        ordered += [child for child, parent in parents.items() if parent == name]
    if loose := [name for name in bones if name not in ordered]:
        raise InputError(f"{hierarchy[-1][0]}: the hierarchy ends without {loose[0]!r}")
    return {name: replace(bones[name], parent=parents.get(name)) for name in ordered}
