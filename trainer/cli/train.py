"""`wakesmith train PHRASE`: the whole way from a phrase to a verified model."""

import argparse
import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.cli.checking import check_folder
from trainer.cli.choices import add_flags, choose_folder, choose_recipe, resume_command
from trainer.errors import WakesmithError
from trainer.events import Failed

if TYPE_CHECKING:
    from trainer.events import Report


def add_parser(parts: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser) -> None:
    """Declare the command."""
    parser = parts.add_parser("train", parents=[common], help="make a wake word model from a phrase")
    add_flags(parser)
    parser.add_argument("--json", action="store_true", help="write events to stdout, one JSON object a line")
    parser.add_argument("--tensorboard", action="store_true", help="write TensorBoard files into the run's folder")
    parser.add_argument("--profile", action="store_true", help="write profile.pstats into the run's folder")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Train, show how it goes, and keep the journal."""
    with _refusals_told(args.json):
        folder = choose_folder(args)
        check_folder("--out", folder)
        recipe = choose_recipe(args, folder)
        from trainer import pipeline

        pipeline.check_choices(recipe)
    from trainer.cli.journal import Journal, logged, named_failures

    log = folder / "trainer.log"
    with (
        logged(log),
        _watchers(args, folder, log) as watchers,
        Journal(folder, (*watchers, args.stop)) as journal,
        named_failures(log, resume_command(args.words[1:], folder), args.stop),
        _profiled(folder / "profile.pstats" if args.profile else None),
    ):
        pipeline.run(recipe, folder, journal)
    return 0


@contextlib.contextmanager
def _refusals_told(json: bool) -> Iterator[None]:
    """Let a program that reads events hear of choices that are refused before a run begins."""
    try:
        yield
    except WakesmithError as error:
        if json:
            from trainer.cli.watchers import write_json

            write_json(Failed(error.code, error.message, error.hint, error.values))
        raise


@contextlib.contextmanager
def _watchers(args: argparse.Namespace, folder: Path, log: Path) -> "Iterator[tuple[Report, ...]]":
    """Yield who is told; for people, what libraries write to stderr meanwhile goes to the log."""
    from trainer.cli.journal import stderr_to
    from trainer.cli.watchers import PlainView, write_json, write_tensorboard

    more = (write_tensorboard(folder / "tensorboard"),) if args.tensorboard else ()
    if args.json:
        yield (write_json, *more)
        return
    with stderr_to(log):
        if sys.stdout.isatty():
            from trainer.cli.live import live_view

            with live_view() as view:
                yield (view, *more)
        else:
            yield (PlainView(sys.stdout), *more)


@contextlib.contextmanager
def _profiled(path: Path | None) -> Iterator[None]:
    if path is None:
        yield
        return
    import cProfile

    with cProfile.Profile() as profile:
        try:
            yield
        finally:
            path.parent.mkdir(parents=True, exist_ok=True)
            profile.dump_stats(path)
