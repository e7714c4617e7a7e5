"""SemGCN and the linear baseline, as their public code trains them."""

from posegcn.recipes.recipe import Recipe

SOURCE = (
    "Zhao et al., Semantic graph convolutional networks for 3D human pose regression, CVPR 2019; "
    "public code garyzhao/SemGCN, commit 916aabd, main_gcn.py, main_linear.py and README"
)

RECIPES = (
    Recipe(
        name="semgcn-h36m-gt",
        model="semgcn",
        source=SOURCE,
        published_mm={"P1": 42.14, "P2": 33.53},
        cost="50 epochs of 24,372 steps",
        model_options={"init": "published"},
    ),
    Recipe(
        name="semgcn_nonlocal-h36m-gt",
        model="semgcn",
        source=SOURCE,
        published_mm={"P1": 40.78, "P2": 31.46},
        cost="30 epochs of 24,372 steps",
        model_options={"init": "published", "non_local": True},
        epochs=30,
    ),
    Recipe(
        name="semgcn_nonlocal-h36m-sh",
        model="semgcn",
        source=SOURCE,
        published_mm={"P1": 61.24, "P2": 47.71},
        cost="100 epochs of 24,372 steps",
        model_options={"init": "published", "non_local": True},
        epochs=100,
    ),
    Recipe(
        name="linear-h36m-gt",
        model="linear",
        source=SOURCE,
        published_mm={"P1": 44.40, "P2": 35.25},
        cost="200 epochs of 24,372 steps",
        loss="mse_without_root",
        epochs=200,
    ),
    Recipe(
        name="linear-h36m-sh",
        model="linear",
        source=SOURCE,
        published_mm={"P1": 63.48, "P2": 48.15},
        cost="200 epochs of 24,372 steps",
        loss="mse_without_root",
        epochs=200,
    ),
)
