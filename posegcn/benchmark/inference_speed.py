"""Prediction side by side: one pose, many poses, a whole evaluation, a whole clip."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from torch import Tensor, nn

from posegcn import metrics
from posegcn.benchmark.gate import input_shape
from posegcn.benchmark.textbook import to_textbook
from posegcn.benchmark.textbook_data import pose_loader
from posegcn.benchmark.textbook_loop import textbook_evaluation
from posegcn.data.clips import Clips
from posegcn.errors import WorkError
from posegcn.folding import fold
from posegcn.metrics import root_relative
from posegcn.prediction import predict, predict_clips

Call = Callable[[], object]


def without_gradients(network: Callable[[Tensor], Tensor], *inputs: Tensor) -> Call:
    """A prediction of some inputs."""

    @torch.no_grad()
    def call() -> Tensor:
        return network(*inputs)

    return call


def lifters(model: nn.Module, *, compiled: bool) -> dict[str, nn.Module]:
    """Ways to predict with the weights of a network, in evaluation mode."""
    folded = fold(model)
    found = {
        "textbook": to_textbook(model).eval(),
        "eager": deepcopy(model).eval(),
        "folded": folded,
    }
    if compiled:
        on_gpu = next(folded.parameters()).is_cuda  # where launches cost more than kernels
        found["compiled"] = torch.compile(folded, mode="reduce-overhead" if on_gpu else "default")
    return found


def prediction_calls(
    model: nn.Module, num_items: int, device: torch.device, *, compiled: bool
) -> tuple[dict[str, Call], dict[str, str]]:
    """The same poses or windows, each way; and why a way is left out."""
    generator = torch.Generator().manual_seed(0)
    keypoints = torch.randn(input_shape(model, num_items), generator=generator)
    on_device = keypoints.to(device)
    calls = {
        name: without_gradients(network, on_device)
        for name, network in lifters(model, compiled=compiled).items()
    }
    missing = [name for name in ("onnx", "onnxruntime") if find_spec(name) is None]
    if missing:
        why = f"{' and '.join(missing)} not installed; pip install 'posegcn[export]'"
        return calls, {"onnxruntime": why}
    calls["onnxruntime"] = onnx_call(model, keypoints)
    return calls, {}


def check_agreement(calls: Mapping[str, Call]) -> None:
    """Refuse to time ways to predict that do not give the same joints.

    Raises:
        WorkError: One is further from the textbook's than rounding in fp32 explains.
    """
    joints = {name: _joints(call()) for name, call in calls.items()}
    expected = joints["textbook"]
    for name, found in joints.items():
        difference = ((found - expected).abs().max() / expected.abs().max()).item()
        if not difference < AGREEMENT:
            raise WorkError(
                f"{name} predicts other joints than the textbook form, by {difference:.1e} of "
                f"the largest coordinate, allowed is {AGREEMENT:.0e}; no speed is measured"
            )


def _joints(output: Tensor | list) -> Tensor:
    return output.cpu() if isinstance(output, Tensor) else torch.from_numpy(output[0])


def onnx_call(model: nn.Module, keypoints: Tensor) -> Call:
    """ONNX Runtime on the CPU, with as many threads as PyTorch."""
    import onnxruntime

    from posegcn.export import to_onnx

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    options.inter_op_num_threads = 1
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        to_onnx(deepcopy(model).cpu(), path)
        providers = ["CPUExecutionProvider"]
        session = onnxruntime.InferenceSession(str(path), options, providers=providers)
    fed = {session.get_inputs()[0].name: keypoints.numpy()}
    return partial(session.run, None, fed)


def evaluation_calls(
    model: nn.Module, clips: Clips, batch_size: int, device: torch.device
) -> dict[str, Call]:
    """P1 and P2 of the poses of some clips: the textbook loop and ours.

    Args:
        model: Network of one pose.
        clips: Test clips.
        batch_size: Of the textbook loop, which evaluates with the batch size of its training.
        device: Where.
    """
    loader = pose_loader(clips, batch_size, shuffle=False, device=device)
    textbook = to_textbook(model)
    folded = fold(model)

    def ours() -> list[float]:
        predicted = root_relative(predict(folded, clips.keypoints, batch_size=256))
        found = metrics.mpjpe, metrics.p_mpjpe
        return [1000 * error(predicted, clips.joints).mean().item() for error in found]

    return {"textbook": lambda: textbook_evaluation(textbook, loader, device), "ours": ours}


def clip_calls(model: nn.Module, clip: Clips, num_windows: int) -> dict[str, Call]:
    """All frames of a clip at once, and some of its frames window by window.

    Args:
        model: Temporal convolution.
        clip: One clip.
        num_windows: Frames that are lifted window by window.
    """
    textbook = to_textbook(model).eval()
    device = next(model.parameters()).device
    windows = clip.keypoints.unfold(0, model.receptive_field, 1)[:num_windows].movedim(-1, 1)
    windows = windows.contiguous().to(device)
    return {
        "windows": without_gradients(textbook, windows),
        "clip": lambda: predict_clips(model, clip),
    }


AGREEMENT = 1e-3
