"""The notebooks as files: their template, what they store, and that a wrong store is noticed."""

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import yaml

ROOT = Path(__file__).parents[2]
PATHS = sorted((ROOT / "book").glob("*.ipynb"))
CHECKED = "nbval-check-output"

each = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


def read(path):
    return nbformat.read(path, as_version=4)


def code_cells(path):
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def text_of(path):
    return "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")


def tags(cell):
    return cell.metadata.get("tags", [])


def test_all_of_them_are_in_the_table_of_contents():
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text())
    files = [contents["root"]]
    files += [chapter["file"] for part in contents["parts"] for chapter in part["chapters"]]
    listed = {name for name in files if (ROOT / f"{name}.ipynb").is_file()}
    assert listed == {f"book/{path.stem}" for path in PATHS}


@each
def test_template(path):
    text = text_of(path)
    assert text.startswith("# ")
    assert "> **Question.**" in text
    for heading in ("## Where we differ from the papers", "## Exercises"):
        assert heading in text, heading
    assert len(re.findall(r"^\d\. \*\*", text.split("## Exercises")[1], flags=re.MULTILINE)) == 3
    last = read(path).cells[-1].source
    target = re.search(r"^Next: \[.*\]\((\w+)\)", last).group(1)
    assert any((ROOT / "book" / f"{target}{suffix}").is_file() for suffix in (".ipynb", ".md"))


@each
def test_size_and_first_cell(path):
    assert len(read(path).cells) <= 40
    first = code_cells(path)[0].source
    assert first.startswith(("import ", "from "))
    assert "import posegcn as pg" in first


@each
def test_nothing_of_one_machine(path):
    for cell in read(path).cells:
        assert not re.search(r"(?<![\w.])/(home|root|work|tmp|Users)/", cell.source)
        assert "sys.path" not in cell.source


@each
def test_solutions_are_folded_and_checked(path):
    solutions = [cell for cell in code_cells(path) if cell.source.startswith("# Solutions")]
    assert len(solutions) == 1
    assert "assert" in solutions[0].source
    folded = [cell for cell in read(path).cells if "hide-cell" in tags(cell)]
    assert folded == solutions  # pages call what is folded whole "the solutions"


@each
def test_figures_have_a_sentence_as_caption(path):
    figures = [cell for cell in code_cells(path) if "mystnb" in cell.metadata]
    assert figures
    for cell in figures:
        assert cell.metadata["mystnb"]["figure"]["caption"].endswith(".")
        assert cell.source.endswith("plt.show()")


@each
def test_outputs_are_stripped_but_for_the_checked_ones(path):
    for cell in code_cells(path):
        kept = "keep_output" in tags(cell)
        assert kept == (CHECKED in tags(cell))
        assert bool(cell.outputs) == kept
        # Without a count nbval does not compare anything.
        assert cell.execution_count is not None


def test_some_outputs_are_checked_and_they_are_text():
    checked = [cell for path in PATHS for cell in code_cells(path) if CHECKED in tags(cell)]
    assert len(checked) >= 5
    for cell in checked:
        assert [output.output_type for output in cell.outputs] == ["stream"]


@pytest.mark.slow
def test_a_wrong_stored_output_is_noticed(tmp_path):
    """Change one digit of one stored output: the notebook must fail as a test."""
    path = ROOT / "book" / "03_skeleton_as_graph.ipynb"
    notebook = read(path)
    cell = next(cell for cell in notebook.cells if CHECKED in tags(cell))
    assert "joints  16" in cell.outputs[0].text
    cell.outputs[0].text = cell.outputs[0].text.replace("joints  16", "joints  17")
    # Only up to the mutated cell; what follows is tested as it stands.
    notebook.cells = notebook.cells[: notebook.cells.index(cell) + 1]
    wrong = tmp_path / "wrong.ipynb"
    nbformat.write(notebook, wrong)
    options = ["--nbval-lax", "--nbval-current-env", "-p", "no:cacheprovider", "-p", "no:xdist"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "--rootdir", str(tmp_path), str(wrong)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "POSEGCN_FAST": "1"},
    )
    assert done.returncode == 1, done.stdout
    assert "1 failed" in done.stdout
    assert "joints  17" in done.stdout
