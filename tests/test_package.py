"""The structure of the package: who imports whom, and how large things are."""

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import posegcn

PACKAGE = Path(posegcn.__file__).parent

# A module imports only from the floors below its own; files of one folder may import each other
# as long as there is no circle.
FLOORS = (
    ("version", "errors"),
    ("files", "devices", "skeleton", "camera"),
    ("skeletons", "rotation", "rig"),
    ("graph", "metrics"),
    ("pooling",),
    ("layers",),
    ("models", "data", "keypoints"),
    ("recipes", "viz"),
    ("checkpoints", "suites", "doctor"),
    ("folding", "rewiring", "published"),
    ("prediction",),
    ("evaluation",),
    ("robustness", "training", "baselines", "inspection", "lifting", "lifter", "export"),
    ("outputs", "labs", "outcomes"),
    ("reproduce", "benchmark"),
    ("cli",),
)
FLOOR_OF = {name: floor for floor, names in enumerate(FLOORS) for name in names}
PICTURES = {"matplotlib", "plotly", "ipywidgets", "IPython", "anywidget", "traitlets"}


def modules():
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        yield ".".join(part for part in parts if part != "__init__"), path


def imports(path):
    """Names of all modules that a file imports, also inside functions."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner.removeprefix("posegcn.") in SOURCES else node.module


SOURCES = {name: path for name, path in modules() if name not in ("", "__main__")}
every_module = pytest.mark.parametrize("name", SOURCES)


def ours(name):
    """Modules of the package that a module imports.

    Of ``from posegcn.data import cmu`` it is the module ``cmu``, not what the folder offers.
    """
    found = {m.removeprefix("posegcn.") for m in imports(SOURCES[name]) if m.startswith("posegcn.")}
    return {module for module in found if module in SOURCES and module != name}


@every_module
def test_imports_point_downwards(name):
    folder = name.split(".")[0]
    for imported in ours(name):
        other = imported.split(".")[0]
        assert other == folder or FLOOR_OF[other] < FLOOR_OF[folder], f"{name} imports {imported}"


def test_no_circles():
    TopologicalSorter({name: ours(name) for name in SOURCES}).prepare()


@every_module
def test_only_viz_makes_pictures(name):
    libraries = {module.split(".")[0] for module in imports(SOURCES[name])}
    assert name.split(".")[0] in ("viz", "labs") or not libraries & PICTURES


@every_module
def test_files_and_functions_are_short(name):
    text = SOURCES[name].read_text()
    assert len(text.splitlines()) <= 220
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            length = body[-1].end_lineno - body[0].lineno + 1 if body else 0
            assert length <= 40, f"{node.name} has {length} lines"


def run(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)


def test_import_pulls_in_no_picture_library():
    done = run(f"import posegcn, sys; print({PICTURES!r} & set(sys.modules))")
    assert done.stdout.strip() == "set()", done.stderr


def test_import_needs_torch_and_numpy_alone():
    """Everything else that is installed is hidden, except what torch itself brings."""
    code = """
import sys, torch, numpy.random
class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.split('.')[0] in {'safetensors', 'tqdm', 'matplotlib', 'plotly', 'tensorboard'}:
            raise ModuleNotFoundError(name)
before = set(sys.modules)
sys.meta_path.insert(0, Hidden())
import posegcn
new = {name.split('.')[0] for name in set(sys.modules) - before}
print(sorted(new - set(sys.stdlib_module_names) - {'torch', 'numpy', 'posegcn'}))
"""
    done = run(code)
    assert done.stdout.strip() == "[]", done.stderr


def test_public_names_exist():
    for name in posegcn.__all__:
        assert getattr(posegcn, name) is not None


def test_version_is_that_of_the_changelog():
    changelog = (PACKAGE.parent / "CHANGELOG.md").read_text()
    assert f"## {posegcn.__version__}" in changelog
