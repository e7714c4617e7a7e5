"""Modulated GCN for exact and for detected keypoints, as its public code trains it."""

from posegcn.recipes.recipe import Recipe

SOURCE = (
    "Zou and Tang, Modulated graph convolutional network for 3D human pose estimation, ICCV 2021; "
    "public code ZhimingZo/Modulated-GCN, commit fd15af1, "
)

GROUND_TRUTH = Recipe(
    name="modulated_gcn-h36m-gt",
    model="modulated_gcn",
    source=f"{SOURCE}Modulated_GCN_gt/main_gcn.py and README",
    published_mm={"P1": 38.25, "P2": 30.06},
    cost="50 epochs of 24,372 steps",
    model_options={"init": "published"},
    l1_weight=0.1,
)

DETECTED = Recipe(
    name="modulated_gcn-h36m-cpn",
    model="modulated_gcn_cpn",
    source=f"{SOURCE}Modulated-GCN_benchmark/main.py; error: issue 1 of that repository",
    published_mm={"P1": 50.73},
    cost="30 epochs of 12,186 steps",
    skeleton="h36m_17",
    model_options={"dropout": 0.2, "init": "published", "modulation_init": "xavier"},
    loss="mpjpe",
    l1_weight=0.01,
    learning_rate=5e-3,
    amsgrad=True,
    batch_size=256,
    epochs=30,
    schedule="by_epoch",
    decay_rate=0.9,
    clip_norm=0.0,
    flip=True,
)

# The second of two stages: it starts from the weights of the first (`--start`). The public code
# has `--set model.root_depth=published` and `--set symmetry=signed`.
REFINED = DETECTED.replace(
    name="modulated_gcn_refined-h36m-cpn",
    model="modulated_gcn_refined",
    source=f"{SOURCE}Modulated-GCN_benchmark/main.py with --post_refine; error: name of its file",
    published_mm={"P1": 49.39},
    cost="30 epochs of 12,186 steps, after as many without refinement",
    symmetry_weight=0.01,
)

RECIPES = (GROUND_TRUTH, DETECTED, REFINED)
