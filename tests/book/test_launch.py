"""What makes the book reusable elsewhere: copies of notebooks, buttons, cards of pages."""

import re
import struct
import tomllib
from pathlib import Path
from types import SimpleNamespace

import nbformat
import posegcn_card
import posegcn_launch as launch
import pytest
from docutils import nodes
from sphinx.errors import ConfigError

ROOT = Path(__file__).parents[2]
BOOK = ROOT / "book"
ADDRESS = "https://github.com/OWNER/NAME"


def config(address=""):
    return SimpleNamespace(html_theme_options={"repository_url": address}, html_baseurl="")


def install(address=""):
    exec(compile(launch.install_cell(address).source, "install", "exec"), {})


@pytest.fixture(scope="module")
def copies(tmp_path_factory):
    """Folder of the copies that a build writes."""
    folder = tmp_path_factory.mktemp("html")
    pages = {f"book/{path.stem}" for path in BOOK.glob("*.ipynb")} | {"book/api"}
    suffixes = {page: ".md" if page == "book/api" else ".ipynb" for page in pages}
    environment = SimpleNamespace(
        found_docs=pages, doc2path=lambda page: str(ROOT / f"{page}{suffixes[page]}")
    )
    app = SimpleNamespace(
        builder=SimpleNamespace(format="html"),
        config=config(ADDRESS),
        env=environment,
        outdir=folder,
    )
    launch.write_copies(app, None)
    return folder / "_sources" / "book"


def test_there_are_no_buttons_without_an_address():
    assert launch.launch_links(config(), "book/04_vanilla") == {}


def test_buttons_open_the_page_elsewhere():
    assert launch.launch_links(config(ADDRESS), "book/04_vanilla") == {
        "Colab": "https://colab.research.google.com/github/OWNER/NAME/blob/gh-pages/_sources/"
        "book/04_vanilla.ipynb",
        "Binder": "https://mybinder.org/v2/gh/OWNER/NAME/main?urlpath=lab/tree/"
        "book/04_vanilla.ipynb",
    }


def test_another_address_is_refused():
    with pytest.raises(ConfigError, match="OWNER/NAME"):
        launch.launch_links(config("https://example.org/book"), "book/04_vanilla")


def test_install_cell_does_nothing_in_the_book(monkeypatch):
    monkeypatch.chdir(BOOK)
    install()
    assert Path.cwd() == BOOK


def test_install_cell_goes_to_the_book(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    install()
    assert Path.cwd() == BOOK


def test_install_cell_fetches_what_is_missing(monkeypatch, tmp_path):
    commands = []

    def run(command, check):
        commands.append(command)
        (tmp_path / "posegcn-book" / "book" / "results").mkdir(parents=True, exist_ok=True)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setattr("subprocess.run", run)
    with pytest.raises(RuntimeError, match="make setup"):
        install()
    install(ADDRESS)
    assert Path.cwd() == tmp_path / "posegcn-book" / "book"
    clone, package = commands
    assert clone[:2] == ["git", "clone"]
    assert ADDRESS in clone
    extra = re.search(r"posegcn-book\[(\w+)\]$", package[-1]).group(1)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert extra in project["optional-dependencies"]


@pytest.mark.parametrize("path", sorted(BOOK.glob("*.ipynb")), ids=lambda path: path.stem)
def test_copies_are_notebooks_with_the_install_cell(copies, path):
    copy = nbformat.read(copies / path.name, as_version=4)
    nbformat.validate(copy)
    first, *others = copy.cells
    assert f'REPOSITORY = "{ADDRESS}"' in first.source
    assert others == nbformat.read(path, as_version=4).cells
    script = (copies / f"{path.name}.js").read_text()
    assert script.startswith("posegcnNotebook=")


def test_other_sources_have_no_copies(copies):
    assert not (copies / "api.ipynb").exists()


def test_a_page_is_described_by_its_question():
    question = nodes.block_quote("", nodes.paragraph("", "Question. What is a \n lifter?"))
    document = SimpleNamespace(findall=question.findall)
    assert launch.describe(document) == "What is a lifter?"
    long = nodes.paragraph("", 100 * "word ")
    assert len(launch.describe(SimpleNamespace(findall=long.findall))) <= 202


def test_the_card_has_the_size_that_others_expect(tmp_path):
    posegcn_card.draw(tmp_path / "card.png")
    size = struct.unpack(">II", (tmp_path / "card.png").read_bytes()[16:24])
    assert size == (1200, 630)
