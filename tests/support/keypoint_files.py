"""Writes keypoints as each detector does: a clip in, a file or a folder out.

``write(format, folder, keypoints_px, confidence, skeleton, image_size, fps)`` with one person
(T, J, 2) or several (P, T, J, 2); a person whose keypoints are all NaN in a frame is not there. A
NaN among other keypoints becomes what the detector writes for one that it did not find.
"""

import csv
import json

import numpy as np

from posegcn.skeletons import get_skeleton

# Formats and the skeletons that their files can hold.
SKELETONS_OF = {
    "coco": ("coco_17",),
    "coco_annotations": ("coco_17",),
    "mmpose": ("coco_17", "halpe_26", "h36m_17"),
    "alphapose": ("coco_17", "halpe_26"),
    "yolo": ("coco_17",),
    "vitpose": ("coco_17", "openpose_25"),
    "openpose": ("openpose_25", "coco_18"),
    "mediapipe": ("mediapipe_33",),
    "csv": ("h36m_17", "h36m_16", "humaneva_15", "mpi_inf_3dhp_17", "mpii_16", "coco_17"),
    "npz": ("h36m_17", "h36m_16", "humaneva_15", "mpi_inf_3dhp_17", "mpii_16", "coco_17"),
}

# How MMPose calls the joints of Human3.6M, in its order.
MMPOSE_H36M = (
    *("root", "right_hip", "right_knee", "right_foot", "left_hip", "left_knee", "left_foot"),
    *("spine", "thorax", "neck_base", "head", "left_shoulder", "left_elbow", "left_wrist"),
    *("right_shoulder", "right_elbow", "right_wrist"),
)


class Clip:
    """People with their keypoints; iterates over (frame, [(person, (J, 3)), ...])."""

    def __init__(self, keypoints_px, confidence, skeleton, image_size, fps, first, tracks):
        keypoints = np.asarray(keypoints_px, dtype=float)
        self.keypoints = keypoints if keypoints.ndim == 4 else keypoints[None]
        shape = self.keypoints.shape[:3]
        confidence = np.ones(shape) if confidence is None else np.asarray(confidence, dtype=float)
        self.confidence = confidence.reshape(shape)
        self.skeleton = get_skeleton(skeleton)
        self.image_size, self.fps, self.tracks = image_size, fps, tracks
        self.frames = range(first, first + shape[1])

    def __iter__(self):
        for row, frame in enumerate(self.frames):
            people = []
            for person, keypoints in enumerate(self.keypoints[:, row]):
                found = np.isfinite(keypoints).all(axis=-1)
                if found.any():
                    values = np.c_[keypoints, self.confidence[person, row]]
                    people.append((person, np.where(found[:, None], values, 0.0)))
            yield frame, people


def write(
    format,  # noqa: A002 - the name of the argument everywhere
    folder,
    keypoints_px,
    confidence,
    skeleton,
    image_size,
    fps,
    *,
    first=0,
    tracks=True,
):
    """The path of a new file or folder in ``folder``.

    ``first`` is the number of the first frame; without ``tracks`` the file does not say who is who
    (where the format leaves the choice).
    """
    clip = Clip(keypoints_px, confidence, skeleton, image_size, fps, first, tracks)
    assert clip.skeleton.name in SKELETONS_OF[format], f"{format} holds no {clip.skeleton.name}"
    folder.mkdir(parents=True, exist_ok=True)
    return WRITERS[format](clip, folder)


def dump(path, content):
    path.write_text(json.dumps(content))
    return path


def flat(values):
    return values.reshape(-1).tolist()


def coco(clip, folder):
    entries = [
        {"image_id": frame, "category_id": 1, "keypoints": flat(values), "score": 0.9}
        | ({"track_id": person} if clip.tracks else {})
        for frame, people in clip
        for person, values in people
    ]
    return dump(folder / "results.json", entries)


def coco_annotations(clip, folder):
    """Visibility flags in the place of confidences: 2 where the confidence is positive."""
    width, height = clip.image_size
    images, annotations = [], []
    for frame, people in clip:
        name = f"clip_{frame:06d}.jpg"
        images.append({"id": 100 + frame, "file_name": name, "width": width, "height": height})
        for person, values in people:
            flags = np.where(values[:, 2] > 0, 2, 0)
            entry = {"id": len(annotations), "image_id": 100 + frame, "category_id": 1}
            entry |= {"keypoints": flat(np.c_[values[:, :2], flags]), "num_keypoints": 1}
            annotations.append(entry | ({"track_id": person} if clip.tracks else {}))
    category = {"id": 1, "name": "person", "keypoints": list(clip.skeleton.joints)}
    content = {"images": images, "annotations": annotations, "categories": [category]}
    return dump(folder / "person_keypoints.json", content)


