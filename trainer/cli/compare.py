"""`wakesmith compare CHALLENGER CHAMPION`: two models on the same sound, and whether the first is better."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.cli.checking import MOST_WORKERS, check_number
from trainer.cli.printing import write, write_object, write_table

if TYPE_CHECKING:
    from trainer.evaluation.paired import Comparison

VERDICTS = {
    "wins": "the first is better",
    "loses": "the first is worse",
    "mixed": "the first is better on one and worse on the other",
    "equal": "no difference that chance would not explain",
    "undecided": "too little sound to tell",
}


def add_parser(parts: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser) -> None:
    """Declare the command."""
    parser = parts.add_parser("compare", parents=[common], help="is a model better than another, on the same sound?")
    parser.add_argument("challenger", type=Path, metavar="CHALLENGER", help="a .tflite with its manifest beside it")
    parser.add_argument("champion", type=Path, metavar="CHAMPION", help="the one that it is to beat")
    parser.add_argument("--positives", action="append", type=Path, default=[], metavar="DIR",
                        help="recordings of the phrase that neither was trained on; repeatable")  # fmt: skip
    parser.add_argument("--negatives", action="append", type=Path, default=[], metavar="DIR",
                        help="any other sound that neither was trained on; repeatable")  # fmt: skip
    parser.add_argument("--run", dest="runs", action="append", type=Path, default=[], metavar="DIR",
                        help="a run's folder: its test clips, without what another --run was trained on")  # fmt: skip
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of rooms and noise; default: 1")
    parser.add_argument("--workers", type=int, default=0, metavar="N", help="processes; default: one for each core")
    parser.add_argument("--json", action="store_true", help="write the comparison to stdout as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Compare and tell."""
    from trainer.cli.watchers import PlainView
    from trainer.core.workers import process_pool
    from trainer.evaluation.paired import compare_models
    from trainer.evaluation.unheard import gather_sound

    check_number("--workers", args.workers, 0, MOST_WORKERS)
    sound = gather_sound(args.positives, args.negatives, args.runs)
    with process_pool(args.workers or None) as pool:
        found = compare_models(args.challenger, args.champion, sound, pool, PlainView(sys.stderr), args.seed)
    if args.json:
        write_object(found)
    else:
        _tell(found)
    return 0


def _tell(found: "Comparison") -> None:
    write_table(
        (
            side.model,
            f"found {side.found} of {found.clips} clips, {side.only} of them alone",
            f"woke by mistake {side.accepts} times in {found.hours:.2f} h, {side.only_accepts} of them alone",
        )
        for side in (found.challenger, found.champion)
    )
    write(f"p = {found.p:.3g} for clips, {found.p_accepts:.3g} for false accepts")
    write(f"{found.challenger.model}: {found.verdict}, {VERDICTS[found.verdict]}")
