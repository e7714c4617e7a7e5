import pytest
import torch
from matplotlib.colors import to_rgb
from PIL import Image

from posegcn import InputError
from posegcn.skeleton import Skeleton
from posegcn.viz import LEFT, overlay

ARM = Skeleton.from_tree("arm", {"chest": None, "lhand": "chest", "rhand": "chest"})
JOINTS = torch.tensor([[500.0, 400], [900, 400], [100, 400]])


def pictures(folder, names, size=(1000, 800)):
    folder.mkdir()
    for name in names:
        Image.new("RGB", size, "#404040").save(folder / name)
    return folder


def run(images, folder, frames, **options):
    joints = JOINTS.expand(frames, 3, 2)
    return overlay(images, joints + 200, joints, ARM, folder, **options)


def test_bones_and_keypoints_are_drawn_where_they_are(tmp_path):
    images = pictures(tmp_path / "in", ["a.png"])
    (path,) = run(images, tmp_path / "out", 1)
    with Image.open(path) as picture:
        assert picture.size == (1000, 800)
        left = [round(255 * part) for part in to_rgb(LEFT)]
        assert all(abs(a - b) < 3 for a, b in zip(picture.getpixel((750, 400)), left, strict=True))
        assert picture.getpixel((500, 50)) == (64, 64, 64)
        around = [picture.getpixel((700 + x, 600)) for x in range(-9, 10)]
        assert max(map(min, around)) > 200  # the white of a ring
    with Image.open(images / "a.png") as picture:
        assert picture.getcolors() == [(800_000, (64, 64, 64))]


def test_pictures_of_a_folder_come_in_the_order_of_their_numbers(tmp_path):
    names = ["f10.jpg", "f2.jpg", "f1.JPG"]
    images = pictures(tmp_path / "in", names)
    (images / "notes.txt").write_text("no picture")
    paths = run(images, tmp_path / "out", 3)
    assert [path.name for path in paths] == ["f1.JPG", "f2.jpg", "f10.jpg"]
    for path in paths:
        with Image.open(path) as picture:
            assert picture.format == "JPEG"


def test_missing_and_distant_points_are_left_out(tmp_path):
    images = pictures(tmp_path / "in", ["a.png"])
    joints = JOINTS.clone()
    joints[0], joints[1] = torch.nan, 1e30
    keypoints = torch.full((1, 3, 2), torch.inf)
    (path,) = overlay([images / "a.png"], keypoints, joints[None], ARM, tmp_path / "out")
    with Image.open(path) as picture:
        assert picture.getcolors() == [(800_000, (64, 64, 64))]


def test_a_picture_taken_sideways_is_turned(tmp_path):
    images = pictures(tmp_path / "in", [])
    picture = Image.new("RGB", (800, 1000))
    exif = picture.getexif()
    exif[0x0112] = 6  # orientation: turned by a quarter
    picture.save(images / "a.jpg", exif=exif)
    (path,) = run(images, tmp_path / "out", 1)
    with Image.open(path) as picture:
        assert picture.size == (1000, 800)


def test_what_is_there_stays_there(tmp_path):
    images = pictures(tmp_path / "in", ["a.png"])
    out = pictures(tmp_path / "out", ["a.png"])
    with pytest.raises(InputError, match="out is not empty: choose another folder, or overwrite"):
        run(images, out, 1)
    run(images, out, 1, force=True)
    with pytest.raises(InputError, match="in holds the pictures themselves"):
        run(images, images, 1, force=True)


def test_what_does_not_fit_is_one_sentence(tmp_path):
    images = pictures(tmp_path / "in", ["a.png", "b.png"])
    other = pictures(tmp_path / "other", ["a.png"])
    out = tmp_path / "out"
    with pytest.raises(InputError, match=r"got 2 pictures, keypoints \(3, 3, 2\)"):
        run(images, out, 3)
    with pytest.raises(InputError, match="there is no folder .*none of pictures"):
        run(tmp_path / "none", out, 1)
    with pytest.raises(InputError, match="clip.avi is no .png or .jpg or .jpeg"):
        run([tmp_path / "clip.avi"], out, 1)
    with pytest.raises(InputError, match="two pictures have the same name"):
        run([images / "a.png", other / "a.png"], out, 2)
    (images / "b.png").write_bytes(b"\x89PNG\r\n\x1a\n no picture")
    with pytest.raises(InputError, match="cannot read the picture .*b.png"):
        run([images / "b.png"], out, 1)
