"""`wakesmith train PHRASE`: the whole way from a phrase to a verified model."""

import argparse
import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.cli.checking import check_folder
from trainer.cli.choices import add_flags, choose_folder, choose_recipe, resume_command
from trainer.cli.watchers import failures_as_events, watching, write_tensorboard

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
    with failures_as_events(args.json):
        folder = choose_folder(args)
        check_folder("--out", folder)
        recipe = choose_recipe(args, folder)
        from trainer import pipeline

        pipeline.check_choices(recipe)
    from trainer.cli.journal import Journal, logged, named_failures

    log = folder / "trainer.log"
    with (
        logged(log),
        watching(args.json, log, *_tensorboard(args, folder)) as watchers,
        Journal(folder, (*watchers, args.stop)) as journal,
        named_failures(log, resume_command(args.words[1:], folder), args.stop),
        _profiled(folder / "profile.pstats" if args.profile else None),
    ):
        pipeline.run(recipe, folder, journal)
    return 0


def _tensorboard(args: argparse.Namespace, folder: Path) -> "tuple[Report, ...]":
    return (write_tensorboard(folder / "tensorboard"),) if args.tensorboard else ()


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
