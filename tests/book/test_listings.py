"""The listings of code in a real browser; a file of its own, so that a second process can do it."""

import pytest
from support.browser import Visit, faults, needs_browser
from support.site import addresses

pytestmark = [pytest.mark.slow, needs_browser]


def test_every_listing_from_a_server_in_the_light(chromium, site, served):
    assert faults(Visit(chromium, "light"), served, addresses(site, listings=True)) == {}


def test_every_listing_from_a_disk_in_the_dark(chromium, site):
    # Their colours are those of code, which the page of samples has too: no contrast to look at.
    visit = Visit(chromium, "dark")
    assert faults(visit, site.as_uri(), addresses(site, listings=True), rules=[]) == {}
