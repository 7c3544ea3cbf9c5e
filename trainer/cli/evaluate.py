"""`wakesmith evaluate MODEL`: measure any ESPHome model on any folders of recordings."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.cli.checking import MOST_WORKERS, check_folder, check_number
from trainer.cli.printing import write, write_object, write_table

if TYPE_CHECKING:
    from trainer.evaluation.results import Evaluation

_MOST = 100_000  # clips


def add_parser(parts: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser) -> None:
    """Declare the command."""
    parser = parts.add_parser("evaluate", parents=[common], help="measure a model on folders of recordings")
    parser.add_argument("model", type=Path, metavar="MODEL", help="a .tflite; its manifest is the .json beside it")
    parser.add_argument("--manifest", type=Path, metavar="FILE", help="another manifest")
    parser.add_argument("--positives", action="append", type=Path, default=[], metavar="DIR",
                        help="recordings of the phrase; repeatable")  # fmt: skip
    parser.add_argument("--negatives", action="append", type=Path, default=[], metavar="DIR",
                        help="any other sound; repeatable")  # fmt: skip
    parser.add_argument("--conditions", nargs="+", metavar="NAME", default=["clean"],
                        help="what the phrase is played through, such as noise_5db, level_-20db, rooms; all: the "
                             "whole suite of domain shifts")  # fmt: skip
    parser.add_argument("--most", type=int, default=0, metavar="N",
                        help="recordings that are played through each condition but clean; default: all")  # fmt: skip
    parser.add_argument("--out", type=Path, metavar="DIR", help="write report.json and report.html there")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of rooms and noise; default: 1")
    parser.add_argument("--workers", type=int, default=0, metavar="N", help="processes; default: one for each core")
    parser.add_argument("--json", action="store_true", help="write the whole report to stdout")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Measure and tell."""
    from trainer.cli.watchers import PlainView
    from trainer.core.workers import process_pool
    from trainer.evaluation.evaluate import evaluate_folders
    from trainer.model.manifest import read_manifest

    check_number("--workers", args.workers, 0, MOST_WORKERS)
    check_number("--most", args.most, 0, _MOST)
    if args.out:
        check_folder("--out", args.out)
    manifest = read_manifest(args.manifest) if args.manifest else None
    with process_pool(args.workers or None) as pool:
        evaluation = evaluate_folders(
            args.model,
            manifest,
            args.positives,
            args.negatives,
            _conditions(args.conditions),
            pool,
            PlainView(sys.stderr),
            args.seed,
            args.most or None,
        )
    if args.out:
        _write_reports(args.out, evaluation)
    if args.json:
        write_object(evaluation)
    else:
        _tell(evaluation)
    return 0


def _conditions(names: list[str]) -> list[str]:
    """Return the names, those of a training's report in the place of "all"."""
    from trainer.recipe import EvaluationRecipe

    return [one for name in names for one in (EvaluationRecipe().conditions if name == "all" else (name,))]


def _write_reports(folder: Path, evaluation: "Evaluation") -> None:
    from trainer.evaluation.report import write_report
    from trainer.evaluation.results import write_evaluation

    folder.mkdir(parents=True, exist_ok=True)
    write_evaluation(folder / "report.json", evaluation)
    write_report(folder / "report.html", evaluation)


def _tell(evaluation: "Evaluation") -> None:
    from trainer.evaluation.shift import worst_first
    from trainer.evaluation.words import difference, hours, interval, percent, summarise

    model, accepts = evaluation.model, evaluation.false_accepts
    write(summarise(evaluation))
    write(f"{model.name}: cutoff {model.cutoff} of 255, window {model.window} ({model.rule})")
    if evaluation.conditions:
        write("")
        write_table(
            ("heard in", percent(c.recall.value), interval(c.recall), f"{c.recall.total} clips", c.name,
             f"{difference(c.change)} from quiet" if c.change else "")
            for c in worst_first(evaluation)
        )  # fmt: skip
    if evaluation.slices:
        write("")
        write_table(
            (f"{s.attribute}: {s.name}", percent(s.recall.value), f"disturbed {percent(s.disturbed.value)}",
             f"{s.recall.total} clips", f"{difference(s.change)} from quiet")
            for s in evaluation.slices
        )  # fmt: skip
    if accepts.hours:
        write(f"\nwoke by mistake {accepts.count} times in {hours(accepts.hours)} of other sound:")
        write_table(
            (f"  {s.rate.count}", s.name, f"{s.files} files, {hours(s.rate.hours)}") for s in evaluation.sources
        )
        for accept in evaluation.accepts:
            write(f"  {accept.recording} at {accept.at_s:.1f} s")
    for rejection in evaluation.rejections:
        write(f"left out ({rejection.reason}): {rejection.message}")
    for caution in evaluation.cautions:
        write(f"note: {caution.message}")
