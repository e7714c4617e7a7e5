import numpy as np
import pytest
from support.cmu import write_cmu

from posegcn.cli import main


@pytest.fixture(scope="session")
def quick():
    """Options with which a training takes a moment."""
    return ("--epochs", "1", "--set", "model.channels=8", "--set", "model.num_blocks=1")


@pytest.fixture
def posegcn(capsys):
    """Run the command line in this process: exit code, stdout, stderr."""

    def run(*arguments):
        code = main([str(argument) for argument in arguments])
        return (code, *capsys.readouterr())

    return run


@pytest.fixture(scope="module")
def cmu(tmp_path_factory):
    """A small data set in the CMU layout, so that training takes a moment."""
    rng = np.random.default_rng(0)
    rest = rng.normal(0, 1000, (17, 3)) + np.array([0, 0, 4000])
    positions = (rest + rng.normal(0, 200, (80, 17, 3))).astype(np.int16)
    folder = tmp_path_factory.mktemp("cmu")
    return write_cmu(folder, positions=positions, sequence_lengths=np.array([40, 40]))


@pytest.fixture
def trained(posegcn, cmu, quick, tmp_path):
    run = tmp_path / "run"
    code, _, error = posegcn(
        "train", "semgcn-h36m-gt", "--data", cmu, "--out", run, "--quiet", *quick
    )
    assert code == 0, error
    return run
