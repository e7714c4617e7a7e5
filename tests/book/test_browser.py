"""All pages in a real browser without a network: nothing is missing, nobody is shut out."""

import pytest
from support.browser import Visit, faults, needs_browser
from support.site import addresses

pytestmark = [pytest.mark.slow, needs_browser]


def test_every_page_from_a_server_in_the_light(chromium, site, served):
    assert faults(Visit(chromium, "light"), served, addresses(site)) == {}


@pytest.mark.parametrize("kind", ["http", "file"])
def test_the_site_begins_with_the_first_chapter(chromium, site, served, kind):
    visit = Visit(chromium)
    base = served if kind == "http" else site.as_uri()
    visit.page.goto(f"{base}/index.html")
    visit.page.wait_for_url("**/book/00_welcome.html")
    assert visit.page.locator("h1").first.inner_text().strip().startswith("Welcome")
    assert visit.taken() == []


@pytest.mark.parametrize("kind", ["http", "file"])
def test_search_finds_pages(chromium, site, served, kind):
    visit = Visit(chromium)
    base = served if kind == "http" else site.as_uri()
    page = visit.open(f"{base}/book/04_vanilla.html")
    page.keyboard.press("Control+k")
    page.keyboard.type("pooling")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=pooling*")
    results = page.locator("#search-results li a")
    results.first.wait_for(timeout=20_000)
    found = results.evaluate_all("links => links.map(link => link.href)")
    assert any("16_hourglass" in link for link in found)
    results.first.click()
    page.wait_for_url(lambda url: "search.html" not in url)
    assert visit.taken() == []


def test_what_a_page_must_not_do_is_noticed(chromium, tmp_path):
    (tmp_path / "page.html").write_text(
        '<img src="https://example.org/image.png"><script>console.error("oh");'
        "setTimeout(() => { throw new Error('no'); })</script>"
    )
    visit = Visit(chromium)
    visit.open((tmp_path / "page.html").as_uri())
    visit.page.wait_for_timeout(100)
    complaints = "\n".join(visit.taken())
    for part in ("asks another host: https://example.org/image.png", "console: oh", "error: no"):
        assert part in complaints
    ids = {violation.split(":")[0] for violation in visit.violations()}
    assert {"document-title", "html-has-lang", "image-alt"} <= ids


def test_a_colour_is_judged_once_it_rests(chromium, tmp_path):
    (tmp_path / "page.html").write_text(
        "<style>p { background: #fff; color: #fff; transition: color 3s }"
        "p.dark { color: #000 }</style><p>word</p>"
    )
    visit = Visit(chromium)
    page = visit.open((tmp_path / "page.html").as_uri())
    page.evaluate("document.body.offsetWidth; document.querySelector('p').className = 'dark'")
    assert visit.violations(["color-contrast"], whole=True) == []
