"""`wakesmith external MODEL`: the model for satellites that load words by themselves, at a cutoff of their own."""

import argparse
from pathlib import Path

from trainer.cli.checking import check_folder
from trainer.cli.printing import write


def add_parser(parts: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser) -> None:
    """Declare the command."""
    parser = parts.add_parser(
        "external", parents=[common], help="make a model for satellites that run every word at a cutoff of 0.70"
    )
    parser.add_argument("model", type=Path, metavar="MODEL", help="a .tflite; its manifest is the .json beside it")
    parser.add_argument("--out", type=Path, metavar="DIR", required=True, help="where both files are written")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write both and name them."""
    from trainer.export.external import write_external

    check_folder("--out", args.out)
    for path in write_external(args.model, args.out):
        write(str(path))
    return 0
