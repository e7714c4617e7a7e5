"""The formats of keypoints, by name."""

from collections.abc import Callable
from dataclasses import dataclass

from posegcn.keypoints import (
    alphapose,
    arrays,
    coco,
    mediapipe,
    mmpose,
    openpose,
    table,
    vitpose,
    yolo,
)
from posegcn.keypoints.content import Content
from posegcn.keypoints.sighting import Reading
from posegcn.skeleton import Skeleton


@dataclass(frozen=True)
class Format:
    """What a detector writes, and how to read it.

    Args:
        form: What a file or folder looks like, in one line.
        kind: "json", "text" or "npz".
        folder: Whether it can be a folder with a file for each frame.
        skeletons: Bodies that it can hold.
        source: Documentation of the format.
        recognise: Whether a file that fits is of this format, by what it holds.
        parse: People of a file that fits, in pixels, given the size of the images; raises
            ``InputError`` where it is damaged.
        normalised: Whether coordinates are parts of the image, so that its size has to be given.
    """

    form: str
    kind: str
    folder: bool
    skeletons: tuple[Skeleton, ...]
    source: str
    recognise: Callable[[Content], bool]
    parse: Callable[[Content, tuple[int, int] | None], Reading]
    normalised: bool = False

    def fits(self, content: Content) -> bool:
        """Whether a file or folder is of the kind of this format."""
        return content.kind == self.kind and (self.folder or len(content.documents) == 1)


FORMATS: dict[str, Format] = {
    "coco": Format(
        "JSON list of {image_id, keypoints: [x, y, c, ...]}, or {images, annotations, categories}",
        "json",
        False,
        coco.SKELETONS,
        "https://cocodataset.org/#format-results",
        coco.recognise,
        coco.parse,
    ),
    "mmpose": Format(
        "JSON list of {frame_id, instances: [{keypoints, keypoint_scores}]}, also in instance_info",
        "json",
        True,
        mmpose.SKELETONS,
        "https://mmpose.readthedocs.io/en/latest/user_guides/inference.html",
        mmpose.recognise,
        mmpose.parse,
    ),
    "alphapose": Format(
        'JSON list of {image_id: "12.jpg", keypoints: [x, y, c, ...], score, box, idx}',
        "json",
        False,
        alphapose.SKELETONS,
        "https://github.com/MVIG-SJTU/AlphaPose (doc/output.md)",
        alphapose.recognise,
        alphapose.parse,
    ),
    "yolo": Format(
        "folder of NAME_<frame>.txt with a line of class, box, 17 x, y[, c] for each person",
        "text",
        True,
        yolo.SKELETONS,
        "https://docs.ultralytics.com/datasets/pose",
        yolo.recognise,
        yolo.parse,
        normalised=True,
    ),
    "vitpose": Format(
        "JSON mapping {keypoints: [{person: [[y, x, score], ...]}], skeleton: {index: joint}}",
        "json",
        False,
        vitpose.SKELETONS,
        "https://github.com/JunkyByte/easy_ViTPose",
        vitpose.recognise,
        vitpose.parse,
    ),
    "openpose": Format(
        "folder of NAME_<frame>_keypoints.json, {people: [{pose_keypoints_2d: [x, y, c, ...]}]}",
        "json",
        True,
        openpose.SKELETONS,
        "https://github.com/CMU-Perceptual-Computing-Lab/openpose/blob/master/doc/02_output.md",
        openpose.recognise,
        openpose.parse,
    ),
    "mediapipe": Format(
        "JSON list of frames with landmarks: 33 {x, y, z, visibility} for each person",
        "json",
        False,
        mediapipe.SKELETONS,
        "https://ai.google.dev/edge/mediapipe/solutions/vision/pose_landmarker/python",
        mediapipe.recognise,
        mediapipe.parse,
        normalised=True,
    ),
    "csv": Format(
        "table with the columns frame, joint, x, y, and if wanted person and confidence",
        "text",
        False,
        table.SKELETONS,
        "posegcn.keypoints.table",
        table.recognise,
        table.parse,
    ),
    "npz": Format(
        "file of arrays keypoints_px, skeleton, and if wanted confidence, frames, person, "
        "image_size, fps",
        "npz",
        False,
        arrays.SKELETONS,
        "posegcn.keypoints.arrays",
        arrays.recognise,
        arrays.parse,
    ),
}
