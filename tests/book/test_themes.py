"""Light and dark: as the system prefers or as a reader chooses, pages and figures are readable."""

from io import BytesIO

import pytest
from PIL import Image
from support.browser import Visit, faults, needs_browser
from support.contrast import READABLE, contrast, luminance, rgb
from support.sample import SAMPLE
from support.site import GIVEN, addresses

pytestmark = [pytest.mark.slow, needs_browser]
with_samples = pytest.mark.skipif(bool(GIVEN), reason="a given site has no page of samples")
themes = pytest.mark.parametrize("theme", ["light", "dark"])
WORDS = """
() => [...document.querySelectorAll(".plotly-figure text")].filter((text) => text.textContent)
  .map((text) => {
    const rect = text.parentNode.querySelector("rect");
    const ink = (element, name) => getComputedStyle(element)[name];
    const paper = rect ? ink(rect, "fill") : ink(document.body, "backgroundColor");
    return [text.textContent, ink(text, "fill"), paper];
  })
"""
# What does not fit into the window: formulas by their names, and the page itself.
CUT = """
() => [...document.querySelectorAll("div.math:has(> .eqno)")].filter((place) => {
  const formula = place.querySelector("mjx-math").getBoundingClientRect();
  const room = place.getBoundingClientRect();
  return formula.left < room.left - 1 || formula.right > room.right + 1;
}).map((place) => place.id)
  .concat(document.documentElement.scrollWidth > innerWidth ? ["page"] : [])
"""


@pytest.fixture
def address(site):
    return (site / "book" / f"{SAMPLE}.html").as_uri()


def chosen_by_hand(page, theme):
    """Press the button of the theme until it is the wanted one."""
    for _ in range(3):
        if page.evaluate("document.documentElement.dataset.mode") != theme:
            page.locator(".theme-switch-button").first.click()
    assert page.evaluate("document.documentElement.dataset.theme") == theme
    page.wait_for_timeout(500)  # figures are drawn anew


def picture(page):
    """The figure of matplotlib as it is seen."""
    figure = page.locator(".cell_output figure img").first
    return Image.open(BytesIO(figure.screenshot())).convert("RGB")


def check_figures(page, theme):
    counted = sorted(picture(page).getcolors(1 << 24), reverse=True)
    paper = counted[0][1]
    ink = max((colour for _, colour in counted), key=lambda colour: contrast(colour, paper))
    assert (luminance(paper) < 0.1) == (theme == "dark")
    assert contrast(ink, paper) > 2 * READABLE
    words = page.evaluate(WORDS)
    assert {"play", "frame 0"} <= {word for word, *_ in words}
    for word, ink, paper in words:
        assert contrast(rgb(ink), rgb(paper)) >= READABLE, (word, ink, paper)
    walls = page.evaluate(
        "document.querySelector('.plotly-figure')._fullLayout.scene.xaxis.backgroundcolor"
    )
    font = page.evaluate("document.querySelector('.plotly-figure')._fullLayout.font.color")
    wall = [int(walls[i : i + 2], 16) for i in (1, 3, 5)]
    assert contrast(rgb(font), wall) >= READABLE


def test_every_page_from_a_disk_in_the_dark(chromium, site):
    visit = Visit(chromium, "dark")
    assert faults(visit, site.as_uri(), addresses(site), ["color-contrast"]) == {}


@with_samples
@themes
def test_figures_in_the_theme_of_the_system(chromium, address, theme):
    visit = Visit(chromium, theme)
    check_figures(visit.open(address), theme)
    assert visit.violations(["color-contrast"], whole=True) == []  # with all colours of code


@with_samples
@themes
def test_figures_in_the_theme_of_the_button(chromium, address, theme):
    visit = Visit(chromium, "dark" if theme == "light" else "light")
    page = visit.open(address)
    chosen_by_hand(page, theme)
    check_figures(page, theme)
    assert visit.violations(["color-contrast"], whole=True) == []
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == theme
    assert visit.taken() == []


@with_samples
def test_a_turned_figure_stays_turned(chromium, address):
    visit = Visit(chromium)
    page = visit.open(address)
    figure = page.locator(".plotly-figure")
    figure.scroll_into_view_if_needed()
    eye = "document.querySelector('.plotly-figure')._fullLayout.scene._scene.getCamera().eye.x"
    before = page.evaluate(eye)
    box = figure.bounding_box()
    page.mouse.move(box["x"] + 300, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 380, box["y"] + 210, steps=4)
    page.wait_for_timeout(1000)  # plotly keeps what it has drawn when the button goes up
    page.mouse.up()
    turned = page.evaluate(eye)
    assert abs(turned - before) > 0.05
    chosen_by_hand(page, "dark")
    assert page.evaluate(eye) == pytest.approx(turned, abs=0.01)


def test_pages_and_their_formulas_fit_a_telephone(chromium, site):
    visit = Visit(chromium, width=390)
    cut = {
        name: visit.open(f"{site.as_uri()}/{name}").evaluate(CUT)
        for name in addresses(site)
        if name.startswith("book/")
    }
    assert {name: found for name, found in cut.items() if found} == {}


@with_samples
def test_a_narrow_window_needs_no_scrolling_sideways(chromium, address):
    page = Visit(chromium, width=390).open(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
