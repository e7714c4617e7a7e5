import pytest
import torch

from posegcn import RECIPES
from posegcn.benchmark.training_speed import sides

RECIPE = RECIPES["semgcn-h36m-gt"].replace(
    model_options={"channels": 4, "num_blocks": 1}, batch_size=8
)
WINDOWS = RECIPES["gla_gcn-27-h36m-gt"].replace(
    model_options={"channels": 4, "strides": (3,)}, batch_size=4, skeleton="h36m_16"
)


@pytest.fixture
def clips(synthetic):
    return synthetic.every(50)


def made(recipe, clips):
    return {name: make() for name, make in sides(recipe, clips, torch.device("cpu")).items()}


@pytest.mark.parametrize("recipe", [RECIPE, WINDOWS], ids=["poses", "windows"])
def test_both_sides_make_batches_of_one_shape(clips, recipe):
    found = made(recipe, clips)
    joints, keypoints, *_ = found["textbook"].data()
    inputs, targets = found["ours"].data()
    assert (keypoints.shape, joints.shape) == (inputs.shape, targets.shape)
    assert len(keypoints) == recipe.batch_size


def test_batches_never_end(clips):
    found = made(RECIPE.replace(batch_size=1024), clips)
    for side in found.values():
        for _ in range(5):  # 1,680 poses
            side.end_to_end()


def test_a_step_changes_the_weights_of_its_own_network(clips, monkeypatch):
    """Both begin with the same weights and learn by themselves."""
    built = []
    build = type(RECIPE).build

    def remember(recipe, seed=0):
        built.append(build(recipe, seed))
        return built[-1]

    monkeypatch.setattr(type(RECIPE), "build", remember)
    found = made(RECIPE, clips)
    before = {name: value.clone() for name, value in built[0].state_dict().items()}
    for side in found.values():
        side.step()
    for name, value in built[0].state_dict().items():
        assert torch.equal(value, before[name])


@pytest.mark.cuda
def test_on_a_gpu_the_step_is_one_launch(clips):
    from posegcn.benchmark.counting import count_launches
    from posegcn.devices import own_stream

    device = torch.device("cuda")
    with own_stream(device):
        side = sides(RECIPE, clips, device)["ours"]()
        for _ in range(6):
            side.end_to_end()
        counted = count_launches(side.end_to_end)
    assert counted["launches"] < 10 < counted["kernels"]
    assert counted["waits"] == 0
