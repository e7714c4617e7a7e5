import numpy as np
import pytest

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
    from posegcn.skeletons import H36M_17

    folder = tmp_path_factory.mktemp("cmu")
    rng = np.random.default_rng(0)
    rest = rng.normal(0, 1000, (17, 3)) + np.array([0, 0, 4000])
    for split, subjects in (("train", ["C01", "C127"]), ("test", ["C02", "C02"])):
        np.savez(
            folder / f"cmu_{split}.npz",
            positions=(rest + rng.normal(0, 200, (80, 17, 3))).astype(np.int16),
            unit_m=np.float64(0.00025),
            joint_names=np.array(H36M_17.joints),
            subject_ids=np.array(subjects),
            action_classes=np.array(["walk", "run"]),
            sequence_starts=np.array([0, 40]),
            sequence_lengths=np.array([40, 40]),
        )
    return f"cmu:{folder}"


@pytest.fixture
def trained(posegcn, cmu, quick, tmp_path):
    run = tmp_path / "run"
    code, _, error = posegcn(
        "train", "semgcn-h36m-gt", "--data", cmu, "--out", run, "--quiet", *quick
    )
    assert code == 0, error
    return run
