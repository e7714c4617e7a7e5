"""Sphinx extension: a page is light, and so is the whole site; otherwise the build fails."""

import re
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import SphinxError

PAGE_BYTES = 300_000  # with its own pictures; scripts that pages share are apart
SITE_BYTES = 25_000_000
OWN = re.compile(r'(?:src|srcset|data)="([^"?#]*_images/[^"?#]+)"')


class TooLargeError(SphinxError):
    """The site is larger than a reader should have to wait for."""

    category = "The book is too large"


def page_bytes(page: Path) -> int:
    """Size of a page with the pictures that stand in it, each once."""
    pictures = {page.parent / path for path in OWN.findall(page.read_text())}
    return page.stat().st_size + sum(path.stat().st_size for path in pictures)


def site_bytes(site: Path) -> int:
    """Size of all files together."""
    return sum(path.stat().st_size for path in site.rglob("*") if path.is_file())


def excesses(site: Path) -> list[str]:
    """What is larger than it may be, one sentence each, the largest pages first."""
    pages = [
        page
        for page in site.rglob("*.html")
        if "_static" not in page.relative_to(site).parts
    ]
    sizes = sorted(((page_bytes(page), page) for page in pages), reverse=True)
    found = [
        f"{page.relative_to(site)} has {size // 1000} kB with its pictures, "
        f"{PAGE_BYTES // 1000} are allowed."
        for size, page in sizes
        if size > PAGE_BYTES
    ]
    whole = site_bytes(site)
    if whole > SITE_BYTES:
        found.append(
            f"The site has {whole / 1e6:.1f} MB, {SITE_BYTES / 1e6:.0f} are allowed."
        )
    return found


def weigh(app: Sphinx, error: Exception | None) -> None:
    """Fail a build whose pages or whose site are too large.

    Raises:
        TooLargeError: They are.
    """
    if error is None and app.builder.format == "html":
        found = excesses(Path(app.outdir))
        if found:
            raise TooLargeError(" ".join(found))


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension; it comes after those that write files and make them smaller."""
    app.connect("build-finished", weigh, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
