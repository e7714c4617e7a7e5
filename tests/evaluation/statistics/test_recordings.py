from dataclasses import replace

from support.clips import random_clip

from posegcn.evaluation.statistics.recordings import recording_numbers


def seen(action, cameras, subject="A"):
    clip = random_clip(action, 2, 0)
    return [replace(clip, subject=subject, camera=camera) for camera in cameras]


def test_all_cameras_of_a_motion_are_one_recording():
    clips = [*seen("walk", "0123"), *seen("walk", "0123"), *seen("run", "0123")]
    assert recording_numbers(clips) == [0] * 4 + [1] * 4 + [2] * 4


def test_a_camera_that_loses_the_body_cuts_no_recording():
    """Camera 0 sees it twice, camera 2 never; then the next motion begins with camera 1."""
    assert recording_numbers([*seen("walk", "00113"), *seen("walk", "123")]) == [0] * 5 + [1] * 3


def test_another_subject_is_another_recording():
    assert recording_numbers([*seen("walk", "0"), *seen("walk", "1", subject="B")]) == [0, 1]


def test_what_one_camera_alone_saw_stays_together():
    assert recording_numbers(seen("walk", "000")) == [0, 0, 0]


def test_synthetic_data_have_one_recording_for_each_subject_and_action(synthetic):
    test = synthetic.part("test")
    numbers = recording_numbers(test)
    motions = dict.fromkeys((clip.subject, clip.action) for clip in test)
    assert numbers[-1] + 1 == len(motions) == 30
    assert numbers == [list(motions).index((clip.subject, clip.action)) for clip in test]
