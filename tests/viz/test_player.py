"""The page is tried in a browser, where there is one."""

import json
import re
import shutil
import subprocess

import pytest
import torch
from support.poses import lifted, source

from posegcn.camera import denormalise_image
from posegcn.skeletons import COCO_17, H36M_17
from posegcn.viz.animation import animate, animate_people
from posegcn.viz.motion import Motion

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
TRIAL = """<script>
const seen = {};
const keep = (name) => { seen[name] = byId("where").textContent; };
keep("start");
slider.value = 7;
slider.dispatchEvent(new Event("input"));
keep("scrubbed");
document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
keep("stepped");
const before_turn = space.toDataURL();
space.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowLeft", bubbles: true }));
keep("turned");
seen.view_changed = before_turn !== space.toDataURL();
play.click();
seen.button = play.textContent;
tick(before + 100);
keep("played");
play.click();
seen.stopped = !playing;
document.documentElement.dataset.seen = JSON.stringify(seen);
</script>"""


def page(frames=20, **options):
    clip = source().clips[0][:frames]
    keypoints = denormalise_image(clip.keypoints, clip.image_size)
    keypoints[2, 3] = torch.nan
    options = {"image_size": clip.image_size, "fps": 50, "title": "</title> & walk", **options}
    return animate(keypoints, clip.joints, H36M_17, **options)


def data_of(text):
    return json.loads(re.search(r'id="data">(.*?)</script>', text)[1])


def opened(path, folder):
    """The page after its scripts, and what it complained of."""
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr"]
    command = [BROWSER, *flags, f"--user-data-dir={folder}", "--dump-dom", path.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]


def test_the_page_asks_no_other_host_for_anything():
    text = page()
    assert "://" not in text
    assert not re.search(r"\b(src|href)=|@import|url\(|fetch\(|XMLHttp|WebSocket", text)
    assert "default-src 'none'" in text


def test_the_page_holds_every_frame():
    clip = source().clips[0][:20]
    data = data_of(page())
    assert data["num_frames"] == 20
    (person,) = data["people"]
    joints = torch.tensor(person["joints"]["values"], dtype=torch.float32).view(20, 17, 3) / 1000
    assert (joints - clip.joints).abs().max() < 0.0006
    assert len(person["keypoints"]["values"]) == 20 * 17 * 2
    assert person["keypoints"]["values"][(2 * 17 + 3) * 2] is None
    assert person["errors"] is None
    assert data["window"] == [0, 0, *clip.image_size]


def test_a_thousand_frames_are_small():
    joints = lifted(40).joints.repeat(25, 1, 1)
    errors = joints.norm(dim=-1) / 10
    text = animate(1000 * joints[..., :2], joints, H36M_17, errors=errors)
    assert len(text) < 1_000_000


def test_another_body_of_keypoints_and_errors():
    joints = lifted(5).joints
    keypoints = torch.full((5, 17, 2), torch.nan)
    keypoints[:, :5] = torch.rand(5, 5, 2) * 100
    errors = torch.linspace(0, 0.1, 85).view(5, 17)
    data = data_of(animate(keypoints, joints, H36M_17, keypoint_skeleton=COCO_17, errors=errors))
    (person,) = data["people"]
    assert person["keypoints"]["bones"] == [list(bone) for bone in COCO_17.bones]
    assert person["worst"] == 95
    assert person["errors"][-1] == 100
    _, _, width, height = data["window"]
    assert max(width, height) < 120


def several(frames):
    """People of the same clip in other frames."""
    clip = source().clips[0][:20]
    keypoints = denormalise_image(clip.keypoints, clip.image_size)
    return [
        Motion(keypoints[: len(own)], clip.joints[: len(own)], *2 * [H36M_17], own, name=name)
        for name, own in frames.items()
    ]


def test_several_people_are_where_they_were():
    frames = {"a": torch.arange(20, 30), "b": torch.tensor([24, 25, 28]), "c": torch.tensor([31])}
    data = data_of(animate_people(several(frames), fps=50))
    assert (data["num_frames"], data["first"], data["numbers"]) == (11, 20, [*range(20, 30), 31])
    assert [person["name"] for person in data["people"]] == ["a", "b", "c"]
    assert [(p["start"], p["num_rows"]) for p in data["people"]] == [(0, 10), (4, 5), (10, 1)]
    joints = data["people"][1]["joints"]["values"]
    assert [joints[row * 51] is None for row in range(5)] == [False, False, True, True, False]


def test_hostile_titles_stay_text():
    text = page(title="</script><script>alert(1)</script>")
    assert text.count("</script>") == 2
    assert "alert(1)&lt;/script&gt;" in text
    text = page(title="DATA NAME TITLE")
    assert "<h1>DATA NAME TITLE</h1>" in text
    assert data_of(text)["num_frames"] == 20


def test_a_notebook_shows_the_page_in_a_frame():
    shown = page()._repr_html_()
    assert shown.startswith("<iframe srcdoc=")
    assert "<script" not in shown


CHOICE = """<script>
const seen = { shown: !byId("choice").hidden, names: [...choice.options].map((o) => o.text) };
const pictures = () => [image.toDataURL(), space.toDataURL()];
const before_choice = pictures();
choice.value = 1;
choice.dispatchEvent(new Event("change"));
seen.changed = pictures().map((picture, at) => picture !== before_choice[at]);
seen.where = byId("where").textContent;
show(4);
seen.later = byId("where").textContent;
document.documentElement.dataset.seen = JSON.stringify(seen);
</script>"""


@pytest.mark.skipif(BROWSER is None, reason="needs a browser")
def test_a_person_is_chosen_in_a_browser(tmp_path):
    path = tmp_path / "out.html"
    people = several({"a": torch.arange(20, 30), "b": torch.arange(24, 28)})
    animate_people(people, path, fps=50)
    path.write_text(path.read_text().replace("</body>", f"{CHOICE}</body>"))
    shown, complaints = opened(path, tmp_path / "profile")
    assert complaints == []
    seen = re.search(r'data-seen="([^"]*)"', shown)[1].replace("&quot;", '"')
    assert json.loads(seen) == {
        "shown": True,
        "names": ["a", "b"],
        "changed": [True, True],
        "where": "frame 20, 0.40 s, no pose",
        "later": "frame 24, 0.48 s",
    }


@pytest.mark.skipif(BROWSER is None, reason="needs a browser")
def test_the_page_plays_in_a_browser(tmp_path):
    path = tmp_path / "out.html"
    page(path=path, errors=torch.rand(20, 17) / 10)
    path.write_text(path.read_text().replace("</body>", f"{TRIAL}</body>"))
    shown, complaints = opened(path, tmp_path / "profile")
    assert complaints == []
    assert 'data-ready="yes"' in shown
    seen = re.search(r'data-seen="([^"]*)"', shown)[1].replace("&quot;", '"')
    assert json.loads(seen) == {
        "start": "frame 0, 0.00 s",
        "scrubbed": "frame 7, 0.14 s",
        "stepped": "frame 8, 0.16 s",
        "turned": "frame 8, 0.16 s",
        "view_changed": True,
        "button": "Pause",
        "played": "frame 13, 0.26 s",
        "stopped": True,
    }
