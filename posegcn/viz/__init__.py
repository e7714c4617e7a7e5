"""Pictures: the only place that imports matplotlib, plotly and ipywidgets, and only when used."""

from importlib import import_module

_HOMES = {
    "style": ("LEFT", "RIGHT", "MIDLINE", "TRUTH", "SERIES", "set_style"),
    "pose": ("bone_colours", "draw_keypoints", "draw_joints", "set_cube"),
    "matrix": ("draw_matrix", "draw_graph"),
    "curves": ("learning_curve",),
    "sweeps": ("robustness_curves",),
    "plotly3d": ("pose3d",),
    "motion": ("Motion",),
    "animation": ("animate", "animate_people", "check_animation"),
    "overlays": ("Overlaid", "overlay"),
    "frame": ("frame_figure",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = list(_HOME_OF)


def __getattr__(name: str):
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
