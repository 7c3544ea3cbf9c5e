"""`wakesmith tune RUN`: search better values for a run's recipe, by trainings on the features that it has."""

import argparse
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.cli.checking import check_folder, check_number
from trainer.cli.printing import write, write_object, write_table
from trainer.cli.watchers import duration, failures_as_events, watching

if TYPE_CHECKING:
    from trainer.tuning.tuning import Plan

_ABOUT = """\
Search better values for a run's recipe. A trial is a training on the features that the run has; the first is the
recipe as it is. The best is then trained anew with fresh seeds beside the run's own, so that luck is not taken for a
gain. All is judged on the validation sets. The run stays as it is: a table of trials, best.yaml and report.md come to
a folder beside it. It needs Optuna: script/setup --tune."""


def add_parser(parts: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser) -> None:
    """Declare the command."""
    parser = parts.add_parser(
        "tune", parents=[common], help="search better values for a run's recipe", description=_ABOUT
    )
    parser.add_argument("source", type=Path, metavar="RUN", help="a run's folder, its features finished")
    parser.add_argument("--target-false-accepts", type=float, default=0.3, metavar="N",
                        help="an hour, that recall is judged at; default: 0.3")  # fmt: skip
    parser.add_argument("--target-recall", type=float, default=0.92, metavar="SHARE",
                        help="a trial that reaches it ends the search; default: 0.92")  # fmt: skip
    parser.add_argument("--patience", type=int, default=10, metavar="N",
                        help="trials in a row without a better one that end the search; default: 10")  # fmt: skip
    parser.add_argument("--trials", type=int, default=100, metavar="N", help="trials at most; default: 100")
    parser.add_argument("--hours", type=float, metavar="H", help="time at most, for trials and comparison together")
    parser.add_argument("--seeds", type=int, default=3, metavar="N", help="fresh seeds of the comparison; default: 3")
    parser.add_argument("--only", action="append", default=[], metavar="KEY",
                        help="search this value alone, such as training.rates; repeatable")  # fmt: skip
    parser.add_argument(
        "--shape", action="store_true", help="search the model's shape, too, within what devices take"
    )
    parser.add_argument("--find-rate", action="store_true",
                        help="find a learning rate by a ramp of 100 steps, tell it, and end")  # fmt: skip
    parser.add_argument("--out", type=Path, metavar="DIR", help="the tuning's folder; default: RUN.tune")
    parser.add_argument("--dry-run", action="store_true", help="tell what would be tried, and for how long, and end")
    parser.add_argument("--resume", action="store_true", help="go on with the tuning in --out")
    parser.add_argument("--json", action="store_true", help="write events to stdout, one JSON object a line")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Tune, show how it goes, and keep the journal."""
    with failures_as_events(args.json and not (args.dry_run or args.find_rate)):
        plan = _choose_plan(args)
        if args.dry_run:
            _tell_plan(plan, args.json)
            return 0
        if args.find_rate:
            _tell_rate(plan, args.json)
            return 0
        from trainer.tuning.study import load_optuna

        load_optuna()
    from trainer.cli.journal import Journal, logged, named_failures
    from trainer.tuning.tuning import tune

    log = plan.folder / "trainer.log"
    resume = f"wakesmith {shlex.join(args.words)}" + " --resume" * (not args.resume)
    with (
        logged(log),
        watching(args.json, log) as watchers,
        Journal(plan.folder, (*watchers, args.stop)) as journal,
        named_failures(log, resume, args.stop),
    ):
        tune(plan, args.resume, journal)
    return 0


def _choose_plan(args: argparse.Namespace) -> "Plan":
    check_number("--target-false-accepts", args.target_false_accepts, 0.01, 100)
    check_number("--target-recall", args.target_recall, 0, 1)
    check_number("--patience", args.patience, 1, 10_000)
    check_number("--trials", args.trials, 1, 10_000)
    check_number("--hours", args.hours, 0, 10_000)
    check_number("--seeds", args.seeds, 2, 100)
    folder = args.out or args.source.resolve().with_name(f"{args.source.resolve().name}.tune")
    check_folder("--out", folder)
    from trainer.tuning.search import Bounds
    from trainer.tuning.tuning import plan_tuning

    bounds = Bounds(args.target_recall, args.patience, args.trials, args.hours, args.seeds)
    return plan_tuning(args.source, folder, bounds, args.target_false_accepts, args.shape, tuple(args.only))


def _tell_plan(plan: "Plan", json: bool) -> None:
    if json:
        write_object(plan)
        return
    write(f"{plan.folder}: at most {plan.bounds.trials} trials of {plan.recipe.training.all_steps} steps, then "
          f"{2 * plan.bounds.seeds} trainings to compare")  # fmt: skip
    took = plan.training_s
    write(
        f"at most {duration(took * plan.trainings)}: the run's own training took {duration(took)}"
        if took
        else "how long is not known: the run has no finished training"
    )
    if plan.bounds.hours is not None:
        write(f"no trial is begun that would end after {plan.bounds.hours:g} h")
    write("it ends earlier where the target is met, nothing gets better, or a trial is given up")
    write_table(
        [("", "now", "from", "to", "")]
        + [
            (c.key, f"{plan.now[c.key]:.4g}", f"{c.low:.4g}", f"{c.high:.4g}", "by its logarithm" * c.log)
            for c in plan.choices
        ]
    )


def _tell_rate(plan: "Plan", json: bool) -> None:
    from trainer.events import discard
    from trainer.training.rate_finder import find_rate
    from trainer.training.stage import Trainer
    from trainer.tuning.space import lay_over

    curve = find_rate(Trainer(plan.recipe, plan.bench.features, plan.folder, discard))
    if json:
        write_object(curve)
        return
    if curve.rate is None:
        write(f"no rate is proposed: the loss falls fastest at {curve.steepest:.2g}, or nowhere clearly")
        return
    rates = ", ".join(f"{rate:.2g}" for rate in lay_over(plan.recipe, {"training.rates": curve.rate}).training.rates)
    own = plan.recipe.training.rates[0]
    write(f"{curve.rate:.2g}: the loss falls fastest at {curve.steepest:.2g}; the run's own is {own:.2g}")
    write(
        f"a guess from {len(curve.rates)} steps; nothing was validated. To try it: --set 'training.rates=[{rates}]'"
    )
