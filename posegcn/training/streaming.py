"""Batches of data that do not fit on the device: gathered on the host, one ahead of the step."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import torch
from torch import Tensor, nn

from posegcn.data.clips import Clips
from posegcn.recipes import Recipe
from posegcn.training.batches import PoseBatches
from posegcn.training.processes import Processes

Sent = tuple[tuple[Tensor, ...], torch.cuda.Event | None]  # a batch, and when it is there


class StreamedBatches(PoseBatches):
    """The same batches as :class:`~posegcn.training.batches.PoseBatches`, from the host's memory.

    While the device computes a step, a thread gathers the next batch into pinned memory and sends
    it. So two batches are on the device, whatever the size of the data.

    Args:
        clips: Where the poses come from.
        recipe: Gives batch size, chunk, flip augmentation and noise of the targets.
        model: Network they are for; batches come to its device.
        processes: Those among which each batch is shared; only our share is gathered.
    """

    def __init__(self, clips: Clips, recipe: Recipe, model: nn.Module, processes: Processes):
        super().__init__(clips, recipe, model, torch.device("cpu"))
        self.processes = processes
        self.device = next(model.parameters()).device
        self.stream = torch.cuda.Stream(self.device) if self.device.type == "cuda" else None
        self.thread = ThreadPoolExecutor(1)
        self.coming: Sequence[Tensor] = ()
        self.number = 0
        self.ahead: Future[Sent] | None = None

    def order(self, *generators: torch.Generator) -> tuple[Tensor, ...]:
        """Items of each batch of an epoch, on the host."""
        batches = super().order(*generators)
        self.coming = [self.processes.share(batch)[0] for batch in batches]
        self.number, self.ahead = 0, None
        return batches

    def fetch(self, items: Tensor) -> tuple[Tensor, ...]:
        """Inputs and joints on the device; the next batch is on its way."""
        if self.ahead is None:
            begun = (n for n, batch in enumerate(self.coming) if torch.equal(batch, items))
            self.number = next(begun, len(self.coming))  # not of this epoch: nothing comes next
            self.ahead = self.thread.submit(self._send, items)
        batch, arrived = self.ahead.result()
        self.number += 1
        more = self.number < len(self.coming)
        self.ahead = self.thread.submit(self._send, self.coming[self.number]) if more else None
        if arrived is not None:
            here = torch.cuda.current_stream()
            here.wait_event(arrived)
            for values in batch:
                values.record_stream(here)
        return batch

    def make(self, *fetched: Tensor) -> tuple[Tensor, ...]:
        """What the network takes, then what it is to learn."""
        return self._perturbed(fetched)

    def _send(self, items: Tensor) -> Sent:
        batch = self.gather(items)
        if self.stream is None:
            return batch, None
        with torch.cuda.stream(self.stream):
            sent = [values.pin_memory().to(self.device, non_blocking=True) for values in batch]
            return tuple(sent), self.stream.record_event()


def make_batches(
    clips: Clips, recipe: Recipe, model: nn.Module, processes: Processes
) -> PoseBatches:
    """Batches from the device's own memory, if at most half of what is free takes all frames."""
    device = next(model.parameters()).device
    if device.type == "cuda":
        needed = sum(v.nbytes for v in (clips.keypoints, clips.joints))
        if needed > torch.cuda.mem_get_info(device)[0] / 2:
            return StreamedBatches(clips, recipe, model, processes)
    return PoseBatches(clips, recipe, model)
