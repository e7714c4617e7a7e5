"""Labs on pages: their place in a book built by Sphinx and MyST-NB, and pages of their own.

The entry point ``myst_nb.mime_renderers`` names the renderer; the script that fills the place is
:func:`posegcn.labs.bundle.page_script`.
"""

from typing import Any

from docutils import nodes
from myst_nb.core.render import MimeData, MimeRenderPlugin, NbElementRenderer

from posegcn.labs.bundle import MIME, page_script, style_sheet
from posegcn.viz.page import data_html


class LabRenderer(MimeRenderPlugin):
    """Writes a lab's state into the page."""

    mime_priority_overrides = (("html", MIME, 1),)

    @staticmethod
    def handle_mime(
        renderer: NbElementRenderer, data: MimeData, inline: bool
    ) -> list[nodes.Element] | None:
        """The nodes of an output; none where it is no lab."""
        if data.mime_type != MIME or inline:
            return None
        return [nodes.raw("", lab_html(data.content), format="html")]


def lab_html(content: dict[str, Any]) -> str:
    """A place for a lab with its state inside, safe to put into a page."""
    data = data_html(content["state"])
    return f'<div class="posegcn-lab" data-lab="{content["lab"]}">{data}</div>'


def whole_page(content: dict[str, Any], theme: str = "light") -> str:
    """A page with one lab, complete in one file."""
    ink, paper = ("#ced6dd", "#14181e") if theme == "dark" else ("#323232", "#ffffff")
    return (
        f'<!doctype html><html lang="en" data-theme="{theme}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{content['lab'].capitalize()} lab</title><style>body{{color:{ink};"
        f"background:{paper};--pst-color-background:{paper};font:16px sans-serif}}"
        f"{style_sheet()}</style><main><h1>{content['lab'].capitalize()} lab</h1>"
        f"{lab_html(content)}</main><script>{page_script()}</script></html>"
    )
