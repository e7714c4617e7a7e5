"""Every layer and network from the command line: train, refine, evaluate, write and read back."""

import json

import pytest
import torch

from posegcn import list_layers, load_checkpoint


@pytest.mark.parametrize("layer", [name for name in list_layers() if name != "adaptive"])
def test_every_layer_trains_in_the_stacked_hourglass(posegcn, cmu, tmp_path, layer):
    recipe = f"graphsh-{layer}-h36m-gt"
    tiny = ("--epochs", "1", "--set", "model.channels=4", "--set", "model.stacks=2")
    code, _, error = posegcn("train", recipe, "--data", cmu, "--out", tmp_path, "--quiet", *tiny)
    assert code == 0, error
    code, out, _ = posegcn("evaluate", tmp_path, "--data", cmu, "--json")
    assert code == 0
    assert json.loads(out)["card"]["recipe"] == recipe


def test_a_published_pyramid_for_17_joints_is_one_sentence(posegcn, cmu, tmp_path):
    recipe = ("train", "graphsh-dc_preagg-h36m-cpn", "--set", "model.pyramid=published")
    code, _, error = posegcn(*recipe, "--data", cmu, "--out", tmp_path)
    assert code == 2
    assert "the pyramid of the public code is that of 'h36m_16'" in error
    assert len(error.splitlines()) == 1


@pytest.fixture
def refined(posegcn, cmu, quick, tmp_path):
    """Both stages: the lifter, then the lifter with its refinement."""
    stages = (
        ("modulated_gcn-h36m-cpn", tmp_path / "one"),
        ("modulated_gcn_refined-h36m-cpn", tmp_path / "two", "--start", tmp_path / "one"),
    )
    for recipe, folder, *start in stages:
        code, _, error = posegcn(
            "train", recipe, "--data", cmu, "--out", folder, "--quiet", *start, *quick
        )
        assert code == 0, error
    return tmp_path / "two"


def test_the_second_stage_starts_from_the_first(refined):
    model, card = load_checkpoint(refined)
    assert card["start"].endswith("one")
    assert model.inputs == ("keypoints", "intrinsics")


def test_the_true_depth_of_the_root_is_used_by_name_only(posegcn, refined, cmu):
    inputs, errors = {}, {}
    for name in ("estimated", "published"):
        code, out, _ = posegcn("evaluate", refined, "--data", cmu, "--root-depth", name, "--json")
        assert code == 0
        report = json.loads(out)
        inputs[name], errors[name] = report["card"]["inputs"], report["pooled"]["P1"]
    assert errors["estimated"] != errors["published"]
    assert inputs["estimated"] == ["keypoints", "intrinsics"]
    assert inputs["published"] == ["keypoints", "intrinsics", "root"]
    _, by_default, _ = posegcn("evaluate", refined, "--data", cmu, "--flip", "--json")
    assert json.loads(by_default)["card"]["inputs"] == inputs["estimated"]


def test_evaluation_of_a_refined_network_repeats_itself(posegcn, refined, cmu):
    """The public program leaves dropout on."""
    reports = [posegcn("evaluate", refined, "--data", cmu, "--json")[1] for _ in range(2)]
    assert json.loads(reports[0])["actions"] == json.loads(reports[1])["actions"]


def test_refined_networks_are_exported_and_imported_as_two_files(posegcn, refined, cmu, tmp_path):
    lifter, gates = tmp_path / "gcn.pth", tmp_path / "refine.pth"
    assert posegcn("export", refined, "--out", lifter, "--refinement", gates)[0] == 0
    back = tmp_path / "back.safetensors"
    code, out, _ = posegcn("import", lifter, "--refinement", gates, "--out", back)
    assert code == 0
    assert "the refinement was trained with the true depth of the root" in out
    errors = [
        json.loads(posegcn("evaluate", path, "--data", cmu, "--json")[1])["actions"]
        for path in (refined, back)
    ]
    assert errors[0] == errors[1]
    code, _, error = posegcn("export", refined, "--out", lifter)
    assert (code, len(error.splitlines())) == (2, 1)
    assert "--out and --refinement" in error
    code, _, error = posegcn("import", gates, "--out", back)
    assert (code, len(error.splitlines())) == (2, 1)
    assert "is a pose refinement alone" in error


def test_export_then_import(posegcn, trained, tmp_path):
    path, back = tmp_path / "ckpt.pth.tar", tmp_path / "back.safetensors"
    code, out, _ = posegcn("export", trained, "--out", path)
    assert (code, out.strip()) == (0, f"written to {path}")
    assert posegcn("import", path, "--out", back)[0] == 0
    keypoints = torch.randn(2, 16, 2)
    before, after = (load_checkpoint(file)[0] for file in (trained, back))
    assert torch.equal(before(keypoints), after(keypoints))


def test_export_overwrites_only_with_force(posegcn, trained, tmp_path):
    for name in ("ckpt.pth.tar", "model.onnx"):
        path = tmp_path / name
        path.write_text("mine")
        code, out, error = posegcn("export", trained, "--out", path)
        assert (code, out) == (2, "")
        assert "exists already: choose another name, or overwrite it by force" in error
        assert path.read_text() == "mine"
    assert posegcn("export", trained, "--out", tmp_path / "ckpt.pth.tar", "--force")[0] == 0
    assert (tmp_path / "ckpt.pth.tar").read_bytes() != b"mine"


@pytest.mark.slow
def test_export_as_onnx(posegcn, trained, tmp_path):
    onnxruntime = pytest.importorskip("onnxruntime")
    path = tmp_path / "model.onnx"
    code, out, error = posegcn("export", trained, "--out", path)
    assert (code, out.strip(), error) == (0, f"written to {path}", "")
    keypoints = torch.randn(3, 16, 2)
    (joints,) = onnxruntime.InferenceSession(path).run(None, {"keypoints": keypoints.numpy()})
    expected = load_checkpoint(trained)[0](keypoints)
    torch.testing.assert_close(torch.from_numpy(joints), expected, rtol=0, atol=1e-4)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("export", "{run}", "--out", "x.pt"), ".pth and .pth.tar files, others .onnx, got 'x.pt'"),
        (("export", "{run}", "--out", "a.pth", "--refinement", "b.pth"), "with --out alone"),
        (("export", "{run}", "--out", "a.pth", "--refinement", "./a.pth"), "should be two files"),
        (("evaluate", "{run}", "--root-depth", "true"), "unknown root depth 'true'"),
        (("evaluate", "{run}", "--root-depth", "published"), "and this one has none"),
        (("train", "linear-h36m-gt", "--start", "{run}"), "has channels 8, this network 1024"),
        (("train", "semgcn-h36m-gt", "--start", "nowhere"), "there is no checkpoint nowhere"),
        (("train", "modulated_gcn-h36m-cpn", "--start", "{run}"), "lifts skeleton 'h36m_16'"),
    ],
)
def test_bad_input_is_one_sentence(
    posegcn, trained, cmu, tmp_path, monkeypatch, arguments, message
):
    monkeypatch.chdir(tmp_path)
    command = [str(word).format(run=trained) for word in arguments]
    if command[0] != "export":
        command += ["--data", cmu]
    if command[0] == "train":
        command += ["--out", "new"]
    code, _, error = posegcn(*command)
    assert code == 2, error
    assert message in error
    assert len(error.splitlines()) == 1
    assert not list(tmp_path.glob("*.pth"))
