"""VideoPose3D, as its public code trains it."""

from posegcn.recipes.recipe import Recipe

SOURCE = (
    "Pavllo et al., 3D human pose estimation in video with temporal convolutions and "
    "semi-supervised training, CVPR 2019; public code facebookresearch/VideoPose3D, commit "
    "1afb1ca, run.py and README"
)
WIDTHS = {27: (3, 3, 3), 81: (3, 3, 3, 3), 243: (3, 3, 3, 3, 3)}
PUBLISHED_MM = {
    (27, "cpn"): {"P1": 48.8, "P2": 38.0},
    (81, "cpn"): {"P1": 47.7, "P2": 37.2},
    (243, "cpn"): {"P1": 46.8, "P2": 36.5},
    (243, "gt"): {"P1": 37.2, "P2": 27.2},
}
COST = {27: "6 h", 81: "11 h", 243: "24 h"}

BASE = Recipe(
    name="temporal_conv",
    model="temporal_conv",
    source=SOURCE,
    published_mm={},
    cost="",
    skeleton="h36m_17",
    loss="mpjpe",
    amsgrad=True,
    batch_size=1024,
    epochs=80,
    schedule="by_epoch",
    decay_rate=0.95,
    decay_epochs=1,
    clip_norm=0.0,
    flip=True,
    norm_momentum="falling",
)

HUMAN36M = tuple(
    BASE.replace(
        name=f"temporal_conv-{frames}-h36m-{keypoints}",
        published_mm=PUBLISHED_MM.get((frames, keypoints), {}),
        cost=f"80 epochs of all frames; the authors say {COST[frames]} on one GPU",
        model_options={"widths": widths},
    )
    for frames, widths in WIDTHS.items()
    for keypoints in ("gt", "cpn")
)

HUMANEVA = BASE.replace(
    name="temporal_conv-27-humaneva-detectron",
    published_mm={"P1": 33.0},
    cost="1000 epochs of all frames",
    skeleton="humaneva_15",
    model_options={"widths": WIDTHS[27]},
    batch_size=128,
    epochs=1000,
    decay_rate=0.996,
)

RECIPES = (*HUMAN36M, HUMANEVA)
