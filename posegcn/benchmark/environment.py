"""On what machine, with which versions and settings numbers were measured."""

import os
import platform
from pathlib import Path
from typing import Any

import torch

from posegcn.benchmark.textbook_data import num_workers
from posegcn.version import __version__


def environment(device: torch.device, precision: str) -> dict[str, Any]:
    """Machine, versions, threads and precision, as plain values."""
    on_gpu = device.type == "cuda"
    return {
        "posegcn": __version__,
        "python": platform.python_version(),
        "torch": torch.__version__,
        "cuda": torch.version.cuda if on_gpu else None,
        "device": device.type,
        "gpu": torch.cuda.get_device_name(device) if on_gpu else None,
        "cpu": cpu_name(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "load_average": os.getloadavg()[0],
        "loader_processes": num_workers(device),
        "precision": precision,
        "float32_matmul_precision": torch.get_float32_matmul_precision(),
    }


def cpu_name() -> str:
    """Name of the processor, as the system gives it."""
    information = Path("/proc/cpuinfo")
    if information.is_file():
        for line in information.read_text().splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()
