"""Labs: what the book lets its readers move, in a notebook and on a page without a kernel.

One JavaScript module each, in ``js/``, runs in both; see ``posegcn.labs.lab``.
"""

from importlib import import_module

_HOME_OF = {
    "AdjacencyLab": "adjacency",
    "SharingLab": "sharing",
    "TimeLab": "time",
    "LiftingLab": "lifting",
    "ProtocolLab": "protocol",
}

__all__ = list(_HOME_OF)


def __getattr__(name: str):
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
