"""Our networks rewritten as the field's public code computes them."""

from collections.abc import Callable
from copy import deepcopy

from torch import nn

from posegcn.benchmark.textbook_gla import TextbookGLAGCN
from posegcn.benchmark.textbook_networks import TextbookGraphHourglass, TextbookResidualGCN
from posegcn.benchmark.textbook_temporal import TextbookTemporalConv
from posegcn.errors import look_up
from posegcn.models.gla_gcn import GLAGCN
from posegcn.models.graph_hourglass import GraphStackedHourglass
from posegcn.models.residual_gcn import ResidualGCN
from posegcn.models.temporal_conv import TemporalConv

NETWORKS: dict[type[nn.Module], Callable[[nn.Module], nn.Module]] = {
    ResidualGCN: TextbookResidualGCN,
    GraphStackedHourglass: TextbookGraphHourglass,
    GLAGCN: TextbookGLAGCN,
    TemporalConv: TextbookTemporalConv,
}


def to_textbook(model: nn.Module) -> nn.Module:
    """A copy of a network that computes the same with textbook layers.

    Written for this benchmark; its operations, their order and the layout of the tensors are those
    of the public code of SemGCN, Modulated GCN, Graph Stacked Hourglass, GLA-GCN and VideoPose3D.

    Raises:
        InputError: The network, one of its layers or an option has no textbook form.
    """
    by_name = {ours.__name__: textbook for ours, textbook in NETWORKS.items()}
    rewrite = look_up("network with a textbook form", type(model).__name__, by_name)
    return rewrite(deepcopy(model)).train(model.training)
