"""The end of a chapter: the papers that it cites, and what it took to run it, and where."""

import os
from datetime import datetime

from docutils import nodes
from myst_nb.sphinx_ import NbMetadataCollector
from pybtex_docutils import Backend
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.nodes import make_refnode
from sphinxcontrib.bibtex.domain import Citation


def seconds_to_run(env: BuildEnvironment, page: str) -> float | None:
    """What was measured when the page ran; none where pages are not run."""
    return (NbMetadataCollector.get_exec_data(env, page) or {}).get("runtime")


def machine() -> str:
    """The processor on which the pages ran, and what torch had of it."""
    import torch

    from posegcn.benchmark.environment import cpu_name

    gpus = [
        torch.cuda.get_device_name(place)
        for place in range(torch.cuda.device_count())
    ]
    threads = torch.get_num_threads()
    return (
        f"{cpu_name()}, {threads} thread{'s' * (threads > 1)} on {os.cpu_count()} cores, "
        f"{', '.join(gpus) or 'no GPU'}, torch {torch.__version__}"
    )


def cited(env: BuildEnvironment, page: str) -> list[Citation]:
    """Entries that a page cites, in the order of their labels."""
    domain = env.get_domain("cite")
    keys = {
        target.key
        for place in domain.citation_refs
        if place.docname == page
        for target in place.targets
    }
    found = [citation for citation in domain.citations if citation.key in keys]
    return sorted(found, key=lambda citation: citation.formatted_entry.label)


class AddFooter(SphinxPostTransform):
    """Puts both in front of the line that leads to the next chapter."""

    default_priority = 900

    def run(self, **options: object) -> None:
        """End the page, if it is a notebook."""
        page = self.env.docname
        if not self.env.doc2path(page).endswith(".ipynb"):
            return
        footer = []
        if entries := cited(self.env, page):
            items = [self.item(citation) for citation in entries]
            footer += [
                nodes.rubric("", "References"),
                nodes.bullet_list("", *items, classes=["references"]),
            ]
        if (seconds := seconds_to_run(self.env, page)) is not None:
            footer += [nodes.rubric("", "Measured"), self.measured(page, seconds)]
        last = list(self.document.findall(nodes.paragraph))[-1]
        place = last.parent.index(last)
        last.parent.insert(place, footer)

    def item(self, citation: Citation) -> nodes.list_item:
        """A paper, its label linked to the bibliography."""
        link = make_refnode(
            self.app.builder,
            self.env.docname,
            citation.bibliography_key.docname,
            citation.citation_id,
            nodes.Text(f"[{citation.formatted_entry.label}]"),
        )
        text = citation.formatted_entry.text.render(Backend())
        return nodes.list_item(
            "", nodes.paragraph("", "", link, nodes.Text(" "), *text)
        )

    def measured(self, page: str, seconds: float) -> nodes.paragraph:
        """One sentence: how long, when, and on what."""
        data = NbMetadataCollector.get_exec_data(self.env, page)
        day = datetime.fromtimestamp(data["mtime"]).date().isoformat()
        return nodes.paragraph(
            "", f"This page ran in {seconds:.0f} s on {day}: {machine()}."
        )


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the transform."""
    app.add_post_transform(AddFooter)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
