"""How hard is a data set? Errors of the mean pose and of ridge regression on its test subjects.

posegcn baselines --data synthetic
"""

import argparse

from posegcn.baselines import mean_pose, ridge
from posegcn.cli.options import add_data, add_json, show
from posegcn.data import open_source
from posegcn.evaluation import evaluate
from posegcn.skeletons import H36M_16


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_data(parser)
    parser.add_argument("--skeleton", default=H36M_16.name, metavar="NAME", help="default h36m_16")
    add_json(parser)


def run(options: argparse.Namespace) -> None:
    """Fit and measure both."""
    train, validation, test = open_source(options.data, options.skeleton, options.data_seed).split()
    models = {"mean pose": mean_pose(train), "ridge": ridge(train, validation)}
    reports = {name: evaluate(model, test) for name, model in models.items()}
    text = "\n".join(
        f"{name:12}" + "".join(f"{measure} {mm:7.2f} mm  " for measure, mm in report.pooled.items())
        for name, report in reports.items()
    )
    text += f"\n{test.num_frames:,} poses of {test.source}, {test.skeleton.num_joints} joints"
    show(options, {"reports": {n: report.to_dict() for n, report in reports.items()}}, text)
