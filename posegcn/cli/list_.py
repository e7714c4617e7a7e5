"""List layers, models, recipes, skeletons or data sources by name."""

import argparse
from typing import Any

from posegcn.cli.options import add_json, show
from posegcn.data import SOURCES
from posegcn.errors import InputError, look_up
from posegcn.layers import layer_options, list_layers
from posegcn.models import list_models, model_options
from posegcn.recipes import RECIPES
from posegcn.skeletons import SKELETONS


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("what", nargs="?", metavar="WHAT", help=f"{', '.join(KINDS)} (default all)")
    add_json(parser)


def run(options: argparse.Namespace) -> None:
    """List what was asked for."""
    if options.json in KINDS:  # taken for the file of --json
        raise InputError(f"--json comes last: posegcn list {options.json} --json")
    kinds = {options.what: look_up("kind", options.what, KINDS)} if options.what else KINDS
    tables = {kind: table() for kind, table in kinds.items()}
    sections = []
    for kind, table in tables.items():
        width = max(map(len, table)) + 2
        rows = [f"  {name:{width}}{_line(entry)}".rstrip() for name, entry in table.items()]
        sections.append("\n".join([f"{kind}:", *rows]))
    show(options, tables, "\n\n".join(sections))


def _line(entry: dict[str, Any]) -> str:
    return "  ".join(f"{key} {value}" for key, value in entry.items())


def _layers() -> dict[str, Any]:
    return {name: layer_options(name) for name in list_layers()}


def _models() -> dict[str, Any]:
    return {name: model_options(name) for name in list_models()}


def _recipes() -> dict[str, Any]:
    return {
        name: {
            "model": recipe.model,
            **{f"published {protocol} mm": mm for protocol, mm in recipe.published_mm.items()},
            "cost": recipe.cost,
        }
        for name, recipe in RECIPES.items()
    }


def _skeletons() -> dict[str, Any]:
    return {
        name: {"joints": skeleton.num_joints, "root": skeleton.joints[skeleton.root]}
        for name, skeleton in SKELETONS.items()
    }


def _sources() -> dict[str, Any]:
    return {source.form: {"=": source.summary} for source in SOURCES.values()}


KINDS = {
    "layers": _layers,
    "models": _models,
    "recipes": _recipes,
    "skeletons": _skeletons,
    "sources": _sources,
}
