"""What is trained on what: a run goes on only with the same."""

from dataclasses import asdict
from typing import Any

from posegcn.data.clips import Clips
from posegcn.data.framing import sizes_seen
from posegcn.recipes import Recipe


def training_card(
    recipe: Recipe, train: Clips, validation: Clips | None, **others: Any
) -> dict[str, Any]:
    """Recipe, data and rule of selection, and whatever else is given and not empty.

    ``body_size`` says how large people are in the image, so that a lifter can tell whether it is
    shown others.
    """
    card = {
        "recipe": asdict(recipe),
        "data": train.source,
        "data_hash": train.fingerprint(),
        "train_subjects": sorted({clip.subject for clip in train}),
        "train_poses": len(train.targets),
        "body_size": sizes_seen(train),
    }
    if validation is not None:
        card["selection"] = f"lowest P1 on {', '.join(sorted({c.subject for c in validation}))}"
        card["validation_hash"] = validation.fingerprint()
    return card | {name: value for name, value in others.items() if value is not None}
