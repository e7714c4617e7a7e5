"""The command line: ``posegcn COMMAND``."""

import argparse
import os
import shlex
import sys
from typing import NoReturn

from posegcn.cli import (
    baselines,
    bench,
    compare,
    data,
    doctor,
    evaluate,
    export,
    import_,
    lift,
    list_,
    reproduce,
    train,
)
from posegcn.cli.options import STDOUT
from posegcn.errors import InputError, WorkError, look_up
from posegcn.files import check_writable
from posegcn.version import __version__

COMMANDS = {
    "list": list_,
    "train": train,
    "evaluate": evaluate,
    "doctor": doctor,
    "lift": lift,
    "compare": compare,
    "import": import_,
    "export": export,
    "baselines": baselines,
    "bench": bench,
    "reproduce": reproduce,
    "data": data,
}

DONE, FAILED, BAD_INPUT = 0, 1, 2


class Parser(argparse.ArgumentParser):
    """An argument parser whose complaint is one sentence."""

    def error(self, message: str) -> NoReturn:
        """Refuse the command line."""
        raise InputError(f"{message}; see {self.prog} --help")


def main(arguments: list[str] | None = None) -> int:
    """Run a command.

    Args:
        arguments: Words after ``posegcn``; those of the process where they are not given.

    Returns:
        Exit code: 0 done, 1 the work failed or the doctor found faults, 2 the input or the command
        line is at fault.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        if arguments and not arguments[0].startswith("-"):
            look_up("command", arguments[0], COMMANDS)
        options = _parser().parse_args(arguments)
        options.command_line = shlex.join(["posegcn", *arguments])
        if options.json not in (None, STDOUT):
            check_writable(options.json)
        code = options.run(options) or DONE
        sys.stdout.flush()
    except InputError as error:
        print(f"posegcn: {error}", file=sys.stderr)
        return BAD_INPUT
    except WorkError as error:
        print(f"posegcn: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        trains = bool(arguments) and arguments[0] in ("train", "reproduce")
        kept = "; finished epochs are kept, see --resume" if trains else ""
        print(f"posegcn: interrupted{kept}", file=sys.stderr)
        return FAILED
    except BrokenPipeError:  # the reader of our output has gone, as in `posegcn list | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as error:  # a path that may not even be looked at
        print(f"posegcn: cannot use {error.filename}: {error.strerror}", file=sys.stderr)
        return BAD_INPUT
    return code


def _parser() -> Parser:
    parser = Parser(prog="posegcn", description="Graph-convolutional 2D-to-3D pose lifting.")
    parser.add_argument("--version", action="version", version=f"posegcn {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, module in COMMANDS.items():
        summary = module.__doc__.splitlines()[0]
        command = commands.add_parser(
            name,
            help=summary,
            description=module.__doc__,
            formatter_class=argparse.RawTextHelpFormatter,
        )
        module.configure(command)
        command.set_defaults(run=module.run)
    return parser
