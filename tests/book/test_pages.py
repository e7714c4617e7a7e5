"""What is done to finished pages: mended once and for all, light, or refused."""

from base64 import b64decode
from types import SimpleNamespace

import numpy as np
import posegcn_pages as pages
import posegcn_sizes as sizes
import pytest
from PIL import Image
from support.sample import picture

NESTED = """<main><ul><li>menu</li></ul><article class="bd-article"><h1>All</h1>
<ul><li><a href="one.html">one</a></li>
<ul><li><a href="one/two.html">two</a></li>
</ul></ul>
</article><ul></ul></main>"""


def app(folder):
    return SimpleNamespace(outdir=str(folder), builder=SimpleNamespace(format="html"))


def colours(path):
    return np.asarray(Image.open(path).convert("RGB")).astype(float)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            '<pre><span class="n">a</span><span class="o">=</span><span class="mi">1</span></pre>',
            '<pre>a=<span class="mi">1</span></pre>',
        ),
        ('a\n  <script defer src="../_static/scripts/fontawesome.js?x=1"></script>b', "ab"),
        (
            '<img alt="../_images/1.png" src="1.png" />\n<figcaption>\n<p><span>Fig. 1 </span>'
            '<span>Edges &amp; <em>joints</em>.</span><a class="headerlink" href="#1">#</a></p>'
            "</figcaption>",
            '<img alt="Fig. 1 Edges &amp; joints." src="1.png" />\n<figcaption>\n<p>'
            "<span>Fig. 1 </span><span>Edges &amp; <em>joints</em>.</span>"
            '<a class="headerlink" href="#1">#</a></p></figcaption>',
        ),
        ("<span>Show code cell content</span>", "<span>Show the solutions</span>"),
        ("<span>Hide code cell source</span>", "<span>Hide the code</span>"),
        ('<div role="doc-biblioentry">', '<div role="listitem">'),
        ('<th class="head"><p></p></th>', "<td></td>"),
        ('<th class="head"><p>x</p></th>', '<th class="head"><p>x</p></th>'),
        (
            '<div id="pst-primary-sidebar" class="bd-sidebar">',
            '<div id="pst-primary-sidebar" class="bd-sidebar" role="navigation" aria-label="Book">',
        ),
    ],
)
def test_pages_are_mended_once(before, after):
    assert pages.mended(before) == after
    assert pages.mended(after) == after


def test_the_redirection_is_a_page():
    before = '<meta http-equiv="Refresh" content="0; url=book/00_welcome.html" />\n'
    after = pages.mended(before)
    assert after.startswith("<!doctype html>")
    assert after.count("book/00_welcome.html") == 2
    assert pages.mended(after) == after


def test_lists_stand_in_items_or_not_at_all():
    once = pages.flat(NESTED)
    article = once[once.index("<article") : once.index("</article>")]
    assert article.count("<ul>") == article.count("</ul>") == 1
    assert article.count("<li>") == 2
    assert once.count("<ul>") == 3
    assert pages.flat(once) == once


def test_figures_keep_their_looks_and_lose_weight(tmp_path):
    path = tmp_path / "figure.png"
    path.write_bytes(b64decode(picture()))
    size, before = path.stat().st_size, colours(path)
    pages.lighten(path)
    assert path.stat().st_size < size / 2
    off = np.abs(colours(path) - before).max(axis=-1)
    assert off.max() < 64
    assert (off > 16).mean() < 0.002
    stored = path.read_bytes()
    pages.lighten(path)
    assert path.read_bytes() == stored


def test_what_no_page_loads_goes_and_the_rest_stays(tmp_path):
    static = tmp_path / "_static"
    kept, gone = ("scripts/theme.js", "a.woff2"), ("scripts/theme.js.map", "locales/de/x.mo")
    for name in (*kept, *gone):
        (static / name).parent.mkdir(parents=True, exist_ok=True)
        (static / name).touch()
    pages.finish(app(tmp_path), None)
    assert all((static / name).is_file() for name in kept)
    assert not any((static / name).exists() for name in gone)


def site_of(folder, page, picture, shared):
    """A page with one picture of its own, shown twice, and a script that all pages share."""
    for name, size in (("_images/own.png", picture), ("_static/shared.js", shared)):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(bytes(size))
    text = '<img src="_images/own.png"><img src="_images/own.png"><script src="_static/shared.js">'
    (folder / "page.html").write_text(text.ljust(page))
    return folder


def test_a_light_site_passes(tmp_path):
    site = site_of(tmp_path, page=100_000, picture=200_000, shared=5_000_000)
    assert sizes.page_bytes(site / "page.html") == 300_000
    assert sizes.excesses(site) == []
    sizes.weigh(app(site), None)


def test_a_heavy_page_fails_the_build_and_is_named(tmp_path):
    site = site_of(tmp_path, page=100_000, picture=201_000, shared=10)
    with pytest.raises(sizes.TooLargeError) as error:
        sizes.weigh(app(site), None)
    assert str(error.value) == "page.html has 301 kB with its pictures, 300 are allowed."


def test_a_heavy_site_fails_the_build(tmp_path):
    site = site_of(tmp_path, page=1000, picture=10, shared=25_100_000)
    with pytest.raises(sizes.TooLargeError, match=r"has 25\.1 MB, 25 are allowed"):
        sizes.weigh(app(site), None)
