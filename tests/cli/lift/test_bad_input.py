"""One sentence for what cannot be lifted or written, and nothing is lost."""

import pytest
from support.lifted import SIZE, one, results


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"--image-size": None}, "does not say how large the image is: give --image-size"),
        ({"--image-size": "1000"}, "expected WIDTHxHEIGHT, as 1920x1080, got '1000'"),
        ({"--out": "motion.fbx"}, "unknown suffix of an output '.fbx'"),
        ({"--gaps": "drop"}, "unknown policy 'drop'"),
        ({"--smooth": True}, "smoothing needs the frames per second"),
        ({"--frame": "world"}, "unknown frame 'world'"),
        ({"--focal": "0"}, "expected a focal length from 0.1 to 100 times the longer side"),
        ({"--focal": "1e30"}, "expected a focal length from 0.1 to 100 times the longer side"),
        ({"--least-confidence": "nan"}, "expected a least confidence from 0 to 1, got nan"),
        ({"--image-size": "9" * 50}, "expected WIDTHxHEIGHT, as 1920x1080, got '99999999999"),
        ({"--images": "pictures"}, "--images and --overlay belong together"),
        ({"--model": "nothing.safetensors"}, "nothing.safetensors"),
        ({"--format": "openpose"}, "read as openpose"),
    ],
)
def test_bad_input_is_one_sentence(posegcn, model, file, tmp_path, changes, sentence):
    words = {"--model": model, "--image-size": "1000x1000", "--out": tmp_path / "m.npz", **changes}
    arguments = []
    for name, value in words.items():
        if value is not None:
            arguments += [name] if value is True else [name, value]
    code, out, error = posegcn("lift", file, *arguments)
    assert (code, out) == (2, "")
    assert sentence in error
    assert error.count("\n") == 1
    assert not (tmp_path / "m.npz").exists()


def test_nothing_is_written_over_and_no_file_serves_twice(posegcn, model, file, tmp_path):
    out, told = tmp_path / "motion.json", tmp_path / "told.json"
    words = ("lift", file, "--model", model, *SIZE, "--out", out)
    told.write_text("mine")
    for json_file, sentence in ((told, "exists already"), (out, "is wanted for two things")):
        code, _, error = posegcn(*words, "--json", json_file)
        assert code == 2
        assert sentence in error
    assert told.read_text() == "mine"
    assert not out.exists()
    code, _, error = posegcn("lift", file, "--model", model, *SIZE, "--out", file, "--force")
    assert code == 2
    assert "is wanted for two things" in error


def test_parts_of_the_image_are_refused_with_the_cure(posegcn, model, pixels, tmp_path):
    people = enumerate(map(one, pixels / 1000))
    file = results(tmp_path / "parts.json", people)
    words = ("lift", file, "--model", model, *SIZE, "--out", tmp_path / "m.npz")
    code, out, error = posegcn(*words)
    assert (code, out) == (2, "")
    assert error.startswith(f"posegcn: {file}: coordinates lie between")
    assert "not pixels; multiply them out with the size of the image" in error
    assert not (tmp_path / "m.npz").exists()
