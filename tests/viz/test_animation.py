import os
import re
import stat
import subprocess
import sys

import imageio_ffmpeg
import matplotlib as mpl
import pytest
import torch
from PIL import Image
from support.poses import lifted, source

from posegcn import InputError, viz
from posegcn.camera import denormalise_image
from posegcn.skeletons import H36M_17
from posegcn.viz import recording
from posegcn.viz.animation import animate
from posegcn.viz.motion import Motion
from posegcn.viz.scene import Scene


def filmed(frames):
    """Keypoints in pixels, joints and the size of the image."""
    clip = source().clips[0][:frames]
    return (
        denormalise_image(clip.keypoints, clip.image_size),
        clip.joints.clone(),
        clip.image_size,
    )


def test_a_gif_has_every_frame_and_its_size(tmp_path):
    keypoints, joints, size = filmed(4)
    keypoints[1] = torch.nan
    errors = (lifted(4, noise_m=0.02).joints - joints).norm(dim=-1)
    options = {"image_size": size, "fps": 20, "errors": errors, "title": "walk"}
    path = animate(keypoints, joints, H36M_17, tmp_path / "out.gif", **options)
    with Image.open(path) as picture:
        assert picture.n_frames == 4
        assert picture.size == (960, 540)
        assert picture.info["duration"] == 50
        first = picture.convert("RGB").tobytes()
        picture.seek(3)
        assert picture.convert("RGB").tobytes() != first
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("suffix", ["gif", "mp4"])
def test_the_style_of_other_pictures_does_not_disturb(suffix, tmp_path):
    keypoints, joints, _ = filmed(2)
    with mpl.rc_context():
        viz.set_style()
        path = animate(keypoints, joints, H36M_17, tmp_path / f"out.{suffix}", fps=50)
    assert path.is_file()


def test_a_long_gif_is_thinned_and_keeps_its_speed(tmp_path, monkeypatch):
    monkeypatch.setattr(recording, "MOST_GIF_FRAMES", 2)
    keypoints, joints, _ = filmed(5)
    path = animate(keypoints, joints, H36M_17, tmp_path / "out.gif", fps=50)
    with Image.open(path) as picture:
        assert picture.n_frames == 2
        assert picture.info["duration"] == 60  # every third of 20 ms


@pytest.mark.parametrize(
    ("frames", "fps", "step"),
    [(300, 50, 1), (301, 50, 2), (601, 25, 3), (10, 30, 1), (10, 120, 3)],
)
def test_frames_of_a_gif_are_few_and_long_enough(frames, fps, step):
    assert recording.gif_step(frames, fps) == step


def test_a_gif_counts_in_hundredths_of_a_second_and_keeps_up(tmp_path):
    keypoints, joints, _ = filmed(6)
    path = animate(keypoints, joints, H36M_17, tmp_path / "out.gif", fps=30)
    durations = []
    with Image.open(path) as picture:
        for frame in range(picture.n_frames):
            picture.seek(frame)
            durations.append(picture.info["duration"])
    assert durations == [30, 40, 30, 30, 40, 30]


def test_a_frame_without_joints_is_empty(tmp_path):
    keypoints, joints, size = filmed(3)
    joints[0] = torch.nan
    scene = Scene(Motion(keypoints, joints, H36M_17, H36M_17), (0, 0, *size), "")
    scene.show(1)
    assert len(scene.space.lines) == len(scene.flat.lines) == 16
    child, parent = H36M_17.bones[0]
    x, _, z = scene.space.lines[0].get_data_3d()
    assert list(x) == joints[1, [child, parent], 0].tolist()
    assert list(z) == (-joints[1, [child, parent], 1]).tolist()
    assert scene.flat.get_ylim() == (size[1], 0)
    scene.show(0)
    assert scene.space.lines[0].get_data_3d()[0][0] != x[0]


