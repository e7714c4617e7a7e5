"""Graph Stacked Hourglass with every layer, trained as its public code trains it.

The network is the corrected one. That of the public code takes `--set model.pyramid=published`, for
convst also `model.partition=index`, for nosharing `model.normalisation=column`; its postagg raises,
and it has no semantic_ch.
"""

from posegcn.layers import list_layers
from posegcn.recipes.recipe import Recipe

SOURCE = (
    "Xu and Takano, Graph stacked hourglass networks for 3D human pose estimation, CVPR 2021; "
    "public code tamasino52/GraphSH, commit 71d30fc, main_graph_sh.py (a re-implementation, whose "
    "author states that the score of the paper was not reached)"
)
# Errors of the paper, whose 3.70 M parameters are those of dc_preagg with 16 joints.
PUBLISHED_MM = {("dc_preagg", "gt"): {"P1": 35.8}, ("dc_preagg", "cpn"): {"P1": 51.9}}
SKELETONS = {"gt": "h36m_16", "cpn": "h36m_17"}
OPTIONS = {"modulated": {"normalisation": "row"}}

RECIPES = tuple(
    Recipe(
        name=f"graphsh-{layer}-h36m-{keypoints}",
        model="graph_hourglass",
        source=SOURCE,
        published_mm=PUBLISHED_MM.get((layer, keypoints), {}),
        cost="50 epochs of 6,093 steps",
        skeleton=skeleton,
        model_options={
            "layer": layer,
            "dropout": 0.25,
            "init": "published",
            **OPTIONS.get(layer, {}),
        },
        learning_rate=1e-4,
        batch_size=256,
        decay_rate=0.92,
        decay_steps=20_000,
    )
    for layer in list_layers()
    if layer != "adaptive"  # of GLA-GCN, which that study is older than
    for keypoints, skeleton in SKELETONS.items()
)
