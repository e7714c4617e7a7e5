"""Files of results: what ``posegcn evaluate`` and ``posegcn baselines`` have written."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from posegcn.errors import InputError


def read_reports(paths: Sequence[str | Path]) -> dict[str, dict[str, Any]]:
    """Contents of result files by name; of a file with several, by file and name.

    Raises:
        InputError: A file is missing, given twice, or holds no result.
    """
    found: dict[str, dict[str, Any]] = {}
    for path in map(str, paths):
        if path in found:
            raise InputError(f"{path} is given twice")
        content = _read(path)
        if isinstance(several := content.get("reports"), dict):  # of posegcn baselines
            found |= {f"{path}: {name}": _baseline(name, each) for name, each in several.items()}
        else:
            found[path] = content
    return found


def _read(path: str) -> dict[str, Any]:
    try:
        content = json.loads(Path(path).read_text())
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is no JSON file of `posegcn evaluate --json`") from error
    return content if isinstance(content, dict) else {}


def _baseline(name: str, report: Any) -> Any:
    """A baseline is fitted, and its penalty chosen, on training subjects."""
    if not isinstance(report, dict) or not isinstance(report.get("card"), dict):
        return report
    return report | {"card": report["card"] | {"recipe": name, "selected_on": "training subjects"}}
