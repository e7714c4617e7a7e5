"""What every lab is: a widget in a running notebook, and the same on a page without a kernel."""

from typing import Any

import anywidget
import traitlets
from torch import Tensor

from posegcn.labs.bundle import MIME, notebook_module, style_sheet
from posegcn.skeleton import Skeleton


class Lab(anywidget.AnyWidget):
    """A widget whose page twin runs the same JavaScript on the same state.

    The values that move are traits of the classes that inherit from this one: what a reader does
    changes them, and setting them in Python moves the picture.

    Args:
        name: Name of the lab in ``posegcn.labs.bundle.LABS``.
        data: What does not change, as JSON.
        **state: First values of the traits.
    """

    data = traitlets.Dict().tag(sync=True)
    name = ""

    def __init__(self, data: dict[str, Any], **state: Any):
        super().__init__(data=data, **state)

    def __init_subclass__(cls, **options: Any):
        super().__init_subclass__(**options)
        if "name" in vars(cls):  # anywidget makes classes of its own in between
            cls._esm, cls._css = notebook_module(cls.name), style_sheet()

    def state(self) -> dict[str, Any]:
        """Data and traits, as the page gets them."""
        own = set(self.trait_names(sync=True)) - set(anywidget.AnyWidget.class_trait_names())
        return {name: getattr(self, name) for name in sorted(own) if name[0] != "_"}

    def content(self) -> dict[str, Any]:
        """Name and state, as :mod:`posegcn.labs.page` takes them."""
        return {"lab": self.name, "state": self.state()}

    def _repr_mimebundle_(self, **options: Any) -> Any:
        bundle = super()._repr_mimebundle_(**options)
        if bundle is None:
            return None
        data, *metadata = bundle if isinstance(bundle, tuple) else (bundle,)
        return ({**data, MIME: self.content()}, *(metadata or [{}]))


def skeleton_data(skeleton: Skeleton) -> dict[str, Any]:
    """Names, bones and sides of a body for the views."""
    sides = ["middle"] * skeleton.num_joints
    for side, members in (("left", skeleton.left), ("right", skeleton.right)):
        for joint in members:
            sides[joint] = side
    return {
        "joints": list(skeleton.joints),
        "bones": [list(bone) for bone in skeleton.bones],
        "sides": sides,
        "root": skeleton.root,
    }


def rounded(values: Tensor, digits: int = 4) -> list:
    """Plain numbers, short enough for a page."""
    return values.double().mul(10**digits).round().div(10**digits).tolist()
