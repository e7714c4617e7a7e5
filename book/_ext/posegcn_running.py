"""Sphinx extension: pages run side by side, as many as there are processors for.

The build runs one page after another. Before it begins, all that are not in the cache run here; the
build then finds their outputs. A page that fails is left to it, because it says why.
"""

import multiprocessing
import os
from pathlib import Path

from jupyter_cache import get_cache
from jupyter_cache.executors.basic import ExecutionWorkerLocalMProc, ProcessData
from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.display import status_iterator

MOST = 4  # kernels at once; one takes up to two gigabytes


def machine() -> str:
    """The processor on which the pages ran, and what torch had of it."""
    import torch

    from posegcn.benchmark.environment import cpu_name

    gpus = [
        torch.cuda.get_device_name(place)
        for place in range(torch.cuda.device_count())
    ]
    threads = torch.get_num_threads()
    return (
        f"{cpu_name()}, {threads} thread{'s' * (threads > 1)} on {os.cpu_count()} cores, "
        f"{', '.join(gpus) or 'no GPU'}, torch {torch.__version__}"
    )


def seconds_to_run(env: BuildEnvironment, page: str) -> float | None:
    """What was measured when a page ran; none where pages are not run."""
    return (NbMetadataCollector.get_exec_data(env, page) or {}).get("runtime")


def side_by_side() -> int:
    """How many pages can run at once without sharing a processor."""
    import torch

    return max(1, min(MOST, os.cpu_count() // torch.get_num_threads()))


def run_pages(app: Sphinx, env: BuildEnvironment, names: list[str]) -> None:
    """Run the notebooks among the pages that will be read."""
    paths = [Path(env.doc2path(name)) for name in names]
    pages = sorted(str(path) for path in paths if path.suffix == ".ipynb")
    if app.config.nb_execution_mode != "cache" or not pages:
        return
    cache = get_cache(app.config.nb_execution_cache_path)
    for page in pages:
        cache.add_nb_to_project(page)
    timeout = app.config.nb_execution_timeout
    tasks = [
        ProcessData(record.pk, record.uri, cache, timeout, allow_errors=False)
        for record in cache.list_unexecuted(pages)
    ]
    with multiprocessing.get_context("spawn").Pool(side_by_side()) as pool:
        done = pool.imap_unordered(ExecutionWorkerLocalMProc(), tasks)
        for _ in status_iterator(
            done,
            "running pages... ",
            length=len(tasks),
            stringify_func=lambda result: Path(result[1]).stem,
        ):
            pass


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    app.connect("env-before-read-docs", run_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
