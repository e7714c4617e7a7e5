"""A real browser without a network: Debian's Chromium, driven by Playwright.

Names of other hosts are not found by this browser, so that a page which needs one is noticed.
"""

import shutil
import threading
from contextlib import contextmanager
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
HERE = "127.0.0.1"
OPTIONS = (
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking"),
    f"--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE {HERE}",
)
# What axe needs not compare thousands of times with the paper behind it: colours of code, which the
# page of samples has all, symbols of equations, and long lists whose entries look the same.
REPEATED = """
for (const own of document.querySelectorAll(".highlight pre, mjx-container")) {
  own.textContent = own.textContent;
}
const long = ["article dl.py", ".genindextable li", ".bd-links li", ".bd-toc li", ".onlyprint li"];
for (const list of long) {
  [...document.querySelectorAll(list)].slice(20).forEach((own) => own.remove());
}
"""
# A colour on its way from one theme to the other is nobody's colour.
SETTLED = """
() => document.getAnimations()
  .every((own) => !(own instanceof CSSTransition) || own.playState === "finished")
"""
NOBODYS_FAULT = ("data:", "blob:", "about:", "file:")  # addresses that ask no host


def missing():
    """What this machine lacks for tests in a browser; none where it lacks nothing."""
    if CHROMIUM is None:
        return "no chromium on this machine: apt-get install chromium"
    absent = [name for name in ("playwright", "axe_playwright_python") if not find_spec(name)]
    return f"not installed: {', '.join(absent)}" if absent else None


needs_browser = pytest.mark.skipif(missing() is not None, reason=str(missing()))


class Quiet(SimpleHTTPRequestHandler):
    """A server that does not write what it was asked."""

    def log_message(self, *arguments):
        pass


class Server(ThreadingHTTPServer):
    """A server that takes it calmly when a browser leaves before a file is whole."""

    def handle_error(self, request, client_address):
        pass


@contextmanager
def served(folder):
    """Address under which a folder can be read while the block runs."""
    with Server((HERE, 0), partial(Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://{HERE}:{server.server_port}"
        server.shutdown()
        thread.join()


@contextmanager
def chromium():
    """The browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield browser
        browser.close()


class Visit:
    """One tab that notes what a reader or a host would complain of.

    Args:
        browser: See ``chromium``.
        theme: ``light`` or ``dark``, what the reader's system prefers.
        width: Of the window, in pixels.
    """

    def __init__(self, browser, theme="light", width=1280):
        size = {"width": width, "height": 900}
        self.context = browser.new_context(viewport=size, color_scheme=theme)
        self.page = self.context.new_page()
        self.complaints = []
        self.context.on("request", self._asked)
        self.page.on("pageerror", lambda error: self.complaints.append(f"page error: {error}"))
        self.page.on("console", self._said)

    def _asked(self, request):
        if not request.url.startswith((f"http://{HERE}:", *NOBODYS_FAULT)):
            self.complaints.append(f"asks another host: {request.url}")

    def _said(self, message):
        if message.type == "error":
            place = message.location.get("url", "")
            self.complaints.append(f"console: {message.text} {place}")

    def open(self, address):
        """Go there and wait until mathematics and figures are drawn."""
        self.page.goto(address, wait_until="load")
        self.page.evaluate("window.MathJax?.startup?.promise?.then(() => true)")
        self.page.wait_for_function(
            "[...document.querySelectorAll('.plotly-figure')].every(p => p.querySelector('svg'))"
        )
        return self.page

    def violations(self, rules=None, whole=False):
        """What axe has against the page once its colours rest, one line for each element.

        Args:
            rules: Names of them, or all; contrast comes last.
            whole: Look at the contrast of what is repeated, too.
        """
        self.page.wait_for_function(SETTLED)
        self.page.evaluate(axe())
        found = []
        if rules is None:
            found += self._axe({"rules": {"color-contrast": {"enabled": False}}})
            rules = ["color-contrast"]
        if not whole:
            self.page.evaluate(REPEATED)
        found += self._axe({"runOnly": {"type": "rule", "values": rules}})
        return [
            f"{violation['id']}: {node['html'][:120]} {node['failureSummary'][:200]}"
            for violation in found
            for node in violation["nodes"]
        ]

    def _axe(self, options):
        options |= {"resultTypes": ["violations"], "preload": False}  # else it asks for files
        return self.page.evaluate("(options) => axe.run(options)", options)["violations"]

    def taken(self):
        """Complaints since the last time."""
        found, self.complaints = self.complaints, []
        return found

    def close(self):
        self.context.close()


def faults(visit, base, names, rules=None):
    """Complaints of the browser and of axe by page.

    Args:
        visit: The tab.
        base: Address of the site.
        names: Pages within it.
        rules: Of axe, or all; an empty list for none.
    """
    found = {}
    for name in names:
        visit.open(f"{base}/{name}")
        complaints = ([] if rules == [] else visit.violations(rules)) + visit.taken()
        if complaints:
            found[name] = complaints
    return found


@cache
def axe():
    """The code of axe-core, from the package that brings it."""
    folder = Path(find_spec("axe_playwright_python").origin).parent
    return (folder / "axe.min.js").read_text()
