"""Protocol cards: what a number was measured on and how, so that it can be compared.

The card of a report has two kinds of keys. Those of ``PROTOCOL`` have to agree before two numbers
may be ranked; all others only describe: recipe, seed, versions, seconds.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from posegcn.data.h36m import CORRUPT
from posegcn.data.humaneva import ACTIONS
from posegcn.recipes import RECIPES

UNKNOWN = "unknown"

PROTOCOL = {
    "data": "name of the data set, and which share of its frames",
    "data_hash": "hash of all keypoints and joints that were measured on",
    "split": "subjects that were measured on",
    "keypoints": "where the 2D keypoints come from",
    "inputs": "what the network is given of a pose: keypoints alone, or the depth of its root too",
    "joints": "number of joints that count, and whether the root is one of them",
    "excluded": "sequences of these subjects that were left out",
    "alignment": "how predictions were aligned before P1, see posegcn.evaluation.ALIGNMENTS",
    "flip": "whether the prediction is averaged with that of the mirrored pose",
    "averaging": "what the headline number is a mean of: actions, or frames",
    "pooling": "which frames count how often, see posegcn.evaluation.measures.POOLINGS",
    "selected_on": "whom the epoch was chosen on: training subjects, test subjects, or last epoch",
}

# Which part of a source's text, counted from its first colon, names the keypoints, and what they
# are where the text does not say.
KEYPOINTS = {
    "synthetic": (0, "exact"),
    "cmu": (1, "exact"),
    "h36m": (1, "gt"),
    "humaneva": (1, "gt"),
    "3dhp": (1, "gt"),
}
SELECTION = "lowest P1 on "
NO_SETTINGS = {"name", "source", "published_mm", "cost"}  # fields of a recipe that only describe


def source_card(source: str) -> dict[str, Any]:
    """``data``, ``keypoints`` and ``excluded``, read off the text that names some clips.

    A folder does not matter; what was done to the clips since they were opened does, and follows
    the first comma: ``"cmu:DIR:noisy, 1 frame in 20"`` are data ``"cmu, 1 frame in 20"`` and
    keypoints ``"noisy"``. Clips of an unknown source have keypoints ``"as given"``.
    """
    opened, comma, since = source.rpartition(":")[2].partition(", ")
    kind, *parts = [*source.split(":")[:-1], opened]
    if kind not in KEYPOINTS:
        return {"data": source, "keypoints": "as given", "excluded": []}
    place, keypoints = KEYPOINTS[kind]
    return {
        "data": kind + comma + since,
        "keypoints": parts[place] if len(parts) > place else keypoints,
        "excluded": _excluded(kind, parts),
    }


def _excluded(kind: str, parts: list[str]) -> list[str]:
    if kind == "h36m":
        return sorted(" ".join(recording) for recording in CORRUPT)
    if kind == "humaneva" and "all" not in parts[2:]:
        return [f"all but {', '.join(ACTIONS)}"]
    return []


def split_of(subjects: Iterable[str]) -> str:
    """Subjects as one text, S9 before S11."""
    return ", ".join(sorted(subjects, key=lambda subject: (len(subject), subject)))


def card_of_training(training: Mapping[str, Any], subjects: Iterable[str]) -> dict[str, Any]:
    """What a report says of the training: recipe and what differs from it, seed, epochs, selection.

    Args:
        training: Card of a run or checkpoint; what it does not say is None.
        subjects: Those that were measured on.
    """
    recipe = training.get("recipe")
    known = isinstance(recipe, Mapping)
    return {
        "recipe": recipe.get("name") if known else recipe,
        "settings": _settings(recipe) if known else None,
        "epochs": recipe.get("epochs") if known else None,
        "selected_on": _selected_on(training, subjects),
        "training_seconds": training.get("seconds"),
        **{
            key: training.get(key)
            for key in ("seed", "epoch", "selection", "train_subjects", "start", "imported")
        },
    }


def _settings(recipe: Mapping[str, Any]) -> dict[str, Any]:
    """What differs from the recipe of that name, as ``--set`` would say it."""
    usual = asdict(RECIPES[recipe["name"]]) if recipe.get("name") in RECIPES else {}
    usual, found = _flat(usual), _flat(recipe)
    return {
        name: value
        for name, value in found.items()
        if name not in NO_SETTINGS and _text(value) != _text(usual.get(name))
    }


def _flat(recipe: Mapping[str, Any]) -> dict[str, Any]:
    options = recipe.get("model_options") or {}
    others = {name: value for name, value in recipe.items() if name != "model_options"}
    return others | {f"model.{name}": value for name, value in options.items()}


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)  # for which (3, 3) is [3, 3]


def _selected_on(card: Mapping[str, Any], subjects: Iterable[str]) -> str:
    """Whom the epoch was chosen on, told by the card's ``selection``."""
    selection = card.get("selection")
    if isinstance(selection, str) and selection.startswith(SELECTION):
        seen = set(selection.removeprefix(SELECTION).split(", "))
        return "test subjects" if seen & set(subjects) else "training subjects"
    trained = card.get("recipe") is not None and card.get("epoch") is not None
    return "last epoch" if trained and selection is None else UNKNOWN


def protocol_of(card: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of ``PROTOCOL``, each with its value or ``"unknown"``.

    Reports of posegcn from before a key was there are understood where their other keys tell it:
    the source gives data, keypoints and what is excluded, the subjects the split, the selection
    whom it was made on; networks had keypoints alone, every frame counted once, and the headline
    was the mean of actions.
    """
    subjects = card.get("subjects") or []
    found = dict.fromkeys(PROTOCOL, UNKNOWN)
    if "posegcn" in card:
        found |= {"averaging": "action", "pooling": "all", "inputs": ["keypoints"]}
    if subjects:
        found["split"] = split_of(subjects)
    found |= {key: card[key] for key in PROTOCOL if card.get(key) is not None}
    if "posegcn" in card and "keypoints" not in card and isinstance(card.get("data"), str):
        found |= source_card(card["data"])
    if found["selected_on"] == UNKNOWN:
        found["selected_on"] = _selected_on(card, subjects)
    return found
