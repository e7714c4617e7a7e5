import pytest
import torch
from support import parity

from posegcn.data import open_source


def pytest_sessionfinish(session):
    """A worker tells the main process which reference files it has compared."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["parity"] = sorted(parity.ran)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    parity.ran.update(node.workeroutput.get("parity", ()))


def pytest_terminal_summary(terminalreporter):
    if parity.ran:
        origin = "POSEGCN_PARITY" if parity.FULL_SET else "tests/vectors"
        terminalreporter.write_line(
            f"parity: {len(parity.ran)} reference files of the public implementations compared, "
            f"from {origin}"
        )


def pytest_collection_modifyitems(items):
    if not torch.cuda.is_available():
        for item in items:
            if "cuda" in item.keywords:
                item.add_marker(pytest.mark.skip(reason="needs a CUDA device"))


@pytest.fixture(scope="session")
def synthetic():
    """The embedded data with 16 joints; 84,000 poses."""
    return open_source("synthetic")


@pytest.fixture(scope="session")
def synthetic_17():
    """The same with 17 joints."""
    return open_source("synthetic", "h36m_17")
