import re
import subprocess

import pytest
from support.node import NODE, needs_node

from posegcn.labs.bundle import LABS, SOURCES, notebook_module, page_script

FILES = sorted(SOURCES.glob("*.js"))
TOP_LEVEL = re.compile(r"^(?:export )?(?:async )?(?:function|const|let|class) (\w+)", re.MULTILINE)


@pytest.mark.parametrize("lab", LABS)
def test_a_notebook_module_imports_nothing(lab):
    text = notebook_module(lab)
    assert not re.search(r"^\s*import\b", text, flags=re.MULTILINE)
    assert len(re.findall(r"^export ", text, flags=re.MULTILINE)) == 1


@needs_node
@pytest.mark.parametrize("lab", LABS)
def test_a_notebook_module_offers_render(lab, tmp_path):
    path = tmp_path / "lab.mjs"
    path.write_text(notebook_module(lab))
    code = f'import lab from "{path.as_uri()}"; console.log(typeof lab.render);'
    done = subprocess.run(
        [NODE, "--input-type=module", "--eval", code], capture_output=True, text=True
    )
    assert done.stdout.strip() == "function", done.stderr


@needs_node
def test_the_page_script_is_a_classic_script(tmp_path):
    path = tmp_path / "labs.cjs"
    path.write_text(page_script())
    done = subprocess.run([NODE, "--check", path], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert not re.search(r"^(import|export)\b", path.read_text(), flags=re.MULTILINE)


def test_no_name_is_used_twice():
    """Modules are put together into one: a name of the top level must be the only one."""
    names = [name for path in FILES for name in TOP_LEVEL.findall(path.read_text())]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_files_are_short_and_begin_with_what_they_are(path):
    lines = path.read_text().splitlines()
    assert lines[0].startswith("// ")
    assert len(lines) <= 250
    assert max(map(len, lines)) <= 100
