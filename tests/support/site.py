"""The book built for tests: all pages without running them, and one that has every kind of output.

``POSEGCN_SITE`` names a site that is built already; then that one is tested.
"""

import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat
import yaml
from support.sample import SAMPLE, sample_notebook

ROOT = Path(__file__).parents[2]
GIVEN = os.environ.get("POSEGCN_SITE")
LEFT_OUT = shutil.ignore_patterns("_ext", "results", "weights", "clips")
LOADING = {
    ("script", "src"),
    ("img", "src"),
    ("iframe", "src"),
    ("source", "src"),
    ("video", "src"),
    ("link", "href"),
}


def build_site(target):
    """Build the book from clean in a folder, warnings being errors; gives the folder of pages."""
    source = target / "source"
    shutil.copytree(ROOT / "book", source / "book", ignore=LEFT_OUT)
    nbformat.write(sample_notebook(), source / "book" / f"{SAMPLE}.ipynb")
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text())
    contents["parts"][-1]["chapters"].append({"file": f"book/{SAMPLE}"})
    config = yaml.safe_load((ROOT / "_config.yml").read_text())
    config["execute"]["execute_notebooks"] = "off"
    extensions = config["sphinx"]["local_extensions"]
    extensions.update({name: str(ROOT / folder) for name, folder in extensions.items()})
    for name, content in (("_config.yml", config), ("_toc.yml", contents)):
        (source / name).write_text(yaml.safe_dump(content, sort_keys=False))
    builder = Path(sys.executable).with_name("jupyter-book")
    done = subprocess.run(
        [builder, "build", source, "--path-output", target, "-W", "-n", "--keep-going"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return target / "_build" / "html"


def pages(site):
    """Pages a reader can open; the theme keeps templates under _static."""
    return sorted(
        page for page in site.rglob("*.html") if "_static" not in page.relative_to(site).parts
    )


def addresses(site, listings=False):
    """Pages by their address within the site, without the one that leads to the first.

    Args:
        site: Folder of the pages.
        listings: Those that show a module of the package, instead of all others.
    """
    names = {str(page.relative_to(site)) for page in pages(site)} - {"index.html"}
    return sorted(name for name in names if name.startswith("_modules/posegcn/") == listings)


class Page(HTMLParser):
    """What a page makes the browser fetch, where its links lead, and which places it has."""

    def __init__(self, path):
        super().__init__()
        self.path, self.loads, self.links, self.places = path, [], [], set()
        self.feed(path.read_text())

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.places.update(values[name] for name in ("id", "name") if values.get(name))
        if tag in ("a", "area") and "href" in values:
            self.links.append(values["href"])
        if tag == "form" and values.get("action"):
            self.links.append(values["action"])
        if tag == "meta" and values.get("http-equiv", "").lower() == "refresh":
            self.links.append(re.sub(r"^.*?url=", "", values["content"]))
        if tag == "link" and values.get("rel") in ("canonical", "author", "search", "next", "prev"):
            self.links.append(values["href"])
            return
        self.loads += [values[name] for t, name in LOADING if t == tag and values.get(name)]


def broken_links(read):
    """Links of pages that lead to no file of the site or to no place of a page.

    Args:
        read: All pages of a site by their path.
    """
    found = []
    for page in read.values():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (page.path.parent / unquote(parts.path)).resolve() if parts.path else page.path
            place = unquote(parts.fragment)
            if not target.is_file():
                found.append(f"{page.path.name}: {link} leads to no file")
            elif place and target in read and place not in read[target].places:
                found.append(f"{page.path.name}: {link} leads to no place of {target.name}")
    return found
