"""A small data set in the layout of the CMU files."""

import numpy as np

from posegcn.skeletons import H36M_17


def write_cmu(folder, **changes):
    """Two subjects to train on, one to test on; its source as text.

    A change replaces an array of both files, or leaves it out where it is None.
    """
    body = np.zeros((17, 3))
    body[:, 2] = np.linspace(800, 6000, 17)
    arrays = {
        "positions": np.tile(body, (60, 1, 1)).astype(np.int16),
        "unit_m": np.float64(0.00025),
        "fps": np.float64(50),
        "joint_names": np.array(H36M_17.joints),
        "sequence_starts": np.array([0, 40]),
        "sequence_lengths": np.array([40, 20]),
        "action_classes": np.array(["walk", "run"]),
    }
    for split, subjects in (("train", ["C01", "C127"]), ("test", ["C02", "C02"])):
        content = {**arrays, "subject_ids": np.array(subjects), **changes}
        np.savez(folder / f"cmu_{split}.npz", **{k: v for k, v in content.items() if v is not None})
    return f"cmu:{folder}"
