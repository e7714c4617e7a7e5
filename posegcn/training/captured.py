"""A training step as one CUDA graph: one launch instead of hundreds."""

import torch
from torch import Tensor

from posegcn.training.batches import PoseBatches
from posegcn.training.engine import Trainer


class CapturedStep:
    """Gather, forward, loss, backward, clipping and update, recorded once and then replayed.

    The first steps run as written, which also fills the state of the optimiser. Then the kernels
    of one step are recorded; from there on Python only says which items the batch has. A batch of
    another size (the last of an epoch) runs as written.

    Everything a recorded step reads must stay where it is on the device. Anything that is not
    there raises an error at recording, so that a step is never captured in part.

    Args:
        trainer: Takes the step; its optimiser must be capturable, as on CUDA it is.
        batches: Gather the items of a batch.
    """

    WARM_UP = 3

    def __init__(self, trainer: Trainer, batches: PoseBatches):
        self.trainer = trainer
        self.batches = batches
        self.graph: torch.cuda.CUDAGraph | None = None
        self.size = batches.batch_size * len(trainer.models)
        self.num_as_written = 0

    def __call__(self, items: Tensor) -> Tensor:
        """One update; the loss before it, on the device until the next step."""
        self.trainer.count_step()
        if len(items) != self.size or self.num_as_written < self.WARM_UP:
            self.num_as_written += 1
            return self.trainer.update(*self.batches.batch(items))
        if self.graph is None:
            self._record(items)
        for place, values in zip(self.inputs, self.batches.fetch(items), strict=True):
            place.copy_(values, non_blocking=True)
        self.graph.replay()
        return self.losses

    def _record(self, items: Tensor) -> None:
        self.inputs = [values.clone() for values in self.batches.fetch(items)]
        self.trainer.optimizer.zero_grad()  # gradients belong to the memory of the graph
        graph = torch.cuda.CUDAGraph()
        stream = torch.cuda.current_stream()
        with torch.cuda.graph(graph, stream=stream, capture_error_mode="thread_local"):
            self.losses = self.trainer.update(*self.batches.make(*self.inputs))
        self.graph = graph
