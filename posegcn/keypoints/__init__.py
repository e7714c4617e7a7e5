"""Keypoints of detectors: reads what their files hold.

:func:`read_keypoints` recognises the format by the contents; :data:`FORMATS` lists the formats.
"""

from posegcn.keypoints.formats import FORMATS, Format
from posegcn.keypoints.reading import read_keypoints
from posegcn.keypoints.track import Detections, Track

__all__ = ["FORMATS", "Detections", "Format", "Track", "read_keypoints"]
