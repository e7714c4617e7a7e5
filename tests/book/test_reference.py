"""The reference pages: words, letters, defects, paths and papers agree with what they refer to."""

import inspect
import re
import tomllib
from pathlib import Path

import nbformat
import posegcn_paths as paths
import pytest
import yaml

import posegcn
from posegcn.evaluation.published_results import published_results

ROOT = Path(__file__).parents[2]
BOOK = ROOT / "book"
CHAPTERS = sorted(BOOK.glob("*.ipynb"))
# Bold in a sentence, and no term: it only stresses.
STRESSED = {
    *("down", "target first", "the receptive field grows by one hop a layer", "one", "every"),
    *(
        "trap",
        "Timing one thing after the other",
        "gates shut",
        "many looks",
        "motion",
        "Clipping",
        "Dropout",
        "SemGCN",
    ),
}
NOT_FOUND = {"HOIF-Net"}  # systems whose paper nobody found


def page(name):
    return (BOOK / f"{name}.md").read_text()


def prose(path):
    cells = nbformat.read(path, as_version=4).cells
    return "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def rows(text):
    """Cells of the lines of all tables, without heads."""
    bodies = re.sub(r"^\|.*\|\n\|[-|]+\|$", "", text, flags=re.MULTILINE)
    lines = re.findall(r"^\| (.*) \|$", bodies, flags=re.MULTILINE)
    return [line.split(" | ") for line in lines]


def targets(text):
    """Pages that a text links to."""
    return [name.removesuffix(".md") for name in re.findall(r"\]\(([\w.]+)\)", text)]


def is_page(name):
    return any((BOOK / f"{name}{suffix}").is_file() for suffix in (".ipynb", ".md"))


def glossary():
    """Texts of the entries by their first term, and all terms."""
    (body,) = re.findall(r"```\{glossary\}\n:sorted:\n\n(.*?)```", page("glossary"), re.DOTALL)
    entries, terms = {}, []
    for entry in body.strip().split("\n\n"):
        names = [line for line in entry.splitlines() if line[0] != " "]
        entries[names[0]] = " ".join(line for line in entry.splitlines() if line[0] == " ")
        terms += names
    return entries, terms


def test_every_term_is_used_and_says_where():
    entries, terms = glossary()
    assert len(terms) == len(set(terms))
    files = [*CHAPTERS, BOOK / "deviations.md", *(ROOT / "posegcn").rglob("*.py")]
    text = "\n".join(path.read_text() for path in files).lower().replace("_", " ")
    book = " ".join(re.sub(r'\\n",\s+"', " ", text).split())
    for first, said in entries.items():
        assert targets(said) or "{py:" in said, first
        assert all(is_page(name) for name in targets(said)), first
    assert [term for term in terms if term.lower() not in book] == []


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_terms_that_a_chapter_defines_are_in_the_glossary(path):
    known = {term.lower() for term in glossary()[1]}
    text = prose(path).split("## Where we differ")[0]
    found = set()
    for bold in re.finditer(r"\*\*(.+?)\*\*", text, flags=re.DOTALL):
        before = text[: bold.start()].rpartition("\n")[2]
        # Bold that begins a line, an item or a cell, or ends with a stop, is a heading.
        heading = re.fullmatch(r"(- |\d\. |> |\| )?", before) or bold[1][-1] in ".:"
        if not heading:
            found.add(" ".join(bold[1].split()))
    terms = {term.lower() for term in found - STRESSED}
    assert {term for term in terms if not {term, term.removesuffix("s")} & known} == set()


def test_every_symbol_has_a_chapter_and_every_equation_its_symbols():
    text = page("notation")
    for cells in rows(text):
        assert targets(cells[-1]), cells
        assert all(is_page(name) for name in targets(" ".join(cells))), cells
    book = "".join(map(prose, CHAPTERS))
    numbered = set(re.findall(r"\$\$ \((eq-[\w-]+)\)", book))
    explained = set(re.findall(r"\{eq\}`([\w-]+)`", text))
    assert explained <= numbered
    assert numbered - explained == set()


