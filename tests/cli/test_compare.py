import json
import re
from pathlib import Path

import pytest

RESULTS = Path(__file__).parents[2] / "book" / "results"
LAYERS = sorted((RESULTS / "cmu").glob("layer-*[!y]-seed?.json"))


@pytest.fixture
def two(posegcn, trained, cmu, tmp_path):
    """Results of one network, with flip averaging and without."""
    files = [tmp_path / "plain.json", tmp_path / "flip.json"]
    for file, flip in zip(files, ([], ["--flip"]), strict=True):
        assert posegcn("evaluate", trained, "--data", cmu, *flip, "--json", file)[0] == 0
    return files


def test_results_of_one_protocol_are_ranked(posegcn):
    code, out, _ = posegcn("compare", *LAYERS, RESULTS / "baselines_cmu_17.json")
    assert code == 0
    lines = out.splitlines()
    head = "rank name P1 P2 P1, 95 % behind the first frames seeds file"
    assert lines[0].split() == head.split()
    assert lines[1].split()[:5] == ["1", "residual_gcn-nosharing-h36m-gt", "64.48", "±", "0.93"]
    assert lines[12].split()[:4] == ["12", "mean", "pose", "200.58"]
    assert "keypoints    exact" in out
    assert lines[-1].startswith("all networks with skeleton=h36m_17 learning_rate=0.004 epochs=1")


def test_two_networks_on_the_same_poses_are_paired(posegcn, trained, two, cmu, quick, tmp_path):
    other = tmp_path / "other"
    training = ("train", "linear-h36m-gt", "--data", cmu, "--out", other, "--quiet")
    assert posegcn(*training, *quick[:4])[0] == 0
    file = tmp_path / "other.json"
    assert posegcn("evaluate", other, "--data", cmu, "--json", file)[0] == 0
    code, out, _ = posegcn("compare", two[0], file, "--json")
    assert code == 0
    first, second = json.loads(out)["rows"]
    assert first["behind"] is None
    assert second["behind"]["mean"] == pytest.approx(second["mean"]["P1"] - first["mean"]["P1"])


def test_ranking_as_json_alone_on_stdout(posegcn):
    code, out, _ = posegcn("compare", *LAYERS[:6], "--json")
    content = json.loads(out)
    assert code == 0
    assert [row["rank"] for row in content["rows"]] == [1, 2]
    assert content["rows"][0]["seeds"] == [0, 1, 2]
    assert content["protocol"]["joints"] == "17, root included"


def test_flip_against_no_flip_is_refused_in_one_line(posegcn, two):
    code, out, error = posegcn("compare", *two)
    assert (code, out) == (2, "")
    head, line = error.splitlines()
    assert head == "posegcn: these results do not follow one known protocol"
    assert line == f"  flip: false ({two[0]}) | true ({two[1]})"


def test_frame_against_action_average_is_refused(posegcn, trained, cmu, two, tmp_path):
    by_frame = tmp_path / "frame.json"
    arguments = ("--average", "frame", "--json", by_frame)
    assert posegcn("evaluate", trained, "--data", cmu, *arguments)[0] == 0
    code, _, error = posegcn("compare", two[0], by_frame)
    assert code == 2
    assert f"averaging: action ({two[0]}) | frame ({by_frame})" in error
    content = json.loads(by_frame.read_text())
    assert content["card"]["averaging"] == "frame"
    assert content["mean"] == json.loads(two[0].read_text())["mean"]  # both means stay


def test_a_result_is_not_written_over(posegcn, two, tmp_path):
    before = two[0].read_text()
    code, _, error = posegcn("compare", "--json", two[0], *LAYERS[:2])
    assert code == 2
    assert "is a result itself; --json comes last" in error
    assert two[0].read_text() == before
    for _ in range(2):  # a comparison may be
        assert posegcn("compare", *LAYERS[:6], "--json", tmp_path / "ranks.json")[0] == 0


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (["{tmp}/none.json", "{tmp}/text"], "cannot read {tmp}/none.json"),
        (["{tmp}/text", "{tmp}/list.json"], "{tmp}/text is no JSON file"),
        (["{tmp}/list.json", "{tmp}/other.json"], "{tmp}/list.json holds no report"),
        (["{tmp}/list.json", "{tmp}/list.json"], "{tmp}/list.json is given twice"),
        (["{tmp}/list.json"], "takes two results or more"),
        (["{tmp}", "{tmp}/text"], "cannot read {tmp}: "),
        (["{tmp}/bytes", "{tmp}/text"], "{tmp}/bytes is no JSON file"),
    ],
)
def test_bad_files_are_one_sentence(posegcn, tmp_path, files, message):
    (tmp_path / "text").write_text("no json")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "list.json").write_text("[1, 2]")
    (tmp_path / "other.json").write_text('{"card": {"subjects": ["C02"]}, "mean": {}}')
    code, out, error = posegcn("compare", *(file.format(tmp=tmp_path) for file in files))
    assert (code, out) == (2, "")
    assert message.format(tmp=tmp_path) in error
    assert error.count("\n") == 1


def test_what_seeds_tell_and_what_single_recordings_hide_is_printed(posegcn):
    many = [file for file in LAYERS if "semantic-" in file.name or "modulated" in file.name]
    _, out, _ = posegcn("compare", *many)
    assert re.search(r"\+21\.92 ± 2\.42 \[", out.splitlines()[2])
    assert "only one recording each, which adds nothing to the intervals: jump" in out
    one_seed = [file for file in many if "semantic-seed0" in file.name or "modulated" in file.name]
    _, out, _ = posegcn("compare", *one_seed)
    assert " ± ? [" in out.splitlines()[2]
