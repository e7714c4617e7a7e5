import pytest
import torch
from torch.testing import assert_close

from posegcn import InputError, devices
from posegcn.devices import multiplying, own_stream, pick_device

CPU = torch.device("cpu")


def settings():
    return torch.get_float32_matmul_precision(), torch.backends.cudnn.allow_tf32


def test_products_stay_exact_and_the_settings_come_back():
    generator = torch.Generator().manual_seed(0)
    x, y = (torch.randn(300, 300, generator=generator) for _ in range(2))
    expected = x.double() @ y.double()
    before = settings()
    with multiplying(CPU):
        found = x @ y
    assert settings() == before
    assert_close(found.double(), expected, rtol=0, atol=1e-4)
    with pytest.raises(KeyError), multiplying(CPU):
        raise KeyError
    assert settings() == before


@pytest.mark.parametrize(("exact", "precision"), [(True, "medium"), (False, "highest")])
def test_factors_are_never_rounded_on_a_cpu(monkeypatch, exact, precision):
    monkeypatch.setattr(devices, "_medium_is_exact", lambda: exact)
    with multiplying(CPU, tf32=True):
        assert settings() == (precision, False)


@pytest.mark.parametrize(("tf32", "precision"), [(True, "high"), (False, "highest")])
def test_a_gpu_rounds_them_where_that_is_allowed(tf32, precision):
    with multiplying(torch.device("cuda"), tf32=tf32):
        assert settings() == (precision, tf32)


def test_names():
    assert pick_device("cpu") == CPU
    with pytest.raises(InputError, match="unknown device 'gpu', did you mean 'cpu'"):
        pick_device("gpu")


def test_a_cpu_has_no_stream():
    with own_stream(CPU) as stream:
        assert stream is None
