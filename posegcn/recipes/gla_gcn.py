"""GLA-GCN, as its public code trains it, and with the sequence head of the paper."""

from posegcn.recipes.recipe import Recipe

SOURCE = (
    "Yu et al., GLA-GCN: Global-local adaptive graph convolutional network for 3D human pose "
    "estimation from monocular video, ICCV 2023; public code bruceyo/GLA-GCN, commit fd72990, "
)
STRIDES = {27: (3, 3, 3), 81: (3, 3, 3, 3), 243: (3, 3, 3, 3, 3)}

# The public program also perturbs the targets (`--set target_noise=released`) and forgets two batch
# norms in the schedule of their momentum (`--set norm_momentum=released`).
BASE = Recipe(
    name="gla_gcn",
    model="gla_gcn",
    source=f"{SOURCE}run_s-agcn.py and README",
    published_mm={},
    cost="80 epochs of all frames; the authors say 48 h on two RTX 3090 for 243 frames",
    skeleton="h36m_17",
    loss="mpjpe",
    optimizer="ranger",
    learning_rate=0.01,
    batch_size=512,
    epochs=80,
    schedule="cosine",
    clip_norm=0.0,
    norm_momentum="falling",
)

HUMAN36M = tuple(
    BASE.replace(name=f"gla_gcn-{frames}-h36m-{keypoints}", model_options={"strides": strides})
    for frames, strides in STRIDES.items()
    for keypoints in ("gt", "cpn")
)

# The released program cannot give this number: its network has no sequence head.
SEQUENCE = BASE.replace(
    name="gla_gcn_sequence-243-h36m-gt",
    source=f"{SOURCE}without that head; error: issue 11 of the repository",
    published_mm={"P1": 21.0},
    model_options={"strides": STRIDES[243], "sequence_head": True, "head": "per_joint"},
)

HUMANEVA = tuple(
    BASE.replace(
        name=f"gla_gcn-27-humaneva-{keypoints}",
        source=f"{SOURCE}run_s-agcn_HE_13.py and README",
        cost="1000 epochs of all frames",
        skeleton="humaneva_15",
        model_options={"strides": STRIDES[27]},
        batch_size=1024,
        epochs=1000,
    )
    for keypoints in ("gt", "detectron")
)

# The network of this program was never released; its interface says two poses. It is built on
# the tree of Human3.6M (`--set model.links=published_h36m`), and its batch is that of 8 processes.
MPI_INF_3DHP = BASE.replace(
    name="gla_gcn-81-3dhp-gt",
    source=f"{SOURCE}main_sagcn_gpus_individual_fc_3dhp.py",
    cost="49 epochs of all frames on 8 GPUs",
    skeleton="mpi_inf_3dhp_17",
    model_options={
        "strides": STRIDES[81],
        "channels": 256,
        "sequence_head": True,
        "head": "per_joint",
    },
    optimizer="adam",
    amsgrad=True,
    learning_rate=1e-3,
    batch_size=1200,
    epochs=49,
    schedule="by_epoch_halved",
    decay_rate=0.95,
    decay_epochs=5,
    flip=True,
    norm_momentum="constant",
)

RECIPES = (*HUMAN36M, SEQUENCE, *HUMANEVA, MPI_INF_3DHP)
