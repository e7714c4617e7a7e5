"""A lab in a running notebook: Python hears of what a reader does, and the picture of Python."""

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.request import urlopen

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from support.browser import HERE, Visit, needs_browser

TOKEN = "a-reader"
STARTED = 60  # seconds that the server may take
DRAWN = 60_000  # milliseconds that a kernel may take to start and show the lab
CODE = """
from pathlib import Path

import torch

import posegcn as pg

options = {"layer": "vanilla", "channels": 8, "num_blocks": 1}
model = pg.make_model("residual_gcn", skeleton=pg.skeletons.H36M_16, **options)
lab = pg.labs.AdjacencyLab({"vanilla": model}, torch.rand(16, 2), torch.rand(16, 3))
heard = Path("heard.txt")
lab.observe(lambda change: heard.write_text(f"{change.old} {change.new}"), names="layers")
lab
"""
KERNEL_WAITS = """
window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === "idle"
"""
needs_jupyter = pytest.mark.skipif(
    find_spec("jupyterlab") is None, reason="JupyterLab is not installed: pip install jupyterlab"
)


def free_port():
    with socket.socket() as probe:
        probe.bind((HERE, 0))
        return probe.getsockname()[1]


def wait_until(is_true, seconds):
    """Ask every now and then; fails when it takes too long."""
    end = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(0.2)


def answers(address):
    try:
        with urlopen(f"{address}/api?token={TOKEN}", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


@contextmanager
def jupyter(folder):
    """Address of a JupyterLab over a folder, with settings of its own."""
    port = free_port()
    own = {f"JUPYTER_{kind}_DIR": str(folder / f".{kind}") for kind in ("CONFIG", "RUNTIME")}
    process = subprocess.Popen(
        [
            *(Path(sys.executable).with_name("jupyter"), "lab", "--no-browser", "--allow-root"),
            *(f"--ServerApp.ip={HERE}", f"--ServerApp.port={port}"),
            *(f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={folder}"),
            "--LabApp.expose_app_in_browser=True",
        ],
        env={**os.environ, **own, "OMP_NUM_THREADS": "1"},
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        address = f"http://{HERE}:{port}"
        wait_until(lambda: answers(address), STARTED)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=30)


@pytest.mark.slow
@needs_browser
@needs_jupyter
def test_python_hears_of_the_slider_and_the_slider_of_python(chromium, tmp_path):
    cells = [new_code_cell(CODE), new_code_cell("lab.layers = 5")]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(new_notebook(cells=cells, metadata=kernel), tmp_path / "live.ipynb")
    with jupyter(tmp_path) as address:
        page = Visit(chromium).page
        page.goto(f"{address}/lab/tree/live.ipynb?token={TOKEN}")
        page.wait_for_function(KERNEL_WAITS, timeout=DRAWN)
        page.evaluate("() => { jupyterapp.commands.execute('notebook:run-all-cells'); }")
        field = page.get_by_role("slider", name="Layers of averaging")
        field.wait_for(timeout=DRAWN)
        page.wait_for_function("field => field.value === '5'", arg=field.element_handle())
        field.press("ArrowRight")
        heard = tmp_path / "heard.txt"
        wait_until(lambda: heard.is_file() and heard.read_text() == "5 6", 20)
