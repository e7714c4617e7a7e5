import pytest
import torch
from support.keypoint_files import write
from support.lifted import FRAMES

from posegcn.camera import denormalise_image
from posegcn.checkpoints import save_checkpoint
from posegcn.data import open_source
from posegcn.models import make_model


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    torch.manual_seed(0)
    network = make_model(
        "modulated_gcn",
        **{"skeleton": "h36m_17", "channels": 8, "num_blocks": 1},
        keypoint_skeleton="coco_17",
    )
    return save_checkpoint(tmp_path_factory.mktemp("model") / "m.safetensors", network, {})


@pytest.fixture(scope="module")
def clips():
    """One clip that was seen as COCO keypoints."""
    seen = open_source("synthetic:coco_exact", "h36m_17").part("test")
    return seen.with_clips([seen[0][:FRAMES]])


@pytest.fixture
def pixels(clips):
    clip = clips[0]
    return denormalise_image(clip.keypoints, clip.image_size)


@pytest.fixture
def file(clips, pixels, tmp_path):
    return write("coco", tmp_path, pixels, None, "coco_17", clips[0].image_size, 50)
