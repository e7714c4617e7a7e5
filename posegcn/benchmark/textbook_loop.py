"""The textbook loop: how the field's public programs train and evaluate."""

import math
from collections.abc import Iterable

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim import Adam, Optimizer

from posegcn.recipes import Recipe
from posegcn.training.schedules import SCHEDULES


class TextbookRanger(Optimizer):
    """RAdam and Lookahead, parameter by parameter.

    Source: the update is that of :class:`posegcn.training.optimizers.Ranger`.
    """

    def __init__(self, params: Iterable[nn.Parameter], lr: float):
        super().__init__(params, {"lr": lr})

    @torch.no_grad()
    def step(self) -> None:
        """One update of every parameter."""
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    self._update(parameter, group["lr"])

    def _update(self, parameter: nn.Parameter, lr: float) -> None:
        state = self.state[parameter]
        if not state:
            state["step"] = 0
            state["exp_avg"] = torch.zeros_like(parameter)
            state["exp_avg_sq"] = torch.zeros_like(parameter)
            state["slow"] = parameter.clone()
        state["step"] += 1
        step, grad = state["step"], parameter.grad
        state["exp_avg_sq"].mul_(BETA2).addcmul_(grad, grad, value=1 - BETA2)
        state["exp_avg"].mul_(BETA1).add_(grad, alpha=1 - BETA1)
        power = BETA2**step
        longest = 2 / (1 - BETA2) - 1
        length = longest - 2 * step * power / (1 - power)
        size = lr / (1 - BETA1**step)
        if length > 5:
            known = (length - 4) * (length - 2) * longest
            size *= math.sqrt((1 - power) * known / ((longest - 4) * (longest - 2) * length))
            parameter.addcdiv_(state["exp_avg"], state["exp_avg_sq"].sqrt().add_(EPS), value=-size)
        else:
            parameter.add_(state["exp_avg"], alpha=-size)
        if step % LOOKAHEAD == 0:
            state["slow"].add_(parameter - state["slow"], alpha=0.5)
            parameter.copy_(state["slow"])


class TextbookTrainer:
    """A textbook network, its optimiser and its loss.

    Adam is what ``torch.optim.Adam`` does when nothing is said: parameter by parameter on a CPU,
    in groups on a GPU.

    Args:
        model: From :func:`posegcn.benchmark.textbook.to_textbook`, on its device.
        recipe: Loss, learning rate, schedule and clipping.
        num_steps: Steps of the whole training.
    """

    def __init__(self, model: nn.Module, recipe: Recipe, num_steps: int):
        self.model, self.recipe, self.num_steps = model.train(), recipe, num_steps
        self.num_done, self.losses = 0, 0.0
        self.mse, self.l1 = nn.MSELoss(), nn.L1Loss()
        self.device = next(model.parameters()).device
        rate = recipe.learning_rate
        if recipe.optimizer == "ranger":
            self.optimizer = TextbookRanger(model.parameters(), rate)
        else:
            self.optimizer = Adam(model.parameters(), rate, amsgrad=recipe.amsgrad)

    def step(self, joints: Tensor, keypoints: Tensor, *actions) -> float:
        """One update; the loss before it."""
        self.num_done += 1
        rate = SCHEDULES[self.recipe.schedule](self.recipe, self.num_done, self.num_steps)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        joints, keypoints = joints.to(self.device), keypoints.to(self.device)
        predicted = self.model(keypoints)
        self.optimizer.zero_grad()
        loss = self.loss(predicted, joints)
        loss.backward()
        if self.recipe.clip_norm:
            nn.utils.clip_grad_norm_(self.model.parameters(), max_norm=self.recipe.clip_norm)
        self.optimizer.step()
        value = loss.item()
        self.losses += value * len(joints)
        return value

    def loss(self, predicted: Tensor, joints: Tensor) -> Tensor:
        """What the recipe minimises."""
        share = self.recipe.l1_weight
        if self.recipe.loss == "mse":
            loss = self.mse(predicted, joints)
        else:
            loss = torch.mean(torch.norm(predicted - joints, dim=-1))
        return (1 - share) * loss + share * self.l1(predicted, joints) if share else loss


@torch.no_grad()
def textbook_evaluation(model: nn.Module, loader: Iterable, device: torch.device) -> list[float]:
    """P1 and P2 in millimetres: batch by batch, poses aligned in NumPy by SVDs of a batch."""
    model.eval()
    sums, count = np.zeros(2), 0
    for joints, keypoints, *_ in loader:
        predicted = model(keypoints.to(device)).cpu()
        predicted = predicted - predicted[..., :1, :]
        p1 = torch.mean(torch.norm(predicted - joints, dim=-1)).item()
        p2 = textbook_p_mpjpe(predicted.flatten(0, -3).numpy(), joints.flatten(0, -3).numpy())
        sums += np.array([p1, p2]) * len(joints)
        count += len(joints)
    return (1000 * sums / count).tolist()


def textbook_p_mpjpe(predicted: np.ndarray, target: np.ndarray) -> float:
    """Mean distance after a similarity of each pose.  (N, J, 3), (N, J, 3) -> ()

    Source: Umeyama, TPAMI 1991; one call of ``numpy.linalg.svd`` for all poses, as in the public
    code of VideoPose3D, SemGCN and Modulated GCN.
    """
    mean_t, mean_p = target.mean(axis=1, keepdims=True), predicted.mean(axis=1, keepdims=True)
    centred_t, centred_p = target - mean_t, predicted - mean_p
    size_t = np.sqrt((centred_t**2).sum(axis=(1, 2), keepdims=True))
    size_p = np.sqrt((centred_p**2).sum(axis=(1, 2), keepdims=True))
    unit_t, unit_p = centred_t / size_t, centred_p / size_p
    u, s, vt = np.linalg.svd(unit_t.transpose(0, 2, 1) @ unit_p)
    v = vt.transpose(0, 2, 1)
    rotation = v @ u.transpose(0, 2, 1)
    sign = np.sign(np.expand_dims(np.linalg.det(rotation), axis=1))
    v[:, :, -1] *= sign
    s[:, -1] *= sign.flatten()
    rotation = v @ u.transpose(0, 2, 1)
    scale = s.sum(axis=1)[:, None, None] * size_t / size_p
    aligned = scale * (predicted - mean_p) @ rotation + mean_t
    return float(np.mean(np.linalg.norm(aligned - target, axis=-1)))


BETA1, BETA2, EPS, LOOKAHEAD = 0.95, 0.999, 1e-5, 6  # as Ranger
