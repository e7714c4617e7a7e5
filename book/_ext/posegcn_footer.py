"""The end of a chapter: the papers that it cites, and what it took to run it, and where."""

from datetime import datetime

from docutils import nodes
from myst_nb.sphinx_ import NbMetadataCollector
from posegcn_running import machine, seconds_to_run
from pybtex_docutils import Backend
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.nodes import make_refnode
from sphinxcontrib.bibtex.domain import Citation


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
            data = NbMetadataCollector.get_exec_data(self.env, page)
            day = datetime.fromtimestamp(data["mtime"]).date().isoformat()
            told = f"This page ran in {seconds:.0f} s on {day}: {machine()}."
            footer += [nodes.rubric("", "Measured"), nodes.paragraph("", told)]
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


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the transform."""
    app.add_post_transform(AddFooter)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
