"""The doctor: what a file of keypoints is, and what is wrong with it.

A fault is said where it is sure. On 24 clips of captured motion that it was not tuned on, as joints
and as keypoints of COCO, exact and from an emulated detector, no clean file has a finding, and of
planted faults are found (in how many of the 24, by kind):

- all, or all but one: another skeleton, joints from last to first, a body 3.2 times too wide or
  narrow, sides of legs or arms exchanged, sides exchanged in some frames, a foot that jumps by
  nearly a body, frames per second times 10, y upwards, tracks that go over to another body, videos
  that hang;
- most: knees and ankles exchanged (22 or 23), wrists and knees that jump by half a body (18 to 23),
  elbows and wrists exchanged (17 to 21), frames per second times 5 (20 to 22), a frozen wrist where
  the body hardly moves (21).

What cannot be seen, and why:

- sides exchanged throughout, in a file of positions alone, or of a detector that is as sure of a
  face from behind as of one that looks here: every image of a person is also one of the mirrored
  person with the sides exchanged (see :mod:`posegcn.doctor.sides`). The summary says whether a file
  can tell;
- elbows and wrists exchanged where arms are held still, or in less than 50 frames: then the wrist
  keeps its distance to the shoulder as the elbow does;
- proportions wrong by less than three times (twice: 0 to 6 of 24): a person with stretched arms is
  wider than one who walks past, and both may be right;
- frames per second wrong by two (5 to 9 of 24), or too low: people may move so;
- a joint that jumps to where its mirror image is: detectors take one for the other where limbs
  cross, so that this is a remark.
"""

from posegcn.doctor.diagnosis import CODES, FAULT, REMARK, Diagnosis, Finding
from posegcn.doctor.examination import examine

__all__ = ["CODES", "FAULT", "REMARK", "Diagnosis", "Finding", "examine"]
