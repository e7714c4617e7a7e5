"""Camera rigs: the cameras of Human3.6M and HumanEva-I, and random ones like the former."""

import json
import math
from dataclasses import replace
from functools import cache
from importlib.resources import files

import torch

from posegcn.camera import Camera, Vector
from posegcn.errors import look_up


@cache
def _constants(dataset: str) -> dict:
    return json.loads(files("posegcn").joinpath(f"constants/{dataset}_cameras.json").read_text())


def h36m_cameras(subject: str) -> tuple[Camera, ...]:
    """The four calibrated cameras of a Human3.6M subject, in the field's order.

    Raises:
        InputError: The subject has no published calibration.
    """
    constants = _constants("h36m")
    extrinsics = look_up("Human3.6M subject", subject, constants["extrinsics"])
    return tuple(
        Camera(
            name=inside["id"],
            quaternion=tuple(outside["orientation"]),
            translation=_metres(outside["translation"]),
            focal_px=tuple(inside["focal_length"]),
            centre_px=tuple(inside["center"]),
            radial=tuple(inside["radial_distortion"]),
            tangential=tuple(inside["tangential_distortion"]),
            image_size=(inside["res_w"], inside["res_h"]),
        )
        for inside, outside in zip(constants["intrinsics"], extrinsics, strict=True)
    )


def humaneva_cameras(subject: str) -> tuple[Camera, ...]:
    """The three cameras of a HumanEva-I subject, in the field's order: where they are.

    The field's files list no focal lengths and centres for them. Those are NaN here, and so is
    what is projected.

    Raises:
        InputError: The subject has no published calibration.
    """
    constants = _constants("humaneva")
    extrinsics = look_up("HumanEva-I subject", subject, constants["extrinsics"])
    return tuple(
        Camera(
            name=inside["id"],
            quaternion=tuple(outside["orientation"]),
            translation=_metres(outside["translation"]),
            focal_px=(math.nan, math.nan),
            centre_px=(math.nan, math.nan),
            image_size=(inside["res_w"], inside["res_h"]),
        )
        for inside, outside in zip(constants["intrinsics"], extrinsics, strict=True)
    )


def _metres(millimetres: list[float]) -> Vector:
    return tuple(value / 1000 for value in millimetres)


def look_at(position: Vector, target: Vector, roll: float = 0.0) -> Vector:
    """Quaternion of a camera at ``position`` that looks at ``target``; the world's z is up.

    Args:
        position: Metres, world.
        target: Metres, world.
        roll: Turn about the optical axis, in radians.
    """
    x, y, z = (b - a for a, b in zip(position, target, strict=True))
    yaw, elevation = math.atan2(-x, y), math.atan2(z, math.hypot(x, y))
    tilt_and_roll = _multiply(_about("x", elevation - math.pi / 2), _about("z", roll))
    return _multiply(_about("z", yaw), tilt_and_roll)


def _about(axis: str, angle: float) -> Vector:
    half = math.sin(angle / 2)
    return (math.cos(angle / 2), *(half if axis == name else 0.0 for name in "xyz"))


def _multiply(a: Vector, b: Vector) -> Vector:
    """Quaternion product: turn by ``b`` first, then by ``a``."""
    aw, ax, ay, az = a
    bw, bx, by, bz = b
    return (
        aw * bw - ax * bx - ay * by - az * bz,
        aw * bx + ax * bw + ay * bz - az * by,
        aw * by - ax * bz + ay * bw + az * bx,
        aw * bz + ax * by - ay * bx + az * bw,
    )


def random_rig(seed: int, distortion: bool) -> tuple[Camera, ...]:
    """Four Human3.6M-like cameras around a capture volume.

    Azimuth 45 + 90k degrees +- 12, 4.7 to 5.7 m from the origin, 1.3 to 1.8 m high, looking at a
    point within 0.25 m of the axis at height 0.75 to 1.05 m, roll +- 1.5 degrees.

    Args:
        seed: Same seed, same rig.
        distortion: Intrinsics of the four Human3.6M cameras if true, else pinhole cameras with
            f 1145 +- 5 px, centre 512 +- 8 px and 1000 x 1000 px.
    """
    generator = torch.Generator().manual_seed(seed)

    def uniform(low: float, high: float) -> float:
        return low + (high - low) * torch.rand((), generator=generator, dtype=torch.float64).item()

    cameras = []
    for index, lens in enumerate(h36m_cameras("S1")):
        azimuth = math.radians(45 + 90 * index + uniform(-12, 12))
        distance, height = uniform(4.7, 5.7), uniform(1.3, 1.8)
        position = (distance * math.cos(azimuth), distance * math.sin(azimuth), height)
        radius, angle = uniform(0, 0.25), uniform(0, 2 * math.pi)
        target = (radius * math.cos(angle), radius * math.sin(angle), uniform(0.75, 1.05))
        quaternion = look_at(position, target, math.radians(uniform(-1.5, 1.5)))
        name = f"camera{index}"
        if distortion:
            camera = replace(lens, name=name, quaternion=quaternion, translation=position)
        else:
            focal, x, y = 1145 + uniform(-5, 5), 512 + uniform(-8, 8), 512 + uniform(-8, 8)
            camera = Camera(name, quaternion, position, (focal, focal), (x, y))
        cameras.append(camera)
    return tuple(cameras)
