"""The built book: no warnings, and nothing on any page asks another host for anything."""

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
LOADING = {
    ("script", "src"),
    ("img", "src"),
    ("iframe", "src"),
    ("source", "src"),
    ("video", "src"),
    ("link", "href"),
}
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")


class Loads(HTMLParser):
    """What a page makes the browser fetch."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if tag == "link" and values.get("rel") in ("canonical", "author", "search", "next", "prev"):
            return
        self.found += [values[name] for t, name in LOADING if t == tag and values.get(name)]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The book built from clean, with the notebooks as they stand instead of executed."""
    target = tmp_path_factory.mktemp("site")
    config = yaml.safe_load((ROOT / "_config.yml").read_text())
    config["execute"]["execute_notebooks"] = "off"
    config["sphinx"]["local_extensions"] = {"posegcn_book": str(ROOT / "book" / "_ext")}
    (target / "config.yml").write_text(yaml.safe_dump(config))
    builder = Path(sys.executable).with_name("jupyter-book")
    options = ["--path-output", str(target), "--config", str(target / "config.yml")]
    done = subprocess.run(
        [builder, "build", str(ROOT), *options, "-W", "-n", "--keep-going"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return target / "_build" / "html"


def pages(site):
    """Pages a reader can open; the theme keeps templates under _static."""
    return sorted(page for page in site.rglob("*.html") if "_static" not in page.parts)


def loaded_by(page):
    parser = Loads()
    parser.feed(page.read_text())
    return parser.found


def asked_by(page, folder):
    """Addresses on other hosts that a page makes Chromium ask for, found or not."""
    log = folder / "net.json"
    subprocess.run(
        [
            *(CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"),
            *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
            *(f"--user-data-dir={folder / 'profile'}", f"--log-net-log={log}"),
            *("--virtual-time-budget=8000", "--dump-dom", f"file://{page}"),
        ],
        capture_output=True,
        timeout=120,
    )
    # One event a line, also where the log was cut off. The browser itself asks its maker for
    # things; those requests come from no page.
    request = re.compile(r'"initiator":"(?!not an origin")[^"]*".*"url":"(https?://[^"]+)"')
    return set(request.findall(log.read_text()))


@pytest.mark.slow
def test_every_chapter_is_a_page(site):
    for path in (ROOT / "book").glob("*.ipynb"):
        assert (site / "book" / f"{path.stem}.html").is_file()
    assert (site / "index.html").is_file()


@pytest.mark.slow
def test_no_page_loads_from_another_host(site):
    for page in pages(site):
        for target in loaded_by(page):
            assert not re.match(r"(https?:)?//", target), f"{page.name} loads {target}"
    for sheet in site.rglob("*.css"):
        assert not re.search(r"(@import|url\()\s*['\"]?(https?:)?//", sheet.read_text()), sheet


@pytest.mark.slow
def test_everything_a_page_loads_is_there(site):
    for page in pages(site):
        for target in loaded_by(page):
            path = target.split("?")[0].split("#")[0]
            if path and not path.startswith("data:"):
                assert (page.parent / path).is_file(), f"{page.name} loads {path}"


@pytest.mark.slow
def test_plotly_and_mathematics_are_local(site):
    static = site / "_static"
    assert (static / "plotly.min.js").stat().st_size > 1_000_000
    assert (static / "mathjax" / "tex-chtml.js").is_file()
    fonts = static / "mathjax" / "output" / "chtml" / "fonts" / "woff-v2"
    assert len(list(fonts.glob("*.woff"))) == 23


@pytest.mark.slow
@needs_browser
def test_a_browser_that_is_made_to_ask_another_host_is_noticed(tmp_path):
    page = tmp_path / "page.html"
    page.write_text('<img src="https://example.org/image.png">')
    assert asked_by(page, tmp_path) == {"https://example.org/image.png"}


@pytest.mark.slow
@needs_browser
@pytest.mark.parametrize("page", ["03_skeleton_as_graph", "04_vanilla"])
def test_a_real_browser_asks_no_other_host(site, page, tmp_path):
    assert asked_by(site / "book" / f"{page}.html", tmp_path) == set()


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
