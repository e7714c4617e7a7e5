"""The built book: no warnings, and nothing on any page asks another host for anything."""

import json
import re

import posegcn_book as book
import pytest
from support.site import GIVEN, ROOT


@pytest.mark.slow
def test_every_chapter_is_a_page(site):
    for path in (ROOT / "book").glob("*.ipynb"):
        assert (site / "book" / f"{path.stem}.html").is_file()
    assert (site / "index.html").is_file()


@pytest.mark.slow
@pytest.mark.parametrize(
    "path", sorted((ROOT / "book").glob("*.ipynb")), ids=lambda path: path.stem
)
def test_chapters_end_with_their_papers_and_times(site, path):
    text = (site / "book" / f"{path.stem}.html").read_text()
    assert ('<ul class="references' in text) == ("{cite" in path.read_text())
    assert len(re.findall(r"This page ran in \d+ s on ", text)) == bool(GIVEN)


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


@pytest.mark.parametrize(
    "name",
    ["posegcn/code.py", "posegcn/labs/js/lab.js", "book/results/a.json", "book/weights/a.bin"],
)
def test_what_pages_run_with_changes_the_cache(tmp_path, monkeypatch, name):
    source = tmp_path / name
    source.parent.mkdir(parents=True)
    monkeypatch.setattr(book, "ROOT", tmp_path)
    source.write_text("a = 1")
    before = book.cache_key()
    (tmp_path / "posegcn" / "__pycache__").mkdir(parents=True)
    (tmp_path / "posegcn" / "__pycache__" / "code.pyc").write_text("compiled")
    assert book.cache_key() == before
    source.write_text("a = 2")
    assert book.cache_key() != before
    source.write_text("a = 1")
    monkeypatch.setattr(book, "machine", lambda: "another one")
    assert book.cache_key() != before


def test_results_name_the_command_that_made_them():
    for path in (ROOT / "book" / "results").rglob("*.json"):
        stored = json.loads(path.read_text())
        assert "import posegcn" in stored.get("code", "") or stored["command"].startswith(
            "posegcn "
        ), path
