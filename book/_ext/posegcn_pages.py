"""Sphinx extension: finished pages, mended for all readers and freed of what nobody loads."""

import re
import shutil
from pathlib import Path

from PIL import Image
from sphinx.application import Sphinx

# Theme files that no page loads. Icons come from fonts; the script that draws the same
# icons has 1.5 MB and ran on every page.
UNUSED = (
    "**/*.map",
    "**/*.ttf",
    "**/*.LICENSE.txt",
    "*macros.html",
    "locales",
    "scripts/fontawesome.js",
    "sphinx-thebe.*",
)
COLOURS = 256  # of a figure; more of them make it three times as large
REDIRECT = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>posegcn</title>'
    '<link rel="icon" href="_static/favicon.svg">'
    r'<meta http-equiv="refresh" content="0; url=\1"></head>'
    r'<body><main><h1>posegcn</h1><p><a href="\1">The book</a></p></main></body></html>'
)
# Pages on a disk may not read one another: search results come without excerpts there.
ON_A_DISK = 'if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;'
CAPTIONED = re.compile(
    r'<img alt="[^"]*"(?P<rest>[^>]*>\s*<figcaption>(?P<caption>.*?)</figcaption>)',
    flags=re.DOTALL,
)
MENDED = (
    (r'\s*<script defer src="[^"]*fontawesome\.js[^"]*"></script>', ""),
    (r"\s*<link [^>]*sphinx-thebe\.css[^>]*>", ""),
    # Names, punctuation and spaces have the colour of the text, and operators need no
    # other: half of a page's size.
    (r'<span class="(?:n|nn|o|p|w)">([^<]*)</span>', r"\1"),
    # The whole sidebar is a landmark, not only the list in it.
    (
        r'(<div id="pst-primary-sidebar" class="[^"]*")>',
        r'\1 role="navigation" aria-label="Book">',
    ),
    (
        r'<summary>(<span class="toctree-toggle")',
        r'<summary aria-label="pages below">\1',
    ),
    # What is behind a fold; the label that is read out was another one than that which is seen.
    ('<summary aria-label="Toggle hidden content">', "<summary>"),
    ("(Show|Hide) code cell content", r"\1 the solutions"),
    ("(Show|Hide) code cell source", r"\1 the code"),
    (r'role="doc-biblioentry"', 'role="listitem"'),
    # A corner that says nothing is no heading.
    (r'<th class="head"><p></p></th>', "<td></td>"),
    (r'^<meta http-equiv="Refresh" content="0; url=([^"]+)" />\s*$', REDIRECT),
)


def described(figure: re.Match[str]) -> str:
    """A picture that says what its caption says, instead of its file's name."""
    words = re.sub(r"<a class=\"headerlink.*?</a>|<[^>]+>", "", figure["caption"])
    return f'<img alt="{" ".join(words.split())}"{figure["rest"]}'


def mended(text: str) -> str:
    """A page as it should be; what is mended already stays as it is."""
    text = CAPTIONED.sub(described, text)
    for pattern, replacement in MENDED:
        text = re.sub(pattern, replacement, text)
    return text


def flat(text: str) -> str:
    """The list of modules as one list: the lists in it stood between its items."""
    start, end = text.index("<article"), text.index("</article>")
    items = re.sub(r"</?ul>", "", text[start:end])
    whole = re.sub(r"(<li>.*</li>)", r"<ul>\1</ul>", items, flags=re.DOTALL)
    return text[:start] + whole + text[end:]


def lighten(path: Path) -> None:
    """Store a figure with a palette, which is what plots need."""
    with Image.open(path) as image:
        if image.mode == "P":
            return
        paper = Image.new("RGBA", image.size, "white")
        paper.alpha_composite(image.convert("RGBA"))
    plain = paper.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    plain.save(path, optimize=True)


def finish(app: Sphinx, error: Exception | None) -> None:
    """Mend all pages, make figures small, and drop theme files that no page loads."""
    if error is not None or app.builder.format != "html":
        return
    site = Path(app.outdir)
    for page in site.rglob("*.html"):
        before = page.read_text()
        after = mended(before)
        if page == site / "_modules" / "index.html":
            after = flat(after)
        if after != before:
            page.write_text(after)
    for picture in (site / "_images").glob("*.png"):
        lighten(picture)
    for pattern in UNUSED:
        for path in list((site / "_static").glob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension; it comes after those that write files."""
    app.add_js_file(None, body=ON_A_DISK, priority=900)
    app.connect("build-finished", finish, priority=800)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
