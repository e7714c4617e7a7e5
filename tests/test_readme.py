"""What the README tells a reader to type works as it stands there."""

import re
import shlex
from pathlib import Path

import pytest

from posegcn.cli import main

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def lines(program):
    found = [line for block in blocks("sh") for line in block.splitlines()]
    return [shlex.split(line, comments=True)[1:] for line in found if line.startswith(program)]


@pytest.mark.slow
def test_commands(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    commands = lines("posegcn ")
    assert [words[0] for words in commands] == ["list", "train", "evaluate"]
    for words in commands:
        assert main(words) == 0, capsys.readouterr().err


@pytest.mark.slow
def test_python(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (code,) = blocks("python")
    exec(code, {})
    assert "mean of actions" in capsys.readouterr().out


def test_make_targets_exist():
    makefile = (ROOT / "Makefile").read_text()
    for words in lines("make "):
        assert re.search(rf"^{words[0]}:", makefile, flags=re.MULTILINE)


def test_pictures_and_links_exist():
    for target in re.findall(r"\]\(([^)]+)\)", README):
        assert (ROOT / target).is_file(), target


def test_says_where_the_motion_comes_from():
    text = " ".join(README.split())
    assert "obtained from mocap.cs.cmu.edu" in text
    assert "funding from NSF EIA-0196217" in text
