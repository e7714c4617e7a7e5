import pytest
import torch
from matplotlib.colors import to_rgb
from PIL import Image

from posegcn import InputError
from posegcn.skeleton import Skeleton
from posegcn.viz import LEFT, MIDLINE, Overlaid, overlay

ARM = Skeleton.from_tree("arm", {"chest": None, "lhand": "chest", "rhand": "chest"})
JOINTS = torch.tensor([[500.0, 400], [900, 400], [100, 400]])


def pictures(folder, names, size=(1000, 800)):
    folder.mkdir()
    for name in names:
        Image.new("RGB", size, "#404040").save(folder / name)
    return folder


def person(frames, move=0):
    joints = JOINTS.expand(len(frames), 3, 2) + move
    return Overlaid(torch.as_tensor(frames), joints + 200, joints, ARM)


def run(images, folder, frames, **options):
    return overlay(images, [person(range(frames))], folder, **options).files


def pixel(path, place):
    with Image.open(path) as picture:
        return picture.getpixel(place)


def close_to(colour, pixel):
    return all(abs(round(255 * a) - b) < 6 for a, b in zip(to_rgb(colour), pixel, strict=True))


def test_bones_and_keypoints_are_drawn_where_they_are(tmp_path):
    images = pictures(tmp_path / "in", ["a.png"])
    (path,) = run(images, tmp_path / "out", 1)
    with Image.open(path) as picture:
        assert picture.size == (1000, 800)
        assert close_to(LEFT, picture.getpixel((750, 400)))
        assert picture.getpixel((500, 50)) == (64, 64, 64)
        around = [picture.getpixel((700 + x, 600)) for x in range(-9, 10)]
        assert max(map(min, around)) > 200  # the white of a ring
    with Image.open(images / "a.png") as picture:
        assert picture.getcolors() == [(800_000, (64, 64, 64))]


def test_grey_bones_are_seen_on_grey_pictures(tmp_path):
    images = tmp_path / "in"
    images.mkdir()
    Image.new("RGB", (1000, 800), MIDLINE).save(images / "a.png")
    trunk = Skeleton.from_tree("trunk", {"hip": None, "thorax": "hip"})
    ends = torch.tensor([[[500.0, 300], [500, 600]]])
    seen = Overlaid(torch.tensor([0]), torch.full((1, 2, 2), torch.nan), ends, trunk)
    (path,) = overlay(images, [seen], tmp_path / "out").files
    across = [pixel(path, (x, 450)) for x in range(490, 511)]
    assert close_to(MIDLINE, across[10])
    assert min(map(max, across[:10])) < 40
    assert min(map(max, across[11:])) < 40


def test_pictures_are_matched_by_the_numbers_of_their_frames(tmp_path):
    names = [f"clip_{number:03}.png" for number in range(150)]
    images = pictures(tmp_path / "in", names, size=(300, 240))
    done = overlay(images, [person(range(20, 150), move=-390)], tmp_path / "out")
    assert (len(done.files), done.num_drawn, done.num_without_picture) == (150, 130, 0)
    assert done.files[19].read_bytes() == (images / names[19]).read_bytes()
    assert done.files[20].read_bytes() != (images / names[20]).read_bytes()


@pytest.mark.parametrize(
    ("first_picture", "frames", "drawn"),
    [
        (1, range(10), range(1, 11)),  # the detector counts from 0
        (0, range(1, 11), range(10)),  # the detector counts from 1
        (1, range(3, 6), range(3, 6)),
        (100, range(103, 106), range(103, 106)),
    ],
)
def test_programs_count_from_0_or_from_1(tmp_path, first_picture, frames, drawn):
    names = {number: f"{number}.png" for number in range(first_picture, first_picture + 10)}
    images = pictures(tmp_path / "in", names.values(), size=(300, 240))
    done = overlay(images, [person(frames, move=-390)], tmp_path / "out")
    assert done.num_drawn == len(frames)
    for number, path in zip(names, done.files, strict=True):
        is_copy = path.read_bytes() == (images / names[number]).read_bytes()
        assert is_copy == (number not in drawn)


def test_everybody_is_drawn_and_frames_without_picture_are_counted(tmp_path):
    images = pictures(tmp_path / "in", ["0.png", "1.png"])
    people = [person(range(2)), person(range(1, 4), move=100)]
    done = overlay(images, people, tmp_path / "out")
    assert (done.num_drawn, done.num_without_picture) == (2, 2)
    first, second = (pixel(path, (850, 500)) for path in done.files)
    assert not close_to(LEFT, first)
    assert close_to(LEFT, second)


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
    people = [Overlaid(torch.tensor([0]), keypoints, joints[None], ARM)]
    (path,) = overlay([images / "a.png"], people, tmp_path / "out").files
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
    with pytest.raises(InputError, match="have the numbers 0 to 1, the frames 70 to 72; name each"):
        overlay(images, [person(range(70, 73))], out)
    small = pictures(tmp_path / "small", ["a.png"], size=(100, 80))
    with pytest.raises(InputError, match="100x80, expected 1000x800, the size of the image"):
        run(small, out, 1, image_size=(1000, 800))
    with pytest.raises(InputError, match="there is no picture in .*empty, expected .png"):
        run(pictures(tmp_path / "empty", []), out, 1)
    with pytest.raises(InputError, match="there is no folder .*none of pictures"):
        run(tmp_path / "none", out, 1)
    with pytest.raises(InputError, match="clip.avi is no .png or .jpg or .jpeg"):
        run([tmp_path / "clip.avi"], out, 1)
    with pytest.raises(InputError, match="two pictures have the same name"):
        run([images / "a.png", other / "a.png"], out, 2)
    (images / "b.png").write_bytes(b"\x89PNG\r\n\x1a\n no picture")
    with pytest.raises(InputError, match="cannot read the picture .*b.png"):
        run([images / "b.png"], out, 1)
