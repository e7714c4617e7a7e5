"""Reads keypoints in the formats of COCO: results of a detector, or annotations.

Results are a list of ``{image_id, category_id, keypoints, score}``, one entry for each person of
an image, with x, y and a confidence for each of 17 keypoints. Annotations are
``{images, annotations, categories}``; the keypoints have a visibility v instead: 0 not labelled
(then x = y = 0), 1 labelled but hidden, 2 visible. Tracking programs add a ``track_id``.

Source: COCO data format, sections "Keypoint Detection" and "Result format",
https://cocodataset.org/#format-data and #format-results; ``track_id`` is PoseTrack's name,
https://github.com/leonid-pishchulin/poseval.
"""

from collections.abc import Iterator
from typing import Any

from posegcn.errors import InputError
from posegcn.keypoints.content import Content
from posegcn.keypoints.json_text import Entries
from posegcn.keypoints.names import skeleton_of_names
from posegcn.keypoints.sighting import (
    Reading,
    Sighting,
    body_names,
    frame_numbers,
    gathered,
    skeleton_by_count,
)
from posegcn.keypoints.values import a_list, a_mapping, entry_of, shown, triplets, whole_number
from posegcn.skeleton import Skeleton
from posegcn.skeletons.detectors import COCO_17, HALPE_26

SKELETONS = (COCO_17, HALPE_26)


def recognise(content: Content) -> bool:
    """Whether a file is one of COCO.

    Results of AlphaPose look alike; they are those with a name as ``image_id``, or with ``box`` or
    ``idx``, which COCO does not know.
    """
    value = content.single.value
    if isinstance(value, dict):
        return {"images", "annotations"} <= set(value)
    return is_result(value) and not of_alphapose(value.first)


def is_result(value: Any) -> bool:
    """Whether JSON is a list of people with flat keypoints and an image each."""
    first = value.first if isinstance(value, Entries) else None
    return isinstance(first, dict) and {"image_id", "keypoints"} <= set(first)


def of_alphapose(entry: dict[str, Any]) -> bool:
    """Whether an entry of a list of results is AlphaPose's."""
    return isinstance(entry["image_id"], str) or bool({"box", "idx"} & set(entry))


def parse(content: Content, image_size: tuple[int, int] | None) -> Reading:
    """People of the file; the frame is that of the image.

    Annotations give images a number in one of three places, the first that all of them have:
    ``frame_id``, the end of ``file_name``, ``id``. Crowds and people without a labelled keypoint
    are left out.

    Raises:
        InputError: The file is damaged.
    """
    value = content.single.value
    return _annotations(value) if isinstance(value, dict) else _results(value)


def _results(value: Any) -> Reading:
    sightings = gathered(
        Sighting(_image(entry, where), _track(entry), triplets(_keypoints(entry, where), where))
        for where, entry in numbered(value)
    )
    return Reading(skeleton_by_count(SKELETONS, sightings.num_joints, "a person"), sightings)


def numbered(value: Any) -> Iterator[tuple[str, Any]]:
    """Entries of a list of results, with what to call them in a message."""
    if not isinstance(value, Entries):
        raise InputError(f"expected a list of people, got {shown(value)}")
    return ((f"entry {index}", entry) for index, entry in enumerate(value))


def _image(entry: Any, where: str) -> int:
    return whole_number(entry_of(entry, "image_id", where), "image_id")


def _keypoints(entry: Any, where: str) -> Any:
    return entry_of(entry, "keypoints", where)


def _annotations(value: dict[str, Any]) -> Reading:
    images = [
        a_mapping(image, "an image")
        for image in a_list(entry_of(value, "images", "the file"), "images")
    ]
    entries = a_list(entry_of(value, "annotations", "the file"), "annotations")
    sightings = gathered(_labelled(entries, _frames(images)))
    skeleton, order = _skeleton(value, sightings.num_joints)
    return Reading(skeleton, sightings.joints(order), _size(images))


def _labelled(entries: list, frames: dict[int, int]) -> Iterator[Sighting]:
    """People with a labelled keypoint."""
    for entry in entries:
        if not a_mapping(entry, "an annotation").get("keypoints") or _empty(entry):
            continue
        image = _image(entry, "an annotation")
        frame = entry_of(frames, image, "the numbers of the images")
        values = triplets(entry["keypoints"], f"the annotation of image {shown(image)}")
        yield Sighting(frame, _track(entry), values)


def _empty(entry: dict[str, Any]) -> bool:
    return entry.get("iscrowd") == 1 or entry.get("num_keypoints") == 0


def _track(entry: dict[str, Any]) -> str | None:
    track = entry.get("track_id")
    return None if track is None else shown(whole_number(track, "track_id"))


def _frames(images: list[dict[str, Any]]) -> dict[int, int]:
    """Number of the frame for each image id."""
    if any(image.get("video_id") != images[0].get("video_id") for image in images):
        raise InputError("expected the images of one video, got several video_id")
    ids = [
        whole_number(entry_of(image, "id", "an image"), "the id of an image") for image in images
    ]
    if all("frame_id" in image for image in images):
        frames = [whole_number(image["frame_id"], "frame_id") for image in images]
    elif all(isinstance(image.get("file_name"), str) for image in images):
        numbers = frame_numbers([image["file_name"] for image in images])
        frames = [numbers[image["file_name"]] for image in images]
    else:
        frames = ids
    return dict(zip(ids, frames, strict=True))


def _skeleton(value: dict[str, Any], joints: int) -> tuple[Skeleton, list[int]]:
    """The skeleton that the category names, or else the one with so many joints."""
    for category in a_list(value.get("categories", []), "categories"):
        names = body_names(a_mapping(category, "a category").get("keypoints"))
        if names is not None and len(names) == joints:
            return skeleton_of_names(names)
    return skeleton_by_count(SKELETONS, joints, "an annotation"), list(range(joints))


def _size(images: list[dict[str, Any]]) -> tuple[int, int] | None:
    """Width and height, if all images say the same."""
    sizes = [(image.get("width"), image.get("height")) for image in images]
    same = sizes and None not in sizes[0] and all(size == sizes[0] for size in sizes)
    return sizes[0] if same else None