def test_defects_refer_to_what_is_there():
    text = page("defects")
    numbers = re.findall(r"^(\d+)\. \*\*", page("deviations"), flags=re.MULTILINE)
    ledger = set(map(int, numbers))
    assert ledger == set(range(1, len(numbers) + 1))
    code = "\n".join(path.read_text() for path in (ROOT / "posegcn").rglob("*.py"))
    found = rows(text)
    assert len(found) > 50
    for wrong, effect, here, by_name, number, shown in found:
        assert all([wrong, effect, here])
        assert set(map(int, re.findall(r"<ledger-(\d+)>", number))) <= ledger
        assert "ledger" in number or targets(shown), wrong
        assert all(is_page(name) for name in targets(shown)), wrong
        for value in re.findall(r'="(\w+)"', by_name):
            assert f'"{value}"' in code, value


def test_every_exhibit_is_in_the_index():
    chapter = prose(BOOK / "21_reproduction.ipynb")
    exhibits = set(re.findall(r"^### (\d+)\. ", chapter, flags=re.MULTILINE))
    assert set(re.findall(r"exhibit (\d+)", page("defects"))) == exhibits


def test_paths_lead_through_the_book():
    two_hours, one, two, *others = [
        block.split()
        for block in re.findall(r"```\{reading-path\}\n(.*?)```", page("reading_paths"), re.DOTALL)
    ]
    assert one + two == [path.stem for path in CHAPTERS]
    assert all(is_page(name) for block in others for name in block)
    assert sum(paths.minutes_to_read(BOOK / f"{name}.ipynb") for name in two_hours) < 120
    assert paths.question(BOOK / "04_vanilla.ipynb").startswith("What is the simplest layer")


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_code_stands_in_prose(path):
    words, lines = paths.words_and_lines(path)
    assert words >= 12 * lines, f"{words} words for {lines} lines of open code"


def test_every_chapter_leads_to_the_next():
    following = [*[path.stem for path in CHAPTERS[1:]], "deviations"]
    last = [prose(path).rsplit("Next: ", 1)[1] for path in CHAPTERS]
    assert [re.match(r"\[.*?\]\((.*?)\)", line)[1] for line in last] == following


def bibliography():
    text = (BOOK / "references.bib").read_text()
    entries = re.findall(r"@\w+\{(\w+),\n(.*?)\n\}", text, re.DOTALL)
    assert len(entries) == len(dict(entries))
    return dict(entries)


def test_every_paper_of_the_tables_is_in_the_bibliography():
    named = {}
    for names, paper, *_ in rows(page("bibliography")):
        key = re.search(r"\{cite\}`(\w+)`", paper).group(1)
        assert key in bibliography()
        named.update(dict.fromkeys(names.split(", "), key))
    for result in published_results(unverified=True):
        known = any(result.method.startswith(name) for name in (*named, *NOT_FOUND))
        assert known, result.method
    for key, fields in bibliography().items():
        assert re.search(r"\btitle\s*=", fields), key
        assert re.search(r"\bauthor\s*=", fields), key


def test_citation_agrees_with_the_project():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert citation["cff-version"] == "1.2.0"
    assert citation["version"] == posegcn.__version__
    assert citation["license"] == project["license"]
    assert citation["title"] == yaml.safe_load((ROOT / "_config.yml").read_text())["title"]
    assert citation["abstract"].rstrip(".").startswith(project["description"].split(":")[0])
    assert citation["message"]
    assert citation["authors"] == [{"name": "The posegcn authors"}]
    titles = {
        re.sub(r"[{}]", "", re.search(r"title\s*= \{(.*)\}", fields).group(1))
        for fields in bibliography().values()
    }
    assert {reference["title"] for reference in citation["references"]} <= titles


def documented():
    """Modules of the API pages, with the members that are asked for; none for all."""
    text = "\n".join(path.read_text() for path in BOOK.glob("api_*.md"))
    found = re.findall(r"automodule:: ([\w.]+)\n(?:   :members:(.*)\n)?", text)
    return {name: set(re.findall(r"\w+", members)) for name, members in found}


def test_public_names_are_in_the_reference():
    modules = documented()
    for name in posegcn.__all__:
        value = getattr(posegcn, name)
        if inspect.isfunction(value) or inspect.isclass(value):
            home = value.__module__
            homes = [home, home.rpartition(".")[0]]
            members = [modules[module] for module in homes if module in modules]
            assert any(not wanted or name in wanted for wanted in members), name
    assert ".. lab-classes::" in page("api_labs")
    assert "RECIPES" in page("api_training")
