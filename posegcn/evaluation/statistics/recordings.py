"""Recordings: which clips show the same motion."""

from collections.abc import Iterable

from posegcn.data.clips import Clip


def recording_numbers(clips: Iterable[Clip]) -> list[int]:
    """Number of the recording of each clip; what all cameras saw of one motion is one recording.

    The data sources give the clips of a motion one after the other, camera by camera. A new
    recording begins where subject or action change, or where a camera comes back after others.
    Two recordings in a row that only one and the same camera saw are taken for one: recordings
    come out too large rather than too small, and intervals over them too wide rather than too
    narrow.
    """
    numbers, number = [], -1
    motion, camera, seen = None, None, set()
    for clip in clips:
        comes_back = clip.camera != camera and clip.camera in seen
        if (clip.subject, clip.action) != motion or comes_back:
            number, seen = number + 1, set()
        motion, camera = (clip.subject, clip.action), clip.camera
        seen.add(camera)
        numbers.append(number)
    return numbers
