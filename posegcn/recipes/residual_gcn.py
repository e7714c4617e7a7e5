"""Every layer in the residual trunk, under equal conditions.

The authors of the weight-sharing study published no code, so that their optimiser settings are
those of the trunk they took over, that of SemGCN.
"""

from posegcn.layers import list_layers
from posegcn.recipes.recipe import Recipe

SOURCE = (
    "trunk of Liu et al., A comprehensive study of weight sharing in graph networks for 3D human "
    "pose estimation, ECCV 2020 (4.22 M parameters with dc_preagg and 16 joints); optimiser, "
    "schedule and batch of the public code garyzhao/SemGCN, commit 916aabd"
)
PUBLISHED_MM = {("dc_preagg", "cpn"): {"P1": 52.4, "P2": 41.2}}
SKELETONS = {"gt": "h36m_16", "cpn": "h36m_17"}

RECIPES = tuple(
    Recipe(
        name=f"residual_gcn-{layer}-h36m-{keypoints}",
        model="residual_gcn",
        source=SOURCE,
        published_mm=PUBLISHED_MM.get((layer, keypoints), {}),
        cost="50 epochs of 24,372 steps",
        skeleton=skeleton,
        model_options={"layer": layer},
    )
    for layer in list_layers()
    if layer != "adaptive"  # of GLA-GCN, which that study is older than
    for keypoints, skeleton in SKELETONS.items()
)
