"""Suites: which networks are trained on which keypoints, to stand beside published errors."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from posegcn.errors import InputError
from posegcn.recipes import RECIPES, Recipe

Protocols = Mapping[str, Mapping[str, Any]]

# Options of `evaluate`, by the name of a protocol. What the public programs of a family compute
# is the second, as far as options bring it back; see `posegcn.evaluation.ALIGNMENTS` and
# `posegcn.evaluation.measures.POOLINGS`. A root depth is that of `use_root_depth`.
OURS: Protocols = {"corrected": {}}
SINGLE_FRAME: Protocols = {"corrected": {}, "published": {"alignment": "root_zeroed"}}
SINGLE_FRAME_FLIPPED: Protocols = {
    "corrected": {"flip": True},
    "published": {"flip": True, "alignment": "root_zeroed"},
}
REFINED: Protocols = {
    "corrected": {"flip": True},
    "published": {"flip": True, "alignment": "root_zeroed", "root_depth": "published"},
}
OVER_TIME: Protocols = {
    "corrected": {"flip": True},
    "published": {"flip": True, "alignment": "none", "pooling": "released"},
}
OVER_TIME_BY_SUBJECT: Protocols = {
    name: {**options, "by": "subject"} for name, options in OVER_TIME.items()
}


@dataclass(frozen=True)
class Entry:
    """A network of a suite.

    Args:
        name: Its name in the suite and of its files.
        recipe: How it is trained.
        keypoints: What follows the source of the data: ``"noisy"``, ``"cpn_ft_h36m_dbb"``, ...
        protocols: Options of :func:`posegcn.evaluation.evaluate` by name of the protocol; the first
            is the one whose errors are ranked.
        start: Entry of the suite whose weights it begins with.
    """

    name: str
    recipe: Recipe
    keypoints: str = ""
    protocols: Protocols = field(default_factory=lambda: OURS)
    start: str | None = None

    def source(self, data: str) -> str:
        """The source of the data with the keypoints.  ``cmu:DIR`` -> ``cmu:DIR:noisy``"""
        return f"{data}:{self.keypoints}" if self.keypoints else data

    @property
    def published_mm(self) -> Mapping[str, float]:
        """Published errors of the recipe; none where its keypoints are of another kind."""
        exact = self.keypoints in ("", "gt")
        return self.recipe.published_mm if exact == self.recipe.name.endswith("-gt") else {}


@dataclass(frozen=True)
class Suite:
    """Networks that are compared on one data set.

    Args:
        name: Its name.
        entries: The networks.
        form: How the text of the data source begins.
        data: The source where none is given; without it one must be.
    """

    name: str
    entries: tuple[Entry, ...]
    form: str
    data: str | None = None

    def choose(self, pattern: str) -> tuple[Entry, ...]:
        """Entries whose name fits a pattern, as ``semgcn*``.

        Raises:
            InputError: None does.
        """
        chosen = tuple(entry for entry in self.entries if fnmatchcase(entry.name, pattern))
        if not chosen:
            names = ", ".join(entry.name for entry in self.entries)
            raise InputError(f"no network of the suite fits {pattern!r}. Available: {names}")
        return chosen


def _smoke() -> tuple[Entry, ...]:
    """Every kind of network, tiny, on few poses: whether everything runs."""
    small = {"epochs": 1, "target_step": 16, "learning_rate": 0.01, "schedule": "warmup_cosine"}
    sizes = {
        "linear-h36m-gt": {"channels": 64},
        "semgcn-h36m-gt": {"channels": 16, "num_blocks": 1},
        "modulated_gcn-h36m-gt": {"channels": 16, "num_blocks": 1},
        "graphsh-dc_preagg-h36m-gt": {"channels": 16, "stacks": 1},
        "temporal_conv-27-h36m-gt": {"channels": 32, "widths": (3, 3)},
        "gla_gcn-27-h36m-gt": {"channels": 8, "strides": (3, 3)},
    }
    return tuple(
        Entry(
            name.removesuffix("-h36m-gt"),
            RECIPES[name].replace(**small, batch_size=64, chunk=1, model_options=options),
        )
        for name, options in sizes.items()
    )


# Trained from scratch within minutes: one sweep of the rate, up and down to zero.
SHORT = {"schedule": "warmup_cosine", "flip": False, "skeleton": "h36m_17"}


def _cmu() -> tuple[Entry, ...]:
    """Single-frame networks, every layer in one trunk, and networks over time, on CMU motion."""
    entries = []
    networks = {
        "linear": {"epochs": 10},
        "semgcn": {"epochs": 5, "learning_rate": 0.008},
        "semgcn_nonlocal": {"epochs": 5, "learning_rate": 0.008},
        "modulated_gcn": {"epochs": 5, "learning_rate": 0.008},
        "graphsh-dc_preagg": {"epochs": 5, "learning_rate": 0.004},
    }
    for suffix, keypoints in (("", ""), ("-noisy", "noisy")):
        for name, changes in networks.items():
            recipe = RECIPES[f"{name}-h36m-gt"].replace(**SHORT, **changes)
            entries.append(Entry(f"{name}{suffix}", recipe, keypoints))
        for name, recipe in RECIPES.items():
            if recipe.model != "residual_gcn" or not name.endswith("-gt"):
                continue
            layer = recipe.model_options["layer"]
            sizes = {"layer": layer, "channels": 64, "num_blocks": 3}
            recipe = recipe.replace(**SHORT, epochs=1, learning_rate=0.004, model_options=sizes)
            entries.append(Entry(f"layer-{layer}{suffix}", recipe, keypoints))
    over_time = {
        "modulated_gcn": {"epochs": 5, "learning_rate": 0.008},
        "temporal_conv-27": {
            **{"epochs": 5, "learning_rate": 0.003, "batch_size": 256},
            "model_options": {"widths": (3, 3, 3), "channels": 128, "dropout": 0.1},
        },
        "gla_gcn-27": {
            **{"epochs": 3, "learning_rate": 0.006, "batch_size": 64, "target_step": 4},
            **{"optimizer": "adam", "norm_momentum": "constant"},
            "model_options": {"strides": (3, 3, 3), "channels": 16, "dropout": 0.0},
        },
    }
    for name, changes in over_time.items():
        recipe = RECIPES[f"{name}-h36m-gt"].replace(**SHORT, **changes)
        entries.append(Entry(f"{name}-video", recipe, "video"))
    return tuple(entries)


H36M_KEYPOINTS = {"gt": "gt", "cpn": "cpn_ft_h36m_dbb", "sh": "sh_ft_h36m"}
HUMANEVA_KEYPOINTS = {"gt": "gt", "detectron": "detectron_pt_coco"}


def _published(dataset: str, keypoints: Mapping[str, str]) -> tuple[Entry, ...]:
    """Every recipe of a data set, as published."""
    entries = []
    for recipe in RECIPES.values():
        name, _, detector = recipe.name.rpartition(f"-{dataset}-")
        if not name:
            continue
        entries.append(
            Entry(
                f"{name}-{detector}",
                recipe,
                keypoints.get(detector, ""),
                _protocols(recipe, dataset, exact=detector == "gt"),
                start="modulated_gcn-cpn" if name == "modulated_gcn_refined" else None,
            )
        )
    return tuple(entries)


def _protocols(recipe: Recipe, dataset: str, *, exact: bool) -> Protocols:
    """How the public program of a network evaluates it, beside ours."""
    if recipe.model in ("temporal_conv", "gla_gcn"):
        return OVER_TIME_BY_SUBJECT if dataset == "humaneva" else OVER_TIME
    if recipe.model == "modulated_gcn_refined":
        return REFINED
    return SINGLE_FRAME_FLIPPED if recipe.flip and not exact else SINGLE_FRAME


SUITES = {
    suite.name: suite
    for suite in (
        Suite("smoke", _smoke(), "synthetic", data="synthetic"),
        Suite("cmu", _cmu(), "cmu:DIR"),
        Suite("h36m", _published("h36m", H36M_KEYPOINTS), "h36m:DIR"),
        Suite("humaneva", _published("humaneva", HUMANEVA_KEYPOINTS), "humaneva:DIR"),
        Suite("3dhp", _published("3dhp", {}), "3dhp:DIR"),
    )
}
