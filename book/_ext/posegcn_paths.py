"""Reading paths: tables of pages with the minutes that they take to read and to run."""

import re
from pathlib import Path

import nbformat
from docutils import nodes
from myst_nb.ext.execution_tables import METADATA_KEY
from myst_nb.sphinx_ import NbMetadataCollector
from posegcn_running import seconds_to_run
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

WORDS_A_MINUTE = 200  # of prose
LINES_A_MINUTE = 30  # of code
FOLDED = {"hide-input", "hide-cell"}  # code that a reader unfolds
NOT_PROSE = re.compile(r"```.*?```|\$\$.*?\$\$", flags=re.DOTALL)
COLUMNS = (
    ("page", 28),
    ("its question", 52),
    ("minutes to read", 10),
    ("to run", 10),
)


class PathNode(nodes.General, nodes.Element):
    """Place of a table; filled when all pages have been read and run."""


class ReadingPath(SphinxDirective):
    """The pages that the lines name, in their order."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """The place of the table."""
        NbMetadataCollector.set_doc_data(
            self.env, self.env.docname, METADATA_KEY, True
        )
        folder = Path(self.env.docname).parent
        names = [
            (folder / line.strip()).as_posix()
            for line in self.content
            if line.strip()
        ]
        for name in names:
            self.env.note_dependency(self.env.doc2path(name))
        return [PathNode(pages=names)]


def words_and_lines(path: Path) -> tuple[int, int]:
    """Words of prose and lines of open code of a notebook; equations and figures do not count."""
    cells = nbformat.read(path, as_version=4).cells
    prose = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    words = len(re.findall(r"[A-Za-z][\w'’-]*", NOT_PROSE.sub("", prose)))
    code = "\n".join(
        cell.source
        for cell in cells
        if cell.cell_type == "code"
        and not FOLDED & set(cell.metadata.get("tags", ()))
    )
    lines = sum(bool(line.strip()) for line in code.splitlines())
    return words, lines


def minutes_to_read(path: Path) -> float:
    """Prose and open code at a steady pace."""
    words, lines = words_and_lines(path)
    return words / WORDS_A_MINUTE + lines / LINES_A_MINUTE


def question(path: Path) -> str:
    """The sentence with which a page begins, without its marks."""
    first = nbformat.read(path, as_version=4).cells[0].source
    found = re.search(r"> \*\*Question\.\*\* (.*?)(?:\n\n|$)", first, flags=re.DOTALL)
    return (
        re.sub(r"\s*\n>\s*|\s+", " ", found.group(1)).replace("*", "")
        if found
        else ""
    )


class FillPaths(SphinxPostTransform):
    """Puts the tables where the places are."""

    default_priority = (
        7  # before references are resolved, of which there is one in each row
    )

    def run(self, **options: object) -> None:
        """Fill all places of a page."""
        for place in list(self.document.findall(PathNode)):
            rows = [self.row(page) for page in place["pages"]]
            read, run = (
                list(column)
                for column in zip(*[row[2:] for row in rows], strict=True)
            )
            measured = sum(run) if None not in run else None
            cells = [
                (title, asked, f"{r:.0f}", shown(m)) for title, asked, r, m in rows
            ]
            total = ("together", "", f"{sum(read):.0f}", shown(measured))
            place.replace_self(table([*cells, total]))

    def row(self, page: str) -> tuple[nodes.Node, str, float, float | None]:
        """Link, question and both times of a page."""
        path = Path(self.env.doc2path(page))
        seconds = seconds_to_run(self.env, page)
        title = self.env.titles[page].astext()
        link = pending_xref(
            "",
            nodes.inline("", title),
            refdomain="std",
            reftype="doc",
            reftarget=f"/{page}",
            refexplicit=True,
            refwarn=True,
            refdoc=self.env.docname,
        )
        return (
            link,
            question(path),
            minutes_to_read(path),
            None if seconds is None else seconds / 60,
        )


def shown(minutes: float | None) -> str:
    """Minutes with one digit, a dash for none."""
    return "–" if minutes is None else f"{minutes:.1f}"


def table(rows: list[tuple]) -> nodes.table:
    """A table with the columns of a path; cells are text or nodes."""
    group = nodes.tgroup(cols=len(COLUMNS))
    group += [nodes.colspec(colwidth=width) for _, width in COLUMNS]
    group += nodes.thead("", line(tuple(name for name, _ in COLUMNS)))
    group += nodes.tbody("", *[line(row) for row in rows])
    return nodes.table("", group, classes=["reading-path"])


def line(cells: tuple) -> nodes.row:
    """One row."""
    return nodes.row(
        "",
        *[
            nodes.entry("", nodes.paragraph("", "", cell))
            if isinstance(cell, nodes.Node)
            else nodes.entry("", nodes.paragraph("", cell))
            for cell in cells
        ],
    )


def setup(app: Sphinx) -> dict[str, bool]:
    """Register directive and transform."""
    app.add_node(PathNode)
    app.add_directive("reading-path", ReadingPath)
    app.add_post_transform(FillPaths)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
