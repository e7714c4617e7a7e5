"""Every link of the book to its own pages leads somewhere."""

import pytest
from support.site import Page, broken_links, pages


@pytest.mark.slow
def test_every_link_and_every_anchor_leads_somewhere(read):
    assert broken_links(read) == []


@pytest.mark.slow
def test_there_are_links_of_all_kinds(site, read):
    links = [link for page in read.values() for link in page.links]
    assert len(links) > 10_000
    for part in ("03_skeleton_as_graph", "#posegcn.", "_modules/", "_sources/", "search.html"):
        assert any(part in link for link in links), part


def test_broken_links_are_found(tmp_path):
    (tmp_path / "one.html").write_text(
        '<a href="two.html#here">.</a> <a href="two.html#gone">.</a> <a href="none.html">.</a>'
        '<a href="#">.</a> <a href="#top">.</a> <a href="https://example.org/x">.</a>'
        '<link rel="next" href="absent.html">'
    )
    (tmp_path / "two.html").write_text('<p id="here"></p><a name="too"></a> <a href="#too">.</a>')
    read = {path: Page(path) for path in pages(tmp_path)}
    assert broken_links(read) == [
        "one.html: two.html#gone leads to no place of two.html",
        "one.html: none.html leads to no file",
        "one.html: #top leads to no place of one.html",
        "one.html: absent.html leads to no file",
    ]
