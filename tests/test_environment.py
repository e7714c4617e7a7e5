"""``pyproject.toml`` is the one list of requirements; ``environment.yml`` only wraps it."""

import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_environment_file_is_a_thin_wrapper():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    python, pip, packages = environment["dependencies"]
    assert python == f"python{PROJECT['requires-python']}"
    assert pip == "pip"
    (install,) = packages["pip"]
    assert install.startswith("-e .[")
    extras = install.removeprefix("-e .[").removesuffix("]").split(",")
    assert set(extras) <= set(PROJECT["optional-dependencies"])
    assert f'"{install.removeprefix("-e ")}"' in (ROOT / "Makefile").read_text()


def test_range_of_torch_stays_open():
    (torch,) = [line for line in PROJECT["dependencies"] if line.startswith("torch")]
    assert torch == "torch>=2.6"


def test_extras_of_the_user_are_there():
    assert {"book", "test", "export"} <= set(PROJECT["optional-dependencies"])
    assert PROJECT["scripts"]["posegcn"] == "posegcn.cli:main"
