"""Convert downloaded data into the files that a source reads.

posegcn data cmu all_asfamc --out cmu
"""

import argparse

from posegcn.cli.options import add_json, show
from posegcn.data.cmu import VALIDATION
from posegcn.data.cmu_conversion import TEST_SUBJECTS, convert_cmu

CMU = """The motion capture database of CMU: ASF and AMC files to cmu_train.npz and cmu_test.npz.

posegcn data cmu all_asfamc --out cmu
posegcn train semgcn-h36m-gt --data cmu:cmu --out runs/first

Fetch all_asfamc.zip from mocap.cs.cmu.edu and unpack it, or single subjects of it. Files are found
by their names, 02.asf and 02_01.amc, in any folders. The database's terms: free for research, not
to be sold, also in converted form; name mocap.cs.cmu.edu and NSF EIA-0196217 where you publish.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    kinds = parser.add_subparsers(metavar="KIND", required=True)
    cmu = kinds.add_parser(
        "cmu",
        help=CMU.splitlines()[0],
        description=CMU,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    cmu.add_argument("folder", metavar="DIR", help="where the ASF and AMC files are")
    cmu.add_argument("--out", required=True, metavar="OUT", help="folder of the two files")
    cmu.add_argument(
        "--test-subjects",
        metavar="NAMES",
        help="subjects to test on, such as 35,86; all others are to train on\n"
        f"(default: those of {','.join(TEST_SUBJECTS)} that are there)",
    )
    cmu.add_argument("--quiet", action="store_true", help="no progress bar")
    add_json(cmu)
    cmu.set_defaults(convert=_convert_cmu)


def run(options: argparse.Namespace) -> None:
    """Convert."""
    options.convert(options)


def _convert_cmu(options: argparse.Namespace) -> None:
    names = options.test_subjects
    testing = None if names is None else [name.strip() for name in names.split(",")]
    result = convert_cmu(options.folder, options.out, testing, progress=not options.quiet)
    text = [
        f"{split + ':':7}subjects {len(found['subjects'])}, sequences {found['sequences']:,}, "
        f"frames {found['frames']:,}"
        for split in ("train", "test")
        for found in [result[split]]
    ]
    text += [f"left out {trial}: {why}" for trial, why in result["left_out"].items()]
    text.append(f"cmu_train.npz and cmu_test.npz are in {options.out}")
    recipe = f"posegcn train semgcn-h36m-gt --data cmu:{options.out} --out runs/first"
    if not set(VALIDATION) < set(result["train"]["subjects"]):
        text.append(
            f"too few subjects to select networks on {', '.join(VALIDATION)} and train on others: "
            "select on the test subjects, as the public code does"
        )
        recipe += " --selection published"
    show(options, result, "\n".join([*text, f"next: {recipe}"]))
