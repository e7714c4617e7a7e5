"""Export to ONNX: a network that other programs run, without torch."""

import json
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from torch import Tensor, nn

from posegcn.data.framing import Sizes, framed
from posegcn.errors import InputError
from posegcn.files import write_atomically
from posegcn.folding import fold
from posegcn.prediction import (
    check_takes_keypoints,
    context,
    input_names,
    keypoint_shape,
    keypoint_skeleton,
)


def to_onnx(model: nn.Module, path: str | Path) -> Path:
    """Write a folded copy of a network as ONNX, for any number of poses at a time.

    Its inputs are called as :func:`~posegcn.prediction.input_names` says, usually ``keypoints``,
    normalised image coordinates; its output is ``joints``, metres. A network over time takes
    windows as long as its receptive field. The metadata hold, as JSON, the names of ``keypoints``
    and ``joints`` in their order, and under ``posegcn`` the arguments of
    :func:`~posegcn.models.make_model`.

    Args:
        model: Lifting network; it stays as it is.
        path: Ends in ``.onnx``; folders are made.

    Raises:
        InputError: The name ends otherwise, the file cannot be written, or the packages for it
            are not installed.
    """
    inputs, batch = _example(model), torch.export.Dim("batch")
    return _write(model, fold(model), inputs, tuple({0: batch} for _ in inputs), Path(path))


def lifter_to_onnx(model: nn.Module, path: str | Path, sizes: Sizes | None = None) -> Path:
    """Write a lifter as ONNX: pixels in, root-relative metres out, for a video of any length.

    What stands before and behind the network is inside: normalisation by the image, people scaled
    to the size that training had, the first and the last frame repeated for a network over time,
    the root subtracted. Inputs are
    ``keypoints_px``, (frames, K, 2), and ``image_size``, width and height as two floats; the output
    is ``joints``, (frames, J, 3). Metadata as with :func:`to_onnx`. Missing keypoints are to be
    filled in before.

    Args:
        model: Lifting network that takes keypoints alone; it stays as it is.
        path: See :func:`to_onnx`.
        sizes: How large people were in training, ``body_size`` in the card of a checkpoint.

    Raises:
        InputError: See :func:`to_onnx`; or the network takes more than keypoints.
    """
    check_takes_keypoints(model)
    keypoints = torch.rand(40, keypoint_skeleton(model).num_joints, 2) * 1000
    inputs = {"keypoints_px": keypoints, "image_size": torch.tensor([1000.0, 1000.0])}
    shapes = ({0: torch.export.Dim("frames", min=2)}, None)
    return _write(model, _Pixels(fold(model), sizes), inputs, shapes, Path(path))


class _Pixels(nn.Module):
    """A network with what stands before and behind it."""

    def __init__(self, network: nn.Module, sizes: Sizes | None):
        super().__init__()
        self.network, self.sizes = network, sizes
        self.around = context(network)
        self.whole = getattr(network, "takes_clips", False)

    def forward(self, keypoints_px: Tensor, image_size: Tensor) -> Tensor:
        """Lift a video.  (T, K, 2), (2,) -> (T, J, 3)"""
        keypoints = framed((2 * keypoints_px - image_size) / image_size[0], self.sizes)
        if self.around is None:
            joints = self.network(keypoints)
        else:
            before, after = (keypoints[[end]].expand(n, -1, -1) for end, n in self._ends())
            padded = torch.cat([before, keypoints, after])
            joints = self._over_time(padded)
        return joints - joints[:, self.network.skeleton.root, None]

    def _ends(self) -> tuple[tuple[int, int], ...]:
        """The frame that is repeated at either end, and how often."""
        before, after = self.around
        return (0, before), (-1, after)

    def _over_time(self, padded: Tensor) -> Tensor:
        if self.whole:
            return self.network(padded[None])[0]
        windows = padded.unfold(0, sum(self.around) + 1, 1)  # (T, K, 2, R)
        return self.network(windows.permute(0, 3, 1, 2))[:, 0]


def _write(
    model: nn.Module, module: nn.Module, inputs: dict[str, Tensor], shapes: tuple, path: Path
) -> Path:
    """Export a module and describe the model that it was made from."""
    if path.suffix != ".onnx":
        raise InputError(f"the name of an ONNX file should end in .onnx, got {path}")
    try:
        import onnx  # noqa: F401
        import onnxscript  # noqa: F401
    except ImportError as error:
        raise InputError(
            f"writing ONNX needs the package {error.name}: pip install 'posegcn[export]'"
        ) from error
    with _quiet():
        program = torch.onnx.export(
            module.eval(),
            tuple(inputs.values()),
            input_names=list(inputs),
            output_names=["joints"],
            dynamic_shapes=shapes,
            dynamo=True,
            verbose=False,
        )
    metadata = {
        "posegcn": getattr(model, "config", {}),
        "keypoints": keypoint_skeleton(model).joints,
        "joints": model.skeleton.joints,
    }
    for name, value in metadata.items():
        program.model.metadata_props[name] = json.dumps(value)
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
