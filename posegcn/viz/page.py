"""Plotly figures in the pages of a book built by Sphinx and MyST-NB, without any other host.

The entry point ``myst_nb.mime_renderers`` names the renderer; the page's own script draws what it
writes, with the ``plotly.min.js`` that the plotly package ships.
"""

import json
from typing import Any

from docutils import nodes
from myst_nb.core.render import MimeData, MimeRenderPlugin, NbElementRenderer

PLOTLY = "application/vnd.plotly.v1+json"


class PlotlyRenderer(MimeRenderPlugin):
    """Writes a plotly figure as data in the page."""

    mime_priority_overrides = (("html", PLOTLY, 1),)

    @staticmethod
    def handle_mime(
        renderer: NbElementRenderer, data: MimeData, inline: bool
    ) -> list[nodes.Element] | None:
        """The nodes of an output; none where it is no plotly figure."""
        if data.mime_type != PLOTLY or inline:
            return None
        return [nodes.raw("", figure_html(data.content), format="html")]


def figure_html(figure: dict[str, Any]) -> str:
    """A place for the figure with its data inside, safe to put into a page."""
    kept = {key: figure[key] for key in ("data", "layout", "frames") if key in figure}
    height = figure.get("layout", {}).get("height", 450)
    return (
        f'<div class="plotly-figure" style="min-height:{height}px" role="group" '
        f'aria-label="interactive figure">{data_html(kept)}</div>'
    )


def data_html(value: Any) -> str:
    """Data for the scripts of a page, safe to put into it whatever it holds."""
    text = json.dumps(value, separators=(",", ":")).replace("</", "<\\/")
    return f'<script type="application/json">{text}</script>'
