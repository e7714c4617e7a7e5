"""One frame of a detector, with what is suspicious marked."""

from collections.abc import Collection

import matplotlib as mpl
from matplotlib.figure import Figure
from torch import Tensor

from posegcn.skeleton import Skeleton
from posegcn.viz.pose import draw_keypoints
from posegcn.viz.style import MATPLOTLIB

SUSPICIOUS = "#CC79A7"  # of the Okabe-Ito colours, the one that no side of a body has
MARGIN = 0.1  # of the keypoints' extent, around them


def frame_figure(
    keypoints_px: Tensor,
    skeleton: Skeleton,
    *,
    suspicious: Collection[str] = (),
    image_size: tuple[int, int] | None = None,
    title: str = "",
    figure: Figure | None = None,
) -> Figure:
    """Keypoints of one frame, rings around suspicious joints, and the border of the image.

    Args:
        keypoints_px: Pixels; NaN where there is none.  (J, 2)
        skeleton: Body of the keypoints.
        suspicious: Names of joints to mark.
        image_size: Width and height in pixels.
        title: Above the picture; long ones are broken.
        figure: Where to draw; without it, a new one.
    """
    with mpl.rc_context(MATPLOTLIB):
        figure = figure or Figure(figsize=(6, 6.5), layout="constrained")
        axes = figure.subplots()
        draw_keypoints(axes, keypoints_px, skeleton)
        marked = keypoints_px[[skeleton.index(name) for name in suspicious]].cpu().numpy()
        if len(marked):
            ring = {"ls": "none", "marker": "o", "ms": 14, "mfc": "none", "mew": 2}
            axes.plot(*marked.T, color=SUSPICIOUS, label="suspicious", **ring)
        if image_size is not None:
            width, height = image_size
            axes.plot(
                [0, width, width, 0, 0],
                [0, 0, height, height, 0],
                color="black",
                lw=1,
                label="image",
            )
        if axes.get_legend_handles_labels()[0]:
            figure.legend(loc="outside lower center", ncols=2)
        axes.margins(MARGIN)
        axes.set(xlabel="x (px)", ylabel="y (px)")
        axes.set_title(title, wrap=True, loc="left")
    return figure