def test_a_scene_says_which_side_is_which_and_what_frame():
    keypoints, joints, size = filmed(3)
    frames = torch.tensor([20, 21, 22])
    scene = Scene(Motion(keypoints, joints, H36M_17, H36M_17, frames), (0, 0, *size), "walk")
    (legend,) = scene.figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["left", "right", "midline"]
    assert [line.get_color() for line in legend.get_lines()] == [viz.LEFT, viz.RIGHT, viz.MIDLINE]
    scene.show(1)
    assert scene.text.get_text() == "walk, frame 21"


def test_without_ffmpeg_a_video_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setitem(mpl.rcParams, "animation.ffmpeg_path", "no-such-program")
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    keypoints, joints, _ = filmed(2)
    with pytest.raises(InputError, match=r"needs the program ffmpeg, .* pip install imageio-ffm"):
        animate(keypoints, joints, H36M_17, tmp_path / "out.mp4")
    assert list(tmp_path.iterdir()) == []


def test_a_video_that_ffmpeg_wrote_has_every_frame_its_size_and_its_speed(tmp_path, monkeypatch):
    """By the ffmpeg in the wheel of imageio-ffmpeg, where the system has none."""
    monkeypatch.setitem(mpl.rcParams, "animation.ffmpeg_path", "no-such-program")
    keypoints, joints, size = filmed(12)
    options = {"image_size": size, "fps": 24, "title": "walk"}
    path = animate(keypoints, joints, H36M_17, tmp_path / "out.mp4", **options)
    program = imageio_ffmpeg.get_ffmpeg_exe()
    command = [program, "-i", path, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    done = subprocess.run(command, capture_output=True, check=True)
    assert re.search(r"Video: h264.* 960x540.* 24 fps", done.stderr.decode())
    pictures = torch.frombuffer(bytearray(done.stdout), dtype=torch.uint8).view(-1, 540, 960, 3)
    assert len(pictures) == 12
    assert not torch.equal(pictures[0], pictures[-1])
    assert pictures[0].float().mean() > 200  # mostly paper
    assert list(tmp_path.iterdir()) == [path]


def test_a_video_gets_its_frames_through_ffmpeg(tmp_path, monkeypatch):
    """A stand-in that keeps the raw pictures it is given."""
    program = tmp_path / "ffmpeg"
    program.write_text('#!/bin/sh\nfor last; do :; done\ncat > "$last"\n')
    program.chmod(program.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setitem(mpl.rcParams, "animation.ffmpeg_path", str(program))
    keypoints, joints, _ = filmed(3)
    path = animate(keypoints, joints, H36M_17, tmp_path / "out.mp4")
    assert os.path.getsize(path) == 3 * 960 * 540 * 4


def test_every_suffix_is_known_and_no_other():
    keypoints, joints, _ = filmed(2)
    assert viz.animate is animate
    with pytest.raises(InputError, match=r"animation '.git', did you mean '.gif'\?"):
        animate(keypoints, joints, H36M_17, "out.git")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"joints": torch.zeros(2, 17, 3)}, r"keypoints \(2, 17, 2\) and joints \(2, 17, 3\), got"),
        ({"errors": torch.zeros(3, 16)}, r"expected errors \(3, 17\), got \(3, 16\)"),
        ({"fps": 0}, "positive number of frames per second, got 0"),
        ({"fps": float("nan")}, "positive number of frames per second, got nan"),
        ({"joints": torch.full((3, 17, 3), torch.nan)}, "there is nothing to draw"),
        ({"keypoints_px": torch.zeros(0, 17, 2), "joints": torch.zeros(0, 17, 3)}, "nothing to"),
    ],
)
def test_what_does_not_fit_is_one_sentence(change, sentence, tmp_path):
    keypoints, joints, _ = filmed(3)
    arguments = {"keypoints_px": keypoints, "joints": joints, "skeleton": H36M_17} | change
    with pytest.raises(InputError, match=sentence):
        animate(**arguments, path=tmp_path / "out.html")
    assert list(tmp_path.iterdir()) == []
