"""Damages files of keypoints in every way that we can think of.

``damages(form, data)`` gives (name, new bytes, whether it has to be refused) for the bytes of one
file; None where it depends on the place whether any harm is done. ``WITHOUT_KEYPOINTS`` are
contents that no format may take.
"""

import copy
import json

TEXT = {"csv", "yolo"}
REFUSED = {
    "text": "12",
    "word": "left",
    "list": [1.0],
    "mapping": {"x": 1},
    "huge": 1e300,
    "endless": 10**400,
}
ACCEPTED = {"true": True, "null": None, "nan": float("nan"), "infinity": float("inf")}
SCHEMATA = {
    "empty list": [],
    "empty mapping": {},
    "list of lists": [[], [[]]],
    "list of null": [None],
    "a number": 5,
    "other schema": {"videos": [{"name": "a"}], "fps": 25},
    "GeoJSON": {"type": "FeatureCollection", "features": [{"geometry": [1, 2]}]},
    "nobody, COCO": {"images": [], "annotations": []},
    "nobody, OpenPose": {"people": []},
    "nobody, MMPose": {"meta_info": {}, "instance_info": []},
    "nobody, MediaPipe": [{"landmarks": []}, {"landmarks": None}],
    "nobody, easy_ViTPose": {"keypoints": [{}, {}], "skeleton": {}},
}
BYTES = {
    "empty": b"",
    "blank": b" \n\n\t ",
    "zeros": bytes(500),
    "noise": bytes(range(128, 256)) * 20,
    "UTF-16": "[1, 2]".encode("utf-16"),
    "picture": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "zip without content": b"PK\x03\x04" + bytes(100),
    "deep list": b"[" * 100_000 + b"]" * 100_000,
    "deep mapping": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "long number": b"[" + b"9" * 10_000 + b"]",
    "twice the same name": b'{"people": [], "people": []}',
    "many empty lists": b"[" + b"[]," * 20_000 + b"[]]",
    "one long line": b"a," * 600_000,
    "many empty lines": b"a" + b"\n" * 50_000,
}
WITHOUT_KEYPOINTS = BYTES | {name: json.dumps(value).encode() for name, value in SCHEMATA.items()}


def damages(form, data):
    for part in range(1, 10):
        yield f"cut at {part}0 %", data[: len(data) * part // 10], None if form in TEXT else True
    if form == "npz":
        yield from flipped(data)
    elif form in TEXT:
        yield from in_text(form, data)
    else:
        yield from in_json(data)


def flipped(data):
    for place in range(0, len(data), len(data) // 20):
        damaged = bytearray(data)
        damaged[place] ^= 0xFF
        yield f"byte {place}", bytes(damaged), None


def in_text(form, data):
    """Replaces the second number of the last line but for its end."""
    sign = "," if form == "csv" else " "
    lines = data.decode().splitlines()
    place = 3 if form == "csv" else 6
    words = lines[-1].split(sign)
    for name, value in {"word": "left", "huge": "1e300", "list": "[1]", "two": "1 2,3"}.items():
        damaged = [*lines[:-1], sign.join([*words[:place], value, *words[place + 1 :]])]
        yield name, "\n".join(damaged).encode(), True
    for name, value in {"nan": "nan", "infinity": "-inf"}.items():
        damaged = [*lines[:-1], sign.join([*words[:place], value, *words[place + 1 :]])]
        yield name, "\n".join(damaged).encode(), False
    yield "line without its end", "\n".join([*lines[:-1], sign.join(words[:4])]).encode(), True


def in_json(data):
    """Replaces the first coordinate, and every number of a frame or an image."""
    value = json.loads(data)
    place = first_coordinate(value)
    for table, refused in ((REFUSED, True), (ACCEPTED, False)):
        for name, new in table.items():
            yield f"coordinate: {name}", dumped(value, place, new), refused
    for name, new in {"large": 10**9, "larger": 10**30, "below": -5, "text": "x y"}.items():
        for place in frame_places(value):
            yield f"frame at {place}: {name}", dumped(value, place, new), None


def walk(value, path=()):
    yield path, value
    if isinstance(value, (dict, list)):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from walk(inner, (*path, key))


def first_coordinate(value):
    coordinates = {"keypoints", "pose_keypoints_2d", "landmarks"}
    return next(
        path
        for path, inner in walk(value)
        if isinstance(inner, float) and coordinates & set(path) and path[-1] != "visibility"
    )


def frame_places(value):
    names = {"image_id", "frame_id", "frame", "id", "file_name", "track_id", "idx", "person_id"}
    return [path for path, _ in walk(value) if path and path[-1] in names][:4]


def dumped(value, path, new):
    value = copy.deepcopy(value)
    inner = value
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = new
    return json.dumps(value).encode()
