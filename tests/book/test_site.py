"""The built book: no warnings, and nothing on any page asks another host for anything."""

import importlib.util
import json
import re

import pytest
from support.site import ROOT


@pytest.mark.slow
def test_every_chapter_is_a_page(site):
    for path in (ROOT / "book").glob("*.ipynb"):
        assert (site / "book" / f"{path.stem}.html").is_file()
    assert (site / "index.html").is_file()


@pytest.mark.slow
def test_no_page_loads_from_another_host(site, read):
    for page in read.values():
        for target in page.loads:
            assert not re.match(r"(https?:)?//", target), f"{page.path.name} loads {target}"
    for sheet in site.rglob("*.css"):
        assert not re.search(r"(@import|url\()\s*['\"]?(https?:)?//", sheet.read_text()), sheet


@pytest.mark.slow
def test_everything_a_page_loads_is_there(read):
    for page in read.values():
        for target in page.loads:
            path = target.split("?")[0].split("#")[0]
            if path and not path.startswith("data:"):
                assert (page.path.parent / path).is_file(), f"{page.path.name} loads {path}"


@pytest.mark.slow
def test_plotly_and_mathematics_are_local(site):
    static = site / "_static"
    assert (static / "plotly.min.js").stat().st_size > 1_000_000
    assert (static / "mathjax" / "tex-chtml.js").is_file()
    fonts = static / "mathjax" / "output" / "chtml" / "fonts" / "woff-v2"
    assert len(list(fonts.glob("*.woff"))) == 23


def extension():
    spec = importlib.util.spec_from_file_location(
        "posegcn_book", ROOT / "book" / "_ext" / "posegcn_book.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_changed_package_code_changes_the_cache(tmp_path, monkeypatch):
    module = extension()
    (tmp_path / "posegcn").mkdir()
    source = tmp_path / "posegcn" / "code.py"
    monkeypatch.setattr(module, "ROOT", tmp_path)
    source.write_text("a = 1")
    before = module.package_hash()
    assert module.package_hash() == before
    source.write_text("a = 2")
    assert module.package_hash() != before


def test_results_name_the_command_that_made_them():
    for path in (ROOT / "book" / "results").rglob("*.json"):
        stored = json.loads(path.read_text())
        assert "import posegcn" in stored.get("code", "") or stored["command"].startswith(
            "posegcn "
        ), path
