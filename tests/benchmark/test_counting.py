import pytest
import torch
from torch import nn

from posegcn.benchmark.counting import count_launches, count_work, peak_memory


def test_a_product_reads_and_writes_its_matrices():
    a, b = torch.randn(10, 20), torch.randn(20, 30)
    work = count_work(lambda: a @ b)
    assert work == {
        "operators": 1,
        "views": 0,
        "bytes": 4 * (200 + 600 + 300),
        "held_bytes": 4 * 300,
        "operations": 2 * 10 * 20 * 30,
    }


def test_views_move_nothing():
    x = torch.randn(4, 6)
    work = count_work(lambda: x.T.unsqueeze(0).expand(7, 6, 4)[2])
    assert work.pop("views") == 4
    assert set(work.values()) == {0}


def test_what_is_expanded_counts_once():
    x, y = torch.randn(1, 4), torch.randn(100, 4)
    assert count_work(lambda: x.expand(100, 4) + y)["bytes"] == 4 * (4 + 400 + 400)


def test_in_place_reads_and_writes():
    x, y = torch.randn(100), torch.randn(100)
    work = count_work(lambda: x.add_(y))
    assert (work["operators"], work["bytes"]) == (1, 4 * 300)


def test_the_backward_pass_counts():
    layer, x = nn.Linear(8, 8, bias=False), torch.randn(5, 8)
    forward = count_work(lambda: layer(x))
    both = count_work(lambda: layer(x).sum().backward())
    assert both["operations"] == 2 * forward["operations"]  # x needs no gradient


def test_memory_held_at_one_time():
    """Three of four tensors of a kilobyte at the end; what was there before does not count."""
    before = torch.zeros(256)

    def call():
        first = before + 1
        first += 1  # in its place
        second = first.view(16, 16) * 2
        del first
        third = second.T + 1
        return third, second @ third

    assert count_work(call)["held_bytes"] == 3 * 1024
    assert count_work(lambda: before.add_(1))["held_bytes"] == 0


def test_memory_of_a_backward_pass():
    """Its features are held for the way back: three at least, and gradients beside them."""
    x = torch.randn(64, 64, requires_grad=True)
    held = count_work(lambda: x.exp().exp().exp().sum().backward())["held_bytes"]
    assert 3 * x.nbytes < held < 5.1 * x.nbytes


@pytest.mark.cuda
def test_launches_of_a_gpu():
    x = torch.randn(1000, device="cuda")
    x.add_(1)
    counted = count_launches(lambda: [x.add_(1) for _ in range(5)])
    assert (counted["kernels"], counted["launches"]) == (5, 5)
    assert count_launches(lambda: x.sum().item())["waits"] >= 1


@pytest.mark.cuda
def test_memory_of_a_gpu():
    used = peak_memory(lambda: torch.zeros(2**20, device="cuda"))
    assert used >= 4 * 2**20
