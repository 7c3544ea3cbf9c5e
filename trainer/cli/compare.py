"""`wakesmith compare NEW OLD...`: models on the same sound, and whether the first is better than each other."""

import argparse
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trainer.cli.checking import MOST_WORKERS, check_folder, check_number
from trainer.cli.printing import as_json, write, write_table

if TYPE_CHECKING:
    from trainer.evaluation.contest import Contest
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
    parser.add_argument("champions", nargs="+", type=Path, metavar="CHAMPION", help="those that it is to beat")
    parser.add_argument("--positives", action="append", type=Path, default=[], metavar="DIR",
                        help="recordings of the phrase that neither was trained on; repeatable")  # fmt: skip
    parser.add_argument("--negatives", action="append", type=Path, default=[], metavar="DIR",
                        help="any other sound that neither was trained on; repeatable")  # fmt: skip
    parser.add_argument("--run", dest="runs", action="append", type=Path, default=[], metavar="DIR",
                        help="a run's folder: its test clips, without what another --run was trained on")  # fmt: skip
    parser.add_argument("--conditions", nargs="+", metavar="NAME", default=[],
                        help="what every clip is played through; default: each clip through one of clean, noise_10db "
                             "and rooms, in turn")  # fmt: skip
    parser.add_argument("--out", type=Path, metavar="DIR",
                        help="write compare.json and compare.html there: curves, and what each hears at equal false "
                             "accepts")  # fmt: skip
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of rooms and noise; default: 1")
    parser.add_argument("--workers", type=int, default=0, metavar="N", help="processes; default: one for each core")
    parser.add_argument("--json", action="store_true", help="write the comparison to stdout as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Compare and tell."""
    from trainer.cli.watchers import PlainView
    from trainer.core.workers import process_pool
    from trainer.evaluation.contest import make_contest
    from trainer.evaluation.paired import compare_models
    from trainer.evaluation.unheard import gather_sound

    check_number("--workers", args.workers, 0, MOST_WORKERS)
    if args.out:
        check_folder("--out", args.out)
    sound = gather_sound(args.positives, args.negatives, args.runs)
    models = [args.challenger, *args.champions]
    with process_pool(args.workers or None) as pool:
        heard, pairs = compare_models(models, sound, pool, PlainView(sys.stderr), args.seed, args.conditions)
    contest = make_contest(heard, pairs)
    whole = {**asdict(pairs[0]), **asdict(contest)}
    if args.out:
        _write(args.out, contest, whole)
    if args.json:
        write(as_json(whole))
    else:
        _tell(contest)
    return 0


def _write(folder: Path, contest: "Contest", whole: dict[str, Any]) -> None:
    from trainer.core.folders import write_whole
    from trainer.evaluation.contest_page import render_contest

    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / "compare.json", as_json(whole) + "\n")
    write_whole(folder / "compare.html", render_contest(contest))


def _tell(contest: "Contest") -> None:
    from trainer.evaluation.words import difference, percent

    for pair in contest.pairs:
        _tell_pair(pair)
    rows = [
        (side.model, f"cutoff {at.cutoff}", f"finds {percent(at.recall.value)}", difference(at.first_ahead))
        for side in contest.sides
        for at in side.equal[:1]
    ]
    if rows:
        write(f"\nwith at most {contest.sides[0].equal[0].accepts} false accepts each (last: the first is ahead by):")
        write_table(rows)


def _tell_pair(found: "Comparison") -> None:
    write_table(
        (
            side.model,
            f"found {side.found} of {found.played} clips, {side.only} of them alone",
            f"woke by mistake {side.accepts} times in {found.hours:.2f} h, {side.only_accepts} of them alone",
        )
        for side in (found.challenger, found.champion)
    )
    write(f"p = {found.p:.3g} for clips, {found.p_accepts:.3g} for false accepts")
    write(f"{found.challenger.model}: {found.verdict}, {VERDICTS[found.verdict]}")
