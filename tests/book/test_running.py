"""Pages run before the build, side by side, and are left to it when they fail."""

from types import SimpleNamespace

import nbformat
import posegcn_running as running
import pytest
from jupyter_cache import get_cache

pytestmark = pytest.mark.slow


def app(folder, mode="cache"):
    return SimpleNamespace(
        config=SimpleNamespace(
            nb_execution_mode=mode, nb_execution_cache_path=str(folder), nb_execution_timeout=60
        )
    )


@pytest.fixture
def env(tmp_path):
    for name, source in (("good", "print(6 * 7)"), ("bad", "1 / 0")):
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
        nbformat.write(notebook, tmp_path / f"{name}.ipynb")
    (tmp_path / "words.md").write_text("# Words")
    suffixes = {"good": ".ipynb", "bad": ".ipynb", "words": ".md"}
    return SimpleNamespace(doc2path=lambda name: str(tmp_path / f"{name}{suffixes[name]}"))


def test_pages_are_in_the_cache_and_a_failed_one_is_not(env, tmp_path):
    for _ in range(2):  # the second time, the good one is there
        running.run_pages(app(tmp_path / "cache"), env, ["words", "good", "bad"])
    cache = get_cache(tmp_path / "cache")
    (record,) = cache.list_cache_records()
    assert record.data["execution_seconds"] > 0
    (cell,) = cache.get_cache_bundle(record.pk).nb.cells
    assert cell.outputs[0].text == "42\n"


def test_pages_do_not_run_where_the_build_runs_none(env, tmp_path):
    running.run_pages(app(tmp_path / "cache", "off"), env, ["good"])
    running.run_pages(app(tmp_path / "cache"), env, ["words"])
    assert not (tmp_path / "cache").exists()


def test_no_more_pages_than_processors():
    assert 1 <= running.side_by_side() <= running.MOST
