import copy

import pytest

from posegcn import InputError
from posegcn.evaluation.statistics.clip_table import clip_table


def row(action, recording, poses, **measures):
    facts = {"subject": "A", "action": action, "camera": "0", "recording": recording}
    return {**facts, "poses": poses, "distance_m": 5.0, **measures}


RESULT = {
    "actions": {"run": {}, "walk": {}},
    "pooled": {"P1": 50.0, "MPJVE": 4.0},
    "mean": {"P1": 50.0, "MPJVE": 4.0},
    "clips": [
        row("walk", 0, 30, P1=40.0, MPJVE=3.0),
        row("walk", 0, 20, P1=44.0, MPJVE=None),
        row("run", 1, 10, P1=60.0, MPJVE=5.0),
    ],
}


def changed(clip, **facts):
    result = copy.deepcopy(RESULT)
    result["clips"][clip].update(facts)
    return result


def test_errors_are_averaged_over_results():
    table = clip_table([RESULT, changed(0, P1=50.0)], "P1")
    assert table.errors.tolist() == [45, 44, 60]
    assert table.poses.tolist() == [30, 20, 10]
    assert table.recordings.tolist() == [0, 0, 1]
    assert (table.rows.tolist(), table.names) == ([0, 0, 1], ("walk", "run"))
    assert (table.num_recordings, table.alone) == (2, ("walk", "run"))


def test_frame_average_has_one_row():
    table = clip_table([RESULT], "P1", "frame")
    assert (table.rows.tolist(), table.names, table.alone) == ([0, 0, 0], ("all poses",), ())


def test_clips_without_the_measure_are_left_out():
    table = clip_table([RESULT], "MPJVE")
    assert (table.errors.tolist(), table.poses.tolist()) == ([3, 5], [30, 10])


def test_rows_by_subject_are_those_of_the_result():
    table = clip_table([{**RESULT, "actions": {"A run": {}, "A walk": {}}}], "P1")
    assert table.names == ("A walk", "A run")


def test_without_recordings_every_clip_is_one():
    result = copy.deepcopy(RESULT)
    for clip in result["clips"]:
        del clip["recording"]
    assert clip_table([result], "P1").recordings.tolist() == [0, 1, 2]


def test_two_machines_that_round_differently_have_the_same_poses():
    clip_table([RESULT, changed(1, distance_m=5.0002)], "P1")


@pytest.mark.parametrize(
    ("results", "message"),
    [
        ([], "expected at least one result"),
        ([RESULT, {**RESULT, "clips": ()}], "result 2 has no rows of clips"),
        ([{"actions": {}, "pooled": {"P1": 1.0}}], "evaluate the network again"),
        ([RESULT, {**RESULT, "clips": RESULT["clips"][:2]}], "2 clips, the first has 3"),
        ([RESULT, changed(1, poses=21)], "poses 21, .* where the first has .* poses 20"),
        ([RESULT, changed(1, action="run")], "the same poses"),
        ([RESULT, changed(1, distance_m=5.2)], "the same poses"),
        ([changed(0, MPJVE=None), changed(2, MPJVE=None)], "no clip has a MPJVE"),
    ],
)
def test_what_cannot_be_compared_is_refused(results, message):
    with pytest.raises(InputError, match=message):
        clip_table(results, "MPJVE" if "MPJVE" in message else "P1")


def test_unknown_names_are_refused():
    with pytest.raises(InputError, match="unknown measure 'P4'.*P1, MPJVE"):
        clip_table([RESULT], "P4")
    with pytest.raises(InputError, match="unknown averaging 'actions', did you mean 'action'"):
        clip_table([RESULT], "P1", "actions")
