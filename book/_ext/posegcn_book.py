"""Sphinx extension of the book: local assets, and a cache that knows what pages run with."""

import hashlib
import shutil
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from posegcn_running import machine
from sphinx.application import Sphinx
from sphinx.config import Config

from posegcn.labs.bundle import page_script, style_sheet

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "book" / "_static"
READ_BY_PAGES = ("posegcn", "book/results", "book/weights", "book/clips")
MATHJAX = "sphinx-mathjax-offline/static/mathjax"


def cache_key() -> str:
    """Hash of everything besides a page that its outputs depend on, and of the machine.

    Code of the package, stored results and weights, the version of torch: whatever changes, every
    page runs again.
    """
    digest = hashlib.sha256(machine().encode())
    for folder in READ_BY_PAGES:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                name = path.relative_to(ROOT).as_posix()
                digest.update(name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def use_own_cache(app: Sphinx, config: Config) -> None:
    """Keep executed notebooks under the hash of what they ran with."""
    config.nb_execution_cache_path = str(ROOT / "_build" / "cache" / cache_key())


def copy_assets(app: Sphinx, error: Exception | None) -> None:
    """Put scripts, fonts and pictures beside the pages, so that no other host is asked."""
    if error is not None or app.builder.format != "html":
        return
    target = Path(app.outdir) / "_static"
    shutil.copytree(STATIC, target, dirs_exist_ok=True)
    (target / "posegcn-labs.js").write_text(page_script())
    (target / "posegcn-labs.css").write_text(style_sheet())
    plotly = distribution("plotly").locate_file("plotly/package_data/plotly.min.js")
    shutil.copy(plotly, target / "plotly.min.js")
    # Of the 24 MB of MathJax the pages need one script and its fonts.
    mathjax = Path(distribution("sphinx-mathjax-offline").locate_file(MATHJAX))
    fonts = Path("output") / "chtml" / "fonts" / "woff-v2"
    shutil.copytree(mathjax / fonts, target / "mathjax" / fonts, dirs_exist_ok=True)
    shutil.copy(mathjax / "tex-chtml.js", target / "mathjax")


def drop_thebe(
    app: Sphinx, page: str, template: str, context: dict[str, Any], tree: Any
) -> None:
    """Leave out the theme's live code: it asks another host, and its script is declared twice."""
    context["script_files"] = [
        script
        for script in context["script_files"]
        if "thebe" not in f"{script.filename}{script.attributes.get('body')}".lower()
    ]


def drop_widget_state(
    app: Sphinx, page: str, template: str, context: dict[str, Any], tree: Any
) -> None:
    """Leave out what the kernel knew of its widgets: every lab has its own in its place."""
    context["script_files"] = [
        script
        for script in context["script_files"]
        if "widget-state" not in script.attributes.get("type", "")
    ]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension, and its other parts beside it."""
    for part in (
        "running",
        "launch",
        "paths",
        "reference",
        "footer",
        "pages",
        "sizes",
    ):
        app.setup_extension(f"posegcn_{part}")
    app.connect("config-inited", use_own_cache)
    app.connect("html-page-context", drop_thebe, priority=900)
    app.connect("html-page-context", drop_widget_state, priority=900)
    app.connect("build-finished", copy_assets)
    app.add_js_file("plotly-figures.js", priority=900)
    app.add_js_file("posegcn-labs.js", priority=900)
    app.add_css_file("posegcn.css")
    app.add_css_file("posegcn-labs.css")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
