"""The doctor: what a file of keypoints is, and what is wrong with it."""

from posegcn.doctor.diagnosis import CODES, FAULT, REMARK, Diagnosis, Finding
from posegcn.doctor.examination import examine

__all__ = ["CODES", "FAULT", "REMARK", "Diagnosis", "Finding", "examine"]
