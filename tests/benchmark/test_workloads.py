import pytest
import torch

from posegcn import RECIPES, InputError
from posegcn.benchmark import workloads


def test_batches_are_the_published_ones_except_where_it_says_otherwise():
    cpu, cuda = torch.device("cpu"), torch.device("cuda")
    sizes = {
        name: (load.recipe(cpu).batch_size, load.recipe(cuda).batch_size)
        for name, load in workloads.WORKLOADS.items()
    }
    assert sizes["semgcn"] == sizes["modulated_gcn"] == (64, 64)
    assert sizes["graphsh-dc_preagg"] == (256, 256)
    assert sizes["gla_gcn-243"] == (4, 512)
    for name, load in workloads.WORKLOADS.items():
        assert sizes[name][1] == RECIPES[load.recipe_name].batch_size


def test_the_quick_run_has_the_main_networks():
    assert list(workloads.chosen(None, quick=True)) == [
        "semgcn",
        "semgcn_nonlocal",
        "modulated_gcn",
        "graphsh-dc_preagg",
        "graphsh-nosharing",
        "gla_gcn-27",
        "temporal_conv-27",
    ]
    assert list(workloads.chosen(None, quick=False)) == list(workloads.WORKLOADS)
    assert list(workloads.chosen("gla_gcn-243, semgcn", quick=True)) == ["gla_gcn-243", "semgcn"]


def test_a_long_clip_is_one_clip():
    clips = workloads.long_clip("h36m_17", 2302)
    assert (len(clips), clips.num_frames, clips.skeleton.num_joints) == (1, 2302, 17)


def test_unknown_networks_are_refused():
    with pytest.raises(InputError, match="unknown network 'semgc', did you mean 'semgcn'"):
        workloads.chosen("semgc", quick=False)
