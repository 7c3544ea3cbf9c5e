"""`wakesmith speakers`: who speaks in a folder of recordings; files named by speaker, and back."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from trainer.cli.checking import check_folder, check_number
from trainer.cli.printing import write, write_object, write_table
from trainer.errors import DataError


def add_parser(parts: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser) -> None:
    """Declare the command."""
    parser = parts.add_parser("speakers", parents=[common], help="group recordings by who speaks, and name them so")
    actions = parser.add_subparsers(metavar="ACTION", required=True)

    looked = actions.add_parser(
        "analyze", aliases=["analyse"], parents=[common], help="group recordings by voice; write a name list to edit",
        description="Listen to every recording below FOLDER, group them by voice, and write a name list to edit and "
        "a report. Exit code 4: the folder cannot be used; 7: the model cannot; 2: a number is out of range.",
    )  # fmt: skip
    looked.add_argument("folder", type=Path, metavar="FOLDER")
    looked.add_argument("--model", type=Path, metavar="FILE",
                        help="an ONNX speaker embedding that takes 16 kHz waveforms or log-mel features, such as "
                        "WeSpeaker's, 3D-Speaker's, CAM++ or ECAPA; default: a weak built-in one")  # fmt: skip
    looked.add_argument("--similarity", type=float, metavar="0..1",
                        help="groups at least so alike are one person; default: 0.72")  # fmt: skip
    looked.add_argument("--n-clusters", type=int, metavar="N",
                        help="make so many groups instead; for clips of a second, where similarity says little: "
                        "about as many as there are people, 200 where nobody knows")  # fmt: skip
    looked.add_argument("--out", type=Path, metavar="FILE.json",
                        help="the name list, beside it the report as .md; default: FOLDER/speakers.json")  # fmt: skip
    looked.add_argument("--workers", type=int, default=0, metavar="N", help="processes; default: one for each core")
    looked.set_defaults(run=analyze)

    applied = actions.add_parser(
        "apply", parents=[common], help="rename the recordings by an edited name list",
        description="Rename every recording to speaker_NAME_takeN within its folder, by the name list. What was "
        "renamed is kept in FOLDER/.wakesmith; nothing is overwritten. Exit code 4: the list is wrong, or the folder "
        "cannot be changed; nothing is renamed then.",
    )  # fmt: skip
    applied.add_argument("folder", type=Path, metavar="FOLDER")
    applied.add_argument("names", type=Path, metavar="NAMES.json", help="as `analyze` wrote it and you corrected it")
    applied.add_argument("--dry-run", action="store_true", help="say what would be renamed, and rename nothing")
    applied.set_defaults(run=apply)

    undone = actions.add_parser(
        "undo", parents=[common], help="give the recordings of the last apply their old names",
        description="Give the recordings of the last apply their old names, also where it was cut off. Exit code 4: "
        "there is nothing to undo, or not all can be given back; those are named.",
    )  # fmt: skip
    undone.add_argument("folder", type=Path, metavar="FOLDER")
    undone.set_defaults(run=undo)
    for action in (looked, applied, undone):
        action.add_argument("--json", action="store_true", help="write the result to stdout as JSON")


def analyze(args: argparse.Namespace) -> int:
    """Group, and write list and report."""
    from trainer.cli.checking import MOST_WORKERS
    from trainer.cli.watchers import PlainView
    from trainer.core.folders import write_whole
    from trainer.core.workers import process_pool
    from trainer.speakers.analysis import analyze as analyze_folder
    from trainer.speakers.clusters import SIMILARITY
    from trainer.speakers.namelist import write_names
    from trainer.speakers.report import warnings, write_report

    check_number("--workers", args.workers, 0, MOST_WORKERS)
    check_number("--similarity", args.similarity, 0, 1)
    check_number("--n-clusters", args.n_clusters, 1, float("inf"))
    names = args.out or args.folder / "speakers.json"
    _check_new(names)
    similarity = SIMILARITY if args.similarity is None else args.similarity
    with process_pool(args.workers or None) as pool:
        found = analyze_folder(args.folder, pool, args.model, similarity, args.n_clusters, PlainView(sys.stderr))
    speakers = [(group.name, sorted(m.recording for m in group.members)) for group in found.groups]
    write_whole(names, write_names(speakers, found.left_out))
    write_whole(names.with_suffix(".md"), write_report(found, names))
    if args.json:
        write_object(found)
        return 0
    write_table(
        [("name", "recordings", "speech", "least certain")]
        + [(g.name, str(len(g.members)), f"{g.speech_s:.1f} s", g.members[0].recording) for g in found.groups]
    )
    if found.silhouette is not None:
        write(f"\nsilhouette {found.silhouette:.2f}")
    for rejection in found.left_out:
        write(f"left out ({rejection.reason}): {rejection.message}")
    for warning in warnings(found):
        write(f"note: {warning}")
    write(f"\n{names}: write people's names there; {names.with_suffix('.md').name} says which groups are doubtful")
    return 0


def apply(args: argparse.Namespace) -> int:
    """Rename, or say what would be renamed."""
    from trainer.speakers.namelist import read_names
    from trainer.speakers.renaming import apply_plan, plan_moves

    plan = plan_moves(args.folder, read_names(args.names))
    manifest = None if args.dry_run else apply_plan(args.folder, plan)
    if args.json:
        write(json.dumps(asdict(plan) | {"dry_run": args.dry_run, "manifest": manifest and str(manifest)},
                         ensure_ascii=False, indent=1))  # fmt: skip
        return 0
    for move in plan.moves:
        write(f"{move.old} -> {move.new}")
    for name in plan.unlisted:
        write(f"left as it is: {name}")
    done = "would be renamed" if args.dry_run else "renamed"
    write(
        f"{len(plan.moves)} {done}, {len(plan.kept)} have their names already, {len(plan.unlisted)} left as they are"
    )
    if manifest:
        write(f"back again: wakesmith speakers undo {args.folder}")
    return 0


def undo(args: argparse.Namespace) -> int:
    """Rename back."""
    from trainer.speakers.renaming import undo as undo_last

    undone = undo_last(args.folder)
    if args.json:
        write_object(undone)
    else:
        for name in undone.changed:
            write(f"changed by someone since: {name}")
        for fault in undone.stuck:
            write(f"not restored: {fault}")
        write(f"{len(undone.restored)} have their old names again, {len(undone.untouched)} never lost them")
    return DataError.exit_code if undone.stuck else 0


def _check_new(names: Path) -> None:
    """Refuse a name list that is there already: someone may have written names into it."""
    if names.suffix != ".json":
        raise DataError(f"--out: a name that ends in .json is expected. Received: {names}")
    for path in (names, names.with_suffix(".md")):
        if path.exists():
            raise DataError(
                f"{path} is there already, and may hold names that someone wrote",
                hint="Remove it, or name another list with --out.",
            )
    check_folder("--out", names.parent)
