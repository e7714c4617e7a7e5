"""Prediction side by side: one pose, many poses, a whole evaluation, a whole clip."""

from collections.abc import Callable, Mapping
from copy import deepcopy
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
from posegcn.export import to_onnx
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


def lifters(
    model: nn.Module, *, compiled: bool
) -> tuple[dict[str, Callable[[Tensor], Tensor]], dict[str, str]]:
    """Ways to predict with the weights of a network; and why one is left out."""
    folded = fold(model)
    found = {
        "textbook": to_textbook(model).eval(),
        "eager": deepcopy(model).eval(),
        "folded": folded,
    }
    if compiled:
        on_gpu = next(folded.parameters()).is_cuda  # where launches cost more than kernels
        found["compiled"] = torch.compile(folded, mode="reduce-overhead" if on_gpu else "default")
    missing = [name for name in ("onnx", "onnxscript", "onnxruntime") if find_spec(name) is None]
    if missing:
        why = f"{', '.join(missing)} not installed; pip install 'posegcn[export]'"
        return found, {"onnxruntime": why}
    return found | {"onnxruntime": OnnxLifter(model)}, {}


class OnnxLifter:
    """ONNX Runtime on the CPU, with as many threads as PyTorch."""

    def __init__(self, model: nn.Module):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = torch.get_num_threads()
        options.inter_op_num_threads = 1
        with TemporaryDirectory() as folder:
            path = to_onnx(deepcopy(model).cpu(), Path(folder) / "model.onnx")
            self.session = onnxruntime.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"]
            )
        self.name = self.session.get_inputs()[0].name

    def __call__(self, keypoints: Tensor) -> Tensor:
        """Lift keypoints on the CPU."""
        (joints,) = self.session.run(None, {self.name: keypoints.numpy()})
        return torch.from_numpy(joints)


def prediction_calls(
    networks: Mapping[str, Callable[[Tensor], Tensor]], keypoints: Tensor, device: torch.device
) -> dict[str, Call]:
    """The same poses or windows, each way, from the device where it computes."""
    on_device = keypoints.to(device)
    return {
        name: without_gradients(lift, keypoints if isinstance(lift, OnnxLifter) else on_device)
        for name, lift in networks.items()
    }


def some_keypoints(model: nn.Module, num_items: int) -> Tensor:
    """Normal random poses or windows, whatever a network takes."""
    generator = torch.Generator().manual_seed(0)
    return torch.randn(input_shape(model, num_items), generator=generator)


def check_agreement(calls: Mapping[str, Call]) -> None:
    """Refuse to time ways to predict that do not give the same joints.

    Raises:
        WorkError: One is further from the textbook's than rounding in fp32 explains.
    """
    joints = {name: call().cpu() for name, call in calls.items()}
    expected = joints["textbook"]
    for name, found in joints.items():
        difference = ((found - expected).abs().max() / expected.abs().max()).item()
        if not difference < AGREEMENT:
            raise WorkError(
                f"{name} predicts other joints than the textbook form, by {difference:.1e} of "
                f"the largest coordinate, allowed is {AGREEMENT:.0e}; no speed is measured"
            )


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

    def ours() -> list[float]:
        predicted = root_relative(predict(model, clips.keypoints))
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
