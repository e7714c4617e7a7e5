import pytest
import torch
from support import parity
from torch.testing import assert_close

from posegcn import InputError, list_layers, load_published, make_model, save_published
from posegcn.models.refine import PoseRefinement
from posegcn.published import published_state
from posegcn.skeletons import H36M_17, HUMANEVA_15, MPII_16

FOLDER = "single_frame/checkpoints"
PUBLISHED = {"pyramid": "published"}
AS_PUBLISHED = {
    "convst": {"partition": "index"},
    "nosharing": {"normalisation": "column"},
    "modulated": {"normalisation": "row"},
}


def hourglass(layer="vanilla", **options):
    options = {"pyramid": "published", **AS_PUBLISHED.get(layer, {}), **options}
    return make_model("graph_hourglass", layer=layer, channels=8, stacks=2, **options)


@pytest.mark.parametrize(
    ("file", "model"),
    [
        ("ckpt_graphsh_dc_vanilla_h8_l2.pth.tar", hourglass("dc_vanilla")),
        (
            "ckpt_semgcn_nonlocal_h8_l1_legacy.pth.tar",
            make_model("semgcn", channels=8, num_blocks=1, non_local=True),
        ),
    ],
)
def test_a_file_holds_what_the_public_program_writes(file, model, tmp_path):
    path = save_published(tmp_path / "ours.pth.tar", model, epoch=3)
    theirs, ours = (
        torch.load(file, weights_only=True) for file in (parity.path(f"{FOLDER}/{file}"), path)
    )
    assert set(ours) == set(theirs)
    assert {k: v.shape for k, v in ours["state_dict"].items()} == {
        k: v.shape for k, v in theirs["state_dict"].items()
    }
    for group, other in zip(*(c["optimizer"]["param_groups"] for c in (ours, theirs)), strict=True):
        assert group["params"] == other["params"]
    assert ours["epoch"] == 3


@pytest.mark.parametrize(
    ("model", "options"),
    [
        (make_model("semgcn", channels=8), {}),
        (make_model("modulated_gcn", channels=8, non_local=True), {}),
        (make_model("modulated_gcn_cpn", channels=8), {}),
        (make_model("linear", channels=8), {}),
        *(
            (hourglass(n), {"layer": n})
            for n in list_layers()
            if n not in ("postagg", "semantic_ch", "adaptive")
        ),
    ],
    ids=lambda value: getattr(value, "config", {}).get("name"),
)
def test_what_is_written_is_read_again(model, options, tmp_path):
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.1)
    path = save_published(tmp_path / "ours.pth.tar", model)
    again, _ = load_published(path, skeleton=model.skeleton, **options)
    keypoints = torch.randn(2, model.skeleton.num_joints, 2)
    assert_close(again(keypoints), model.eval()(keypoints), rtol=0, atol=0)


def test_refined_networks_are_two_files(tmp_path):
    torch.manual_seed(0)
    model = make_model("modulated_gcn_refined", channels=8).eval()
    with pytest.raises(InputError, match="no public program stores a RefinedGCN"):
        published_state(model)
    lifter = save_published(tmp_path / "gcn.pth", model.lifter)
    refinement = save_published(tmp_path / "refine.pth", model.refinement)
    assert set(torch.load(refinement, weights_only=True)) == {
        f"post_refine.{index}.{kind}" for index in (0, 3) for kind in ("weight", "bias")
    }
    again, notes = load_published(lifter, refinement=refinement)
    keypoints, camera = torch.randn(2, 17, 2), torch.tensor([2.0, 2, 0, 0, 0, 0, 0, 0, 0])
    expected = model(keypoints, camera.expand(2, -1))
    assert_close(again(keypoints, camera.expand(2, -1)), expected, rtol=0, atol=0)
    assert any("true depth of the root" in note for note in notes)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (hourglass(pyramid="derived"), "computes with pyramid 'published', .* 'derived'"),
        (hourglass("nosharing", normalisation="row"), "normalisation 'column', .* 'row'"),
        (hourglass("convst", partition="spatial"), "partition 'index', .* 'spatial'"),
        (hourglass("postagg"), "cannot run layer 'postagg'"),
        (hourglass("semantic_ch"), "cannot run layer 'semantic_ch'"),
        (
            make_model(
                "graph_hourglass", layer="vanilla", channels=8, stacks=3, pyramid="published"
            ),
            "cannot run layer 'vanilla' with 3 stacks of 8 channels",
        ),
        (make_model("residual_gcn", layer="vanilla", channels=8), "do not know layer 'vanilla'"),
        (make_model("modulated_gcn", channels=8, normalisation="row"), "normalisation 'row'"),
        (make_model("semgcn", channels=8, final_non_local=True), "a last non-local block"),
        (
            make_model("semgcn", channels=8, skeleton=HUMANEVA_15),
            "do not know skeleton 'humaneva_15'; it is 'h36m_16' there",
        ),
        (make_model("semgcn", channels=8, skeleton=MPII_16), "do not know skeleton 'mpii_16'"),
        (make_model("modulated_gcn", channels=8, skeleton=H36M_17), "skeleton 'h36m_17'"),
        (make_model("linear", channels=8, skeleton=MPII_16), "lifts 'h36m_16', .* 'mpii_16'"),
        (make_model("semgcn", channels=8, bias=False), "layers without bias"),
        (make_model("semgcn", channels=8, channelwise=True), "one mask for each channel"),
        (hourglass(partition="spatial"), "partition 'uniform', .* 'spatial'"),
        (hourglass(bias=False), "bias True, .* False"),
        (
            make_model("graph_hourglass", layer="vanilla", channels=4, stacks=2, **PUBLISHED),
            "cannot run layer 'vanilla' with 2 stacks of 4 channels",
        ),
    ],
)
def test_what_the_public_program_would_compute_otherwise_is_refused(model, message):
    with pytest.raises(InputError, match=message):
        published_state(model)


