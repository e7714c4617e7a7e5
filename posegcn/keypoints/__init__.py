"""Keypoints of detectors: what their files hold."""

from posegcn.keypoints.track import Detections, Track

__all__ = ["Detections", "Track"]
