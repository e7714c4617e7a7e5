"""Labs with small untrained networks, and what the status line of their page has to say."""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import torch
from support.poses import source

import posegcn as pg
from posegcn import metrics
from posegcn.data.clips import Clips

BODY = pg.skeletons.H36M_17


class Sample(NamedTuple):
    """How a lab is made, and the numbers that torch has for its present state."""

    build: Callable
    told: Callable


@cache
def network(layer="modulated"):
    torch.manual_seed(0)
    options = {"skeleton": BODY, "layer": layer, "channels": 8, "num_blocks": 1}
    model = pg.make_model("residual_gcn", **options).eval()
    model.head.weight.data /= 10  # else a pose has ten metres
    return model


def clip(number=0, frames=12):
    return source().clips[number][:frames]


def adjacency():
    models = {layer: network(layer) for layer in ("modulated", "dc_vanilla")}
    return pg.labs.AdjacencyLab(models, clip().keypoints[0], clip().joints[0])


def lifting():
    models = {layer: network(layer) for layer in ("modulated", "dc_vanilla")}
    return pg.labs.LiftingLab(models, {"walk": clip(0), "other": clip(9)})


def lifted(lab):
    """The error, where the pose is one whose truth is known."""
    start = lab.data["starts"][lab.pose]
    if lab.keypoints != start["keypoints"]:
        return {"error": ""}
    return {"error": metrics.mpjpe(lab.lifted(), torch.tensor(start["truth"])).item()}


def sharing():
    return pg.labs.SharingLab(BODY)


def shared(lab):
    return {"number": lab.carriers()[tuple(lab.edge)].item(), "sharers": len(lab.sharers())}


def time():
    torch.manual_seed(0)
    model = pg.make_model("gla_gcn", skeleton=BODY, strides=(3,), channels=8).eval()
    return pg.labs.TimeLab(model, clip())


def timed(lab):
    return {"error": lab.error(), "share": lab.measured()[tuple(lab.cell)].item()}


def protocol():
    return pg.labs.ProtocolLab(network(), Clips.from_clips("two", BODY, {}, [clip(0), clip(9)]))


SAMPLES = {
    "adjacency": Sample(adjacency, lambda lab: {"error": lab.error()}),
    "lifting": Sample(lifting, lifted),
    "sharing": Sample(sharing, shared),
    "time": Sample(time, timed),
    "protocol": Sample(protocol, lambda lab: {"error": lab.error_mm()}),
}


@cache
def lab(name):
    return SAMPLES[name].build()


def told(name, values):
    """What torch says of a lab in the state that a page is in."""
    own = lab(name)
    for trait in own.state().keys() - {"data"}:
        setattr(own, trait, values[trait])
    return SAMPLES[name].told(own)