def state(**options):
    return published_state(hourglass(**options))


@pytest.mark.parametrize(
    ("given", "options", "message"),
    [
        (state(layer="dc_preagg"), {}, r"is layer dc_preagg or dc_postagg; say which: layer="),
        (state(layer="dc_preagg"), {"layer": "vanilla"}, "dc_preagg or dc_postagg, not 'vanilla'"),
        (state(), {"pyramid": "derived"}, "unknown pyramid of a published checkpoint 'derived'"),
        (state(), {"skeleton": "h36m_17"}, "are of 'h36m_16', got 'h36m_17'"),
        (
            published_state(make_model("semgcn", channels=8)),
            {"pyramid": "mended"},
            "'pyramid' says nothing about a SemGCN checkpoint",
        ),
        (
            published_state(PoseRefinement(H36M_17)),
            {},
            "is a pose refinement alone; read the lifter",
        ),
        (
            {**state(), "gconv_input.gconv.W": torch.zeros(5, 2, 8)},
            {},
            r"has shape \(5, 2, 8\), which is layer unknown to the public program",
        ),
        (
            published_state(make_model("modulated_gcn", channels=8)),
            {"skeleton": "h36m_17"},
            "has 16 modulated joints, which is not h36m_17$",
        ),
    ],
)
def test_what_cannot_be_told_is_one_sentence(given, options, message):
    with pytest.raises(InputError, match=message):
        load_published(given, **options)


@pytest.mark.parametrize(
    ("lifter", "refinement", "message"),
    [
        (make_model("semgcn", channels=8), PoseRefinement(H36M_17), "a Modulated GCN for detected"),
        (
            make_model("modulated_gcn_cpn", channels=8),
            make_model("semgcn", channels=8),
            "should be a pose refinement",
        ),
        (
            make_model("modulated_gcn_cpn", channels=8),
            PoseRefinement(HUMANEVA_15),
            "refines 15 joints, the lifter has 17",
        ),
    ],
)
def test_a_refinement_that_does_not_belong_is_refused(lifter, refinement, message):
    with pytest.raises(InputError, match=message):
        load_published(published_state(lifter), refinement=published_state(refinement))


def test_pre_aggregation_needs_no_name_and_post_aggregation_does():
    given = state(layer="preagg")
    assert load_published(given)[0].config["layer"] == "preagg"
    assert load_published(given, layer="postagg")[0].config["layer"] == "postagg"


SEMGCN = published_state(make_model("semgcn", channels=8))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"trunk.0.norm.weight": torch.ones(8)}, "has an unknown 'trunk.0.norm.weight'"),
        ({"gconv_output.bias": torch.zeros(3, 1, 1)}, r"'gconv_output.bias' has shape \(3, 1, 1\)"),
        ({"gconv_output.bias": torch.zeros(3, dtype=torch.int64)}, "holds torch.int64"),
        ({"module.gconv_output.bias": torch.zeros(3)}, "a parameter twice"),
        (
            {"gconv_output.W": torch.zeros(1).expand(2, 10**7, 3)},
            r"of which no axis should exceed 4096",
        ),
    ],
)
def test_reading_is_strict(changes, message):
    with pytest.raises(InputError, match=message):
        load_published({**SEMGCN, **changes})


def test_what_is_stored_beside_the_weights_cannot_act_on_a_terminal(tmp_path):
    path = tmp_path / "ckpt.pth.tar"
    torch.save({"state_dict": SEMGCN, "note\x1b[31m": "red\nand more" + 1000 * "x"}, path)
    _, notes = load_published(path)
    assert all(note.isprintable() and len(note) < 250 for note in notes)
