"""The site of the book, built once for all tests that look at it."""

from pathlib import Path

import pytest
from filelock import FileLock
from support import browser as browsers
from support.site import GIVEN, Page, build_site, pages


@pytest.fixture(scope="session")
def site(tmp_path_factory, worker_id):
    """Folder of the pages; of several processes the first one builds it."""
    if GIVEN:
        return Path(GIVEN).resolve()
    folder = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        folder = folder.parent  # that of all processes
    folder = folder / "site"
    with FileLock(f"{folder}.lock"):
        done = folder / "done"
        if not done.is_file():
            folder.mkdir(exist_ok=True)
            done.write_text(str(build_site(folder)))
    return Path(done.read_text())


@pytest.fixture(scope="session")
def read(site):
    """All pages by their path, as the tests of links want them."""
    return {path: Page(path) for path in pages(site)}


@pytest.fixture(scope="session")
def chromium():
    with browsers.chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def served(site):
    """Address of the site."""
    with browsers.served(site) as address:
        yield address
