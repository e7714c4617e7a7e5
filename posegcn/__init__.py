"""Graph-convolutional 2D-to-3D human pose lifting, by the names of the field."""

from posegcn import camera, data, labs, layers, metrics, rig, skeletons, viz
from posegcn.checkpoints import load_checkpoint, save_checkpoint
from posegcn.errors import InputError
from posegcn.evaluation import evaluate
from posegcn.evaluation.comparison import compare
from posegcn.evaluation.report import Report
from posegcn.export import to_onnx
from posegcn.folding import fold
from posegcn.graph import Graph
from posegcn.inspection import (
    count_multiply_adds,
    count_parameters,
    influence,
    measured_graphs,
)
from posegcn.layers import list_layers, make_layer
from posegcn.lifting.lifter import Lifter
from posegcn.models import list_models, make_model
from posegcn.prediction import predict
from posegcn.published import load_published, save_published
from posegcn.recipes import RECIPES, Recipe
from posegcn.rewiring import rewire
from posegcn.robustness import sweep
from posegcn.robustness.corruption import corrupt
from posegcn.skeleton import Skeleton
from posegcn.training import fit
from posegcn.version import __version__

__all__ = [
    "RECIPES",
    "Graph",
    "InputError",
    "Lifter",
    "Recipe",
    "Report",
    "Skeleton",
    "__version__",
    "camera",
    "compare",
    "corrupt",
    "count_multiply_adds",
    "count_parameters",
    "data",
    "evaluate",
    "fit",
    "fold",
    "influence",
    "labs",
    "layers",
    "list_layers",
    "list_models",
    "load_checkpoint",
    "load_published",
    "make_layer",
    "make_model",
    "measured_graphs",
    "metrics",
    "predict",
    "rewire",
    "rig",
    "save_checkpoint",
    "save_published",
    "skeletons",
    "sweep",
    "to_onnx",
    "viz",
]