def mmpose(clip, folder):
    frames = [
        {
            "frame_id": frame,
            "instances": [
                {
                    "keypoints": values[:, :2].tolist(),
                    "keypoint_scores": flat(values[:, 2]),
                    "bbox": [[0.0, 0.0, 1.0, 1.0]],
                    "bbox_score": 0.9,
                }
                for _, values in people
            ],
        }
        for frame, people in clip
    ]
    joints = MMPOSE_H36M if clip.skeleton.name == "h36m_17" else clip.skeleton.joints
    names = {str(index): name for index, name in enumerate(joints)}
    meta = {"dataset_name": "a", "num_keypoints": len(names), "keypoint_id2name": names}
    return dump(folder / "results_clip.json", {"meta_info": meta, "instance_info": frames})


def alphapose(clip, folder):
    entries = [
        {"image_id": f"{frame}.jpg", "category_id": 1, "keypoints": flat(values), "score": 2.9}
        | {"box": [0.0, 0.0, 1.0, 1.0], "idx": [float(person)] if clip.tracks else [0.0]}
        for frame, people in clip
        for person, values in people
    ]
    return dump(folder / "alphapose-results.json", entries)


def yolo(clip, folder):
    """Six significant digits, as the detector prints them."""
    labels = folder / "labels"
    labels.mkdir()
    for frame, people in clip:
        lines = []
        for person, values in people:
            values[:, :2] /= clip.image_size
            numbers = [0, 0.5, 0.5, 0.1, 0.2, *flat(values), *([person + 1] if clip.tracks else [])]
            lines.append(" ".join(f"{number:g}" for number in numbers) + "\n")
        if lines:
            (labels / f"clip_{frame}.txt").write_text("".join(lines))
    return labels


def vitpose(clip, folder):
    frames = [
        {str(person): values[:, [1, 0, 2]].tolist() for person, values in people}
        for _, people in clip
    ]
    names = {str(index): name for index, name in enumerate(clip.skeleton.joints)}
    return dump(folder / "clip_result.json", {"keypoints": frames, "skeleton": names})


def openpose(clip, folder):
    output = folder / "output_json"
    output.mkdir()
    for frame, people in clip:
        found = [
            {"person_id": [person if clip.tracks else -1], "pose_keypoints_2d": flat(values)}
            | {"face_keypoints_2d": [], "pose_keypoints_3d": []}
            for person, values in people
        ]
        content = {"version": 1.3, "people": found}
        dump(output / f"clip_{frame:012d}_keypoints.json", content)
    return output


def mediapipe(clip, folder):
    frames = []
    for frame, people in clip:
        landmarks = []
        for _, values in people:
            x, y = (values[:, :2] / clip.image_size).T
            numbers = zip(x.tolist(), y.tolist(), values[:, 2].tolist(), strict=True)
            landmarks.append([{"x": a, "y": b, "z": 0.0, "visibility": c} for a, b, c in numbers])
        frames.append({"frame": frame, "landmarks": landmarks})
    return dump(folder / "landmarks.json", frames)


def csv_table(clip, folder):
    path = folder / "keypoints.csv"
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["frame", "person", "joint", "x", "y", "confidence"])
        for frame, people in clip:
            for person, values in people:
                for joint, row in zip(clip.skeleton.joints, values.tolist(), strict=True):
                    writer.writerow([frame, person, joint, *row])
    return path


def npz(clip, folder):
    path = folder / "keypoints.npz"
    np.savez(
        path,
        keypoints_px=clip.keypoints,
        confidence=clip.confidence,
        skeleton=clip.skeleton.name,
        frames=np.array(clip.frames),
        person=np.array([str(person) for person in range(len(clip.keypoints))]),
        image_size=np.array(clip.image_size),
        fps=np.array(clip.fps),
    )
    return path


WRITERS = {
    "coco": coco,
    "coco_annotations": coco_annotations,
    "mmpose": mmpose,
    "alphapose": alphapose,
    "yolo": yolo,
    "vitpose": vitpose,
    "openpose": openpose,
    "mediapipe": mediapipe,
    "csv": csv_table,
    "npz": npz,
}
