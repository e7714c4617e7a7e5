"""Reports: measured errors with the card that says how they were measured."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from posegcn.files import write_atomically

LEGEND = (
    "mm; P1 = MPJPE, P2 = after Procrustes, P3 = after best scale; "
    "of velocities MPJVE, mm per frame; of accelerations ACC, mm per frame squared; "
    "PCK and AUC in per cent"
)


@dataclass(frozen=True)
class Report:
    """Errors in millimetres.

    Args:
        card: How they were measured: data, split, alignment, flip averaging, ...
        frames: Number of poses of each action.
        actions: Mean over the poses of an action, by action and measure.
        pooled: Mean over all poses, by measure.
        joints: P1 over all poses, by joint.
        clips: A row for each clip that counts, in the order of the data: subject, action, camera,
            the number of its recording (all cameras that saw one motion), number of poses, mean
            distance of the root from the camera in metres, and the mean of each measure over its
            poses. Reports of older versions have none.
    """

    card: Mapping[str, Any]
    frames: Mapping[str, int]
    actions: Mapping[str, Mapping[str, float]]
    pooled: Mapping[str, float]
    joints: Mapping[str, float]
    clips: Sequence[Mapping[str, Any]] = ()

    @property
    def mean(self) -> dict[str, float]:
        """Unweighted mean over actions, by measure; the number that papers print."""
        rows = self.actions.values()
        return {name: sum(row[name] for row in rows) / len(rows) for name in self.pooled}

    def table(self) -> str:
        """Errors by action and by joint, as text."""
        width = max(map(len, [*self.actions, *self.joints, "mean of actions"])) + 2
        lines = [f"{'action':{width}}{'poses':>9}" + "".join(f"{m:>9}" for m in self.pooled)]
        rows = [(name, self.frames[name], row) for name, row in self.actions.items()]
        total = sum(self.frames.values())
        rows += [("mean of actions", total, self.mean), ("all poses", total, self.pooled)]
        for name, frames, row in rows:
            numbers = "".join(f"{error:9.2f}" for error in row.values())
            lines.append(f"{name:{width}}{frames:9}{numbers}")
        lines += ["", f"{'joint':{width}}{'P1':>9}"]
        lines += [f"{joint:{width}}{error:9.2f}" for joint, error in self.joints.items()]
        lines += ["", LEGEND, ""]
        lines += [f"{key:{width}}{_plain(value)}" for key, value in self.card.items()]
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Everything, as plain values; what could not be measured is ``None``."""
        return _without_nan({**asdict(self), "mean": self.mean})

    def to_json(self, path: str | Path) -> Path:
        """Write everything to a file.

        Raises:
            InputError: The file cannot be written.
        """
        path = Path(path)
        write_atomically(path, (json.dumps(self.to_dict(), indent=1) + "\n").encode())
        return path


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _without_nan(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_nan(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_nan(item) for item in value]
    return None if isinstance(value, float) and math.isnan(value) else value
