"""Launch and reuse: copies of the notebooks that run anywhere, buttons, and cards of the pages.

One setting turns the buttons on, ``repository.url`` in ``_config.yml``. Binder builds
``environment.yml`` of that repository; Colab opens the copies with the install cell, which are part
of the site and so on the branch that the site is served from, ``gh-pages``.
"""

import json
import re
from html import escape
from pathlib import Path
from typing import Any

import nbformat
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ConfigError

INSTALL = Path(__file__).with_name("install_cell.py")
PAGES_BRANCH = "gh-pages"
ADDRESS = "REPOSITORY = "  # the line of the install cell in which the address is put
REPOSITORY = re.compile(r"https://github\.com/([\w.-]+)/([\w.-]+?)(\.git)?/?")
DESCRIPTION = 200  # characters
CARD = "_static/social_card.png"


def repository(config: Config) -> tuple[str, str] | None:
    """Owner and name of the public repository; none while there is none.

    Raises:
        ConfigError: The address is not one of GitHub.
    """
    address = config.html_theme_options.get("repository_url")
    if not address:
        return None
    found = REPOSITORY.fullmatch(address)
    if found is None:
        raise ConfigError(
            f"repository.url has to be https://github.com/OWNER/NAME, got {address!r}"
        )
    return found[1], found[2]


def launch_links(config: Config, page: str) -> dict[str, str]:
    """Addresses that open a notebook on other machines, by service."""
    owner, name = repository(config) or ("", "")
    if not owner:
        return {}
    branch = config.html_theme_options.get("repository_branch") or "main"
    colab = f"github/{owner}/{name}/blob/{PAGES_BRANCH}/_sources/{page}.ipynb"
    binder = f"v2/gh/{owner}/{name}/{branch}?urlpath=lab/tree/{page}.ipynb"
    return {
        "Colab": f"https://colab.research.google.com/{colab}",
        "Binder": f"https://mybinder.org/{binder}",
    }


def add_buttons(
    app: Sphinx, page: str, template: str, context: dict[str, Any], tree: Any
) -> None:
    """Buttons beside the theme's, on notebooks."""
    if tree is None or not app.env.doc2path(page).endswith(".ipynb"):
        return
    logos = {
        "Colab": "_static/images/logo_colab.png",
        "Binder": "_static/images/logo_binder.svg",
    }
    buttons = [
        {
            "type": "link",
            "text": name,
            "tooltip": f"Run on {name}",
            "icon": logos[name],
            "url": url,
        }
        for name, url in launch_links(app.config, page).items()
    ]
    if buttons:
        group = {"type": "group", "tooltip": "Run this page", "icon": "fas fa-rocket"}
        context["header_buttons"].append(
            {**group, "buttons": buttons, "label": "launch-buttons"}
        )


def install_cell(address: str) -> nbformat.NotebookNode:
    """The cell in front of every copy; does nothing where the book is already."""
    lines = INSTALL.read_text().splitlines()
    code = [
        f'{ADDRESS}"{address}"' if line.startswith(ADDRESS) else line
        for line in lines
    ]
    metadata = {
        "cellView": "form",
        "jupyter": {"source_hidden": True},
        "tags": ["install"],
    }
    return nbformat.v4.new_code_cell("\n".join(code), id="install", metadata=metadata)


def write_copies(app: Sphinx, error: Exception | None) -> None:
    """Put the install cell in front of the notebooks that pages offer for download."""
    if error is not None or app.builder.format != "html":
        return
    parts = repository(app.config)
    cell = install_cell(f"https://github.com/{parts[0]}/{parts[1]}" if parts else "")
    for page in app.env.found_docs:
        source = Path(app.env.doc2path(page))
        if source.suffix == ".ipynb":
            notebook = nbformat.read(source, as_version=4)
            notebook.cells.insert(0, cell)
            target = Path(app.outdir) / "_sources" / f"{page}.ipynb"
            target.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(notebook, target)
            # For pages opened from a disk, which may load scripts but read no files.
            text = json.dumps(target.read_text())
            target.with_name(f"{target.name}.js").write_text(
                f"posegcnNotebook={text};\n"
            )


def draw_card(app: Sphinx, error: Exception | None) -> None:
    """The picture that others show beside a link to a page."""
    if error is not None or app.builder.format != "html":
        return
    from posegcn_card import draw

    draw(Path(app.outdir) / CARD)


def describe(tree: nodes.document) -> str:
    """The question of a page, or else its first sentences, as one line."""
    paragraph = next(iter(tree.findall(nodes.paragraph)), None)
    text = " ".join(paragraph.astext().split()) if paragraph else ""
    text = text.removeprefix("Question. ")
    return (
        text
        if len(text) <= DESCRIPTION
        else text[:DESCRIPTION].rsplit(" ", 1)[0] + " …"
    )


def add_card(
    app: Sphinx, page: str, template: str, context: dict[str, Any], tree: Any
) -> None:
    """Title, description and picture in the head of every page, and its icon."""
    context["favicon_url"] = context["pathto"]("_static/favicon.svg", 1)
    if tree is None:
        return
    base = app.config.html_baseurl
    image = f"{base.rstrip('/')}/{CARD}" if base else context["pathto"](CARD, 1)
    properties = {
        "og:type": "article",
        "og:site_name": app.config.html_title or app.config.project,
        "og:title": app.env.titles[page].astext(),
        "og:description": describe(tree),
        "og:image": image,
        "og:image:alt": "Keypoints of a person in an image, and the pose that is lifted from them",
    }
    if base:
        properties["og:url"] = f"{base.rstrip('/')}/{page}.html"
    tags = [_meta("property", name, text) for name, text in properties.items()]
    tags.append(_meta("name", "description", properties["og:description"]))
    tags.append(_meta("name", "twitter:card", "summary_large_image"))
    context["metatags"] = "\n".join([context.get("metatags", ""), *tags])


def _meta(kind: str, name: str, text: str) -> str:
    return f'<meta {kind}="{name}" content="{escape(text, quote=True)}" />'


def setup(app: Sphinx) -> dict[str, bool]:
    """Register everything; after the theme, whose buttons come first."""
    app.connect("config-inited", lambda app, config: repository(config))
    app.connect("html-page-context", add_buttons, priority=700)
    app.connect("html-page-context", add_card, priority=700)
    app.connect("build-finished", write_copies)
    app.connect("build-finished", draw_card)
    app.add_js_file("downloads.js")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
