"""The labs of a page under mouse and keyboard: what they show is what torch computes."""

import pytest
from support.browser import Visit, needs_browser
from support.labs import SAMPLES, told
from support.sample import SAMPLE
from support.site import GIVEN

from posegcn.labs.bundle import LABS

pytestmark = [
    pytest.mark.slow,
    needs_browser,
    pytest.mark.skipif(bool(GIVEN), reason="a given site has no page of samples"),
]


def drag(page, handle, across, down):
    """Take something with the mouse and put it elsewhere; gives where it was put."""
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + across / 2, y + down / 2)
    page.mouse.move(x + across, y + down)
    page.mouse.up()
    return x + across, y + down


def drag_joint(page, place):
    joint = place.get_by_role("slider", name="lfoot", exact=True)
    x, y = drag(page, joint, 25, -30)
    box = joint.bounding_box()
    assert box["x"] + box["width"] / 2 == pytest.approx(x, abs=1)
    assert box["y"] + box["height"] / 2 == pytest.approx(y, abs=1)


def press_keys_on_joint(page, place):
    place.get_by_role("slider", name="lfoot", exact=True).press("Shift+ArrowUp")


def click_edge(page, place):
    place.locator(".lab-edge").first.click(force=True)


def click_cell(page, place):
    place.get_by_role("gridcell").nth(20).click()


def slider(name, keys="ArrowRight"):
    return lambda page, place: place.get_by_role("slider", name=name).press(keys)


def drag_slider(name):
    """Move a slider with the mouse, from its middle to the right."""

    def act(page, place):
        field = place.get_by_role("slider", name=name)
        box = field.bounding_box()
        field.click(position={"x": 0.9 * box["width"], "y": box["height"] / 2})

    return act


def choose(name, option):
    return lambda page, place: place.get_by_role("combobox", name=name).select_option(option)


def press(name):
    return lambda page, place: place.get_by_role("button", name=name, exact=True).click()


def tick(name):
    return lambda page, place: place.get_by_role("radio", name=name).check()


# What a reader does to a lab, and the trait that it changes.
ACTIONS = {
    "adjacency": [
        (slider("Layers of averaging"), "layers"),
        (drag_slider("Layers of averaging"), "layers"),
        (click_edge, "edges"),
        (click_cell, "edges"),
        (press("fully connected"), "preset"),
        (choose("Layer", "dc_vanilla"), "network"),
        (slider("Hops"), "hops"),
    ],
    "lifting": [
        (drag_joint, "keypoints"),
        (press_keys_on_joint, "keypoints"),
        (press("other"), "pose"),
        (choose("Lifter", "dc_vanilla"), "network"),
    ],
    "sharing": [(click_cell, "edge"), (choose("Variant", "preagg"), "layer")],
    "time": [
        (slider("Frame"), "frame"),
        (drag_slider("Frame"), "frame"),
        (press("frozen"), "window"),
        (click_cell, "cell"),
    ],
    "protocol": [
        (tick("P2"), "measure"),
        (tick("root_zeroed"), "alignment"),
        (tick("does not count"), "root"),
        (tick("frames"), "averaging"),
        (slider("Pose"), "pose"),
        (press("lowest number"), "alignment"),
    ],
}


def test_every_lab_is_on_the_page_of_samples():
    assert {*SAMPLES} == {*ACTIONS} == {*LABS}


@pytest.fixture(scope="module")
def visit(chromium, site):
    visit = Visit(chromium)
    visit.open((site / "book" / f"{SAMPLE}.html").as_uri())
    return visit


def shown(place):
    """Numbers of the status line, and the traits as they are."""
    values = place.evaluate("place => ({...place.labModel.values, data: null})")
    return place.locator(".lab-status").evaluate("status => ({...status.dataset})"), values


def check_numbers(name, place):
    found, values = shown(place)
    expected = told(name, values)
    assert found.keys() == expected.keys()
    for key, value in expected.items():
        if value == "":
            assert found[key] == ""
        else:
            assert float(found[key]) == pytest.approx(value, rel=1e-5, abs=1e-5), (name, key)
    return values


@pytest.mark.parametrize("name", ACTIONS)
def test_numbers_of_a_lab_are_those_of_torch(visit, name):
    place = visit.page.locator(f".posegcn-lab[data-lab={name}]")
    place.scroll_into_view_if_needed()
    visit.page.mouse.move(0, 0)  # where the last lab left it, this one would show what is under it
    before = check_numbers(name, place)
    for act, trait in ACTIONS[name]:
        act(visit.page, place)
        after = check_numbers(name, place)
        assert after[trait] != before[trait], trait
        before = after
    assert visit.taken() == []
