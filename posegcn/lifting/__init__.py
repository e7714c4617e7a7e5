"""Lifting of videos: from the keypoints of a detector to poses in metres."""
