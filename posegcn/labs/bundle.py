"""The JavaScript of the labs: modules in ``js/``, put together as notebooks and pages want it."""

import re
from pathlib import Path

SOURCES = Path(__file__).with_name("js")
MIME = "application/vnd.posegcn.lab+json"  # of a lab's state in the outputs of a notebook
LABS = ("adjacency", "sharing", "time", "lifting", "protocol")

_IMPORT = re.compile(r'^import \{[^}]*\} from "\./(\w+)\.js";\n', flags=re.MULTILINE)
_EXPORT = re.compile(r"^export (?=function|const|class)", flags=re.MULTILINE)


def notebook_module(lab: str) -> str:
    """One module without imports, as anywidget wants it: a default export with ``render``."""
    return f"{_joined([lab_file(lab)])}\nexport default {{ render: {render_name(lab)} }};\n"


def page_script() -> str:
    """One classic script for all labs, because pages opened from a disk may not load modules."""
    table = ", ".join(f"{lab}: {render_name(lab)}" for lab in LABS)
    body = _joined([*map(lab_file, LABS), "page"])
    return f'(function () {{\n"use strict";\n{body}\nmountAll({{ {table} }});\n}})();\n'


def style_sheet() -> str:
    """How the labs look."""
    return (SOURCES / "labs.css").read_text()


def lab_file(lab: str) -> str:
    """Name of the module of a lab."""
    return f"{lab}_lab"


def render_name(lab: str) -> str:
    """Name of the function that puts a lab into an element."""
    return f"render{lab.capitalize()}Lab"


def _joined(names: list[str]) -> str:
    """Modules and what they import, each once, without the words import and export."""
    return "\n".join(_EXPORT.sub("", _IMPORT.sub("", text)) for text in _in_order(names).values())


def _in_order(names: list[str]) -> dict[str, str]:
    """Texts of modules by name, imported ones first."""
    found: dict[str, str] = {}

    def add(name: str) -> None:
        if name in found:
            return
        text = (SOURCES / f"{name}.js").read_text()
        for imported in _IMPORT.findall(text):
            add(imported)
        found[name] = text

    for name in names:
        add(name)
    return found
