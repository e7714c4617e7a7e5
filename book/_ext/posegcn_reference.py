"""Reference pages: numbers of the ledger as targets, and the labs in the API."""

import inspect
import re
from pathlib import Path

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from posegcn import labs, skeletons
from posegcn.skeleton import Skeleton

LEDGER, INDEX = "book/deviations", "book/defects"


def number_ledger(app: Sphinx, document: nodes.document) -> None:
    """Make every item of the ledger a target ``ledger-N``, and link those of the index to it."""
    if app.env.docname != LEDGER:
        return
    index = Path(app.env.doc2path(INDEX))
    app.env.note_dependency(index)
    indexed = {
        int(number) for number in re.findall(r"<ledger-(\d+)>", index.read_text())
    }
    labels = app.env.domains["std"]
    for items in document.findall(nodes.enumerated_list):
        for number, item in enumerate(items, start=items.get("start", 1)):
            name = f"ledger-{number}"
            item["ids"].append(name)
            labels.anonlabels[name] = LEDGER, name
            labels.labels[name] = LEDGER, name, str(number)
            if number in indexed:
                item[-1] += [nodes.Text(" "), _to_index()]


def _to_index() -> pending_xref:
    return pending_xref(
        "",
        nodes.inline("", "In the index."),
        refdomain="std",
        reftype="doc",
        reftarget=f"/{INDEX}",
        refexplicit=True,
        refwarn=True,
        refdoc=LEDGER,
        classes=["to-index"],
    )


class LabClasses(SphinxDirective):
    """Documents all labs, so that a new one cannot be forgotten."""

    def run(self) -> list[nodes.Node]:
        """What autodoc makes of the classes."""
        classes = [getattr(labs, name) for name in labs.__all__]
        lines = [
            f".. autoclass:: {lab.__module__}.{lab.__name__}({arguments(lab)}){methods(lab)}"
            for lab in classes
        ]
        return self.parse_text_to_nodes("\n\n".join(lines) + "\n")


def methods(lab: type) -> str:
    """The option that documents what a lab can be asked; observers are its own business."""
    names = [
        name for name, own in vars(lab).items() if callable(own) and name[0] != "_"
    ]
    return f"\n   :members: {', '.join(names)}" if names else ""


def arguments(lab: type) -> str:
    """What a lab takes, without types; what autodoc finds is that of all widgets."""
    parameters = list(inspect.signature(lab.__init__).parameters.values())[1:]
    plain = (entry.replace(annotation=entry.empty) for entry in parameters)
    return str(inspect.Signature(list(plain)))[1:-1]


class SkeletonPresets(SphinxDirective):
    """Documents the skeletons of the field, as they are called in :mod:`posegcn.skeletons`."""

    def run(self) -> list[nodes.Node]:
        """One entry for each, with its joints."""
        entries = [
            f".. py:data:: {name}\n\n   {body.num_joints} joints: {', '.join(body.joints)}.\n"
            for name, body in vars(skeletons).items()
            if isinstance(body, Skeleton)
        ]
        return self.parse_text_to_nodes("\n".join(entries))


def setup(app: Sphinx) -> dict[str, bool]:
    """Register all of it."""
    app.connect("doctree-read", number_ledger)
    app.add_directive("lab-classes", LabClasses)
    app.add_directive("skeleton-presets", SkeletonPresets)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
