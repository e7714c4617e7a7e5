"""Export to ONNX: a network that other programs run, without torch."""

import json
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from torch import Tensor, nn

from posegcn.errors import InputError
from posegcn.files import write_atomically
from posegcn.folding import fold
from posegcn.prediction import input_names, keypoint_shape


def to_onnx(model: nn.Module, path: str | Path) -> Path:
    """Write a folded copy of a network as ONNX, for any number of poses at a time.

    Its inputs are called as :func:`~posegcn.prediction.input_names` says, usually ``keypoints``,
    normalised image coordinates; its output is ``joints``, metres. A network over time takes
    windows as long as its receptive field. What was built with
    :func:`~posegcn.models.make_model` is described as JSON in the metadata, key ``posegcn``.

    Args:
        model: Lifting network; it stays as it is.
        path: Ends in ``.onnx``; folders are made.

    Raises:
        InputError: The name ends otherwise, the file cannot be written, or the packages for it
            are not installed.
    """
    path = Path(path)
    if path.suffix != ".onnx":
        raise InputError(f"the name of an ONNX file should end in .onnx, got {path}")
    try:
        import onnx  # noqa: F401
        import onnxscript  # noqa: F401
    except ImportError as error:
        raise InputError(
            f"writing ONNX needs the package {error.name}: pip install 'posegcn[export]'"
        ) from error
    inputs, batch = _example(model), torch.export.Dim("batch")
    with _quiet():
        program = torch.onnx.export(
            fold(model),
            tuple(inputs.values()),
            input_names=list(inputs),
            output_names=["joints"],
            dynamic_shapes=tuple({0: batch} for _ in inputs),
            dynamo=True,
            verbose=False,
        )
    program.model.metadata_props["posegcn"] = json.dumps(getattr(model, "config", {}))
    write_atomically(path, program.model_proto.SerializeToString())
    return path


def _example(model: nn.Module) -> dict[str, Tensor]:
    """Two items of what a network takes: where one is one, exporters take it for a constant."""
    number = next(model.parameters())
    shapes = {
        "keypoints": (2, *keypoint_shape(model)),
        "intrinsics": (2, 9),
        "root": (2, 3),
    }
    return {name: number.new_ones(shapes[name]) for name in input_names(model)}


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the exporter's remarks on its own parts and on packages that are not needed."""
    loggers = [logging.getLogger(name) for name in ("torch.onnx", "onnxscript")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", category=DeprecationWarning)
            warnings.simplefilter("ignore", category=FutureWarning)
            warnings.filterwarnings("ignore", message=".*axis name: batch will not be used")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
