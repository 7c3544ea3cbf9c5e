"""`wakesmith data`: recordings from outside: listed, fetched, checked, analysed, audited; more in `quality`."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from trainer.cli import quality
from trainer.cli.checking import check_folder, check_number
from trainer.cli.printing import megabytes, write, write_object, write_table
from trainer.errors import DataError, RecipeError
from trainer.events import Finished

KINDS = ("positives", "negatives", "noise", "music", "rooms")


def add_parser(parts: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser) -> None:
    """Declare the command."""
    parser = parts.add_parser("data", parents=[common], help="list, fetch, check, score, cut and audit recordings")
    actions = parser.add_subparsers(metavar="ACTION", required=True)

    def action(name: str, about: str, run: object) -> argparse.ArgumentParser:
        made = actions.add_parser(name, parents=[common], help=about, description=about)
        made.set_defaults(run=run)
        return made

    listed = action("list", "public data sets that can be fetched, with size and licence", list_all)
    listed.add_argument("--json", action="store_true", help="write them to stdout as JSON")
    fetched = action("fetch", "download public data sets", fetch)
    fetched.add_argument("names", nargs="+", metavar="NAME")
    fetched.add_argument("--json", action="store_true", help="write one event a line to stdout, as a training does")
    action("check", "is a folder of features what training expects?", check).add_argument(
        "folder", type=Path, metavar="DIR"
    )
    looked = action("analyse", "what folders of recordings hold: counts, hours, formats, faults", analyse)
    looked.add_argument(
        "folders", nargs="*", type=Path, metavar="DIR", help="taken for what their names say, else for other speech"
    )
    for kind in KINDS:
        looked.add_argument(
            f"--{kind}", action="append", default=[], type=Path, metavar="DIR", help="folders of it; repeatable"
        )
    looked.add_argument("--json", action="store_true", help="write the analysis to stdout as JSON")
    quality.add_actions(action)
    audited = action("audit", "does anything of a run stand in two splits? exit code 4 if so", audit)
    audited.add_argument("folder", type=Path, metavar="RUN")
    audited.add_argument("--voices", action="store_true", help="compare people's voices too, by a weak embedding")
    audited.add_argument("--model", type=Path, metavar="FILE", help="compare them by this ONNX speaker embedding")
    made = action("demo", "write a small synthetic data set, to try things with", demo)
    made.add_argument("folder", type=Path, metavar="DIR")
    made.add_argument("--seed", type=int, default=1, metavar="N")
    made.add_argument("--clips", type=int, default=24, metavar="N", help="of the phrase; default: 24")


def list_all(args: argparse.Namespace) -> int:
    """Write a line for each public data set."""
    from trainer.data.packs import is_fetched, list_packs, packs_folder

    cache = packs_folder()
    if args.json:
        found = [asdict(p) | {"kind": str(p.kind), "here": is_fetched(p, cache)} for p in list_packs()]
        write(json.dumps(found, ensure_ascii=False, indent=1))
        return 0
    rows = [
        (p.name, str(p.kind), megabytes(p.size), p.licence, "here" if is_fetched(p, cache) else "", p.title)
        for p in list_packs()
    ]
    write_table([("name", "kind", "size", "licence", "", "what"), *rows])
    write(f"\nFetched to {cache}")
    return 0


def fetch(args: argparse.Namespace) -> int:
    """Fetch data sets by name."""
    from trainer.cli.watchers import PlainView
    from trainer.data.packs import fetch_pack, find_pack, list_packs, packs_folder

    if args.json:
        return _fetch_with_events(args.names)
    packs = [find_pack(name, list_packs()) for name in args.names]
    for pack in packs:
        write(f"{pack.title}: {megabytes(pack.size)}, {pack.licence}. {pack.note}".rstrip())
        write(str(fetch_pack(pack.name, packs_folder(), PlainView(sys.stderr))))
    return 0


def _fetch_with_events(names: list[str]) -> int:
    from trainer.cli.watchers import failures_as_events, write_json
    from trainer.data.packs import fetch_pack, find_pack, list_packs, packs_folder

    with failures_as_events():
        for pack in [find_pack(name, list_packs()) for name in names]:
            folder = fetch_pack(pack.name, packs_folder(), write_json)
    write_json(Finished(str(folder)))
    return 0


def check(args: argparse.Namespace) -> int:
    """Check a cache of features."""
    from trainer.data.feature_cache import check_features

    facts = check_features(args.folder)
    for fact in facts:
        write(
            f"{fact.path}: {fact.form}, {fact.rows} rows, {fact.frames} frames of {fact.dtype}, "
            f"highest {fact.highest:g}"
        )
        for finding in fact.findings:
            write(f"  {finding.level}: {finding.message}")
    return _code([finding.level for fact in facts for finding in fact.findings])


def analyse(args: argparse.Namespace) -> int:
    """Say what folders hold."""
    from trainer.cli.watchers import PlainView
    from trainer.core.workers import process_pool
    from trainer.data import analyse as analysis
    from trainer.recipe import DataRecipe

    recipe = analysis.recipe_of(args.folders, {kind: getattr(args, kind) for kind in KINDS})
    for folder in analysis.guessed(args.folders):
        sys.stderr.write(f"note: {folder} is taken for other speech; if it holds the phrase: --positives {folder}\n")
    if recipe == DataRecipe():
        raise RecipeError("no folder is given", hint="For example: wakesmith data analyse --positives DIR")
    with process_pool() as pool:
        found = analysis.analyse(recipe, pool, PlainView(sys.stderr))
    code = _code([finding.level for finding in found.findings])
    if args.json:
        write_object(found)
        return code
    write_table(
        [("kind", "files", "hours", "speakers", "level", "silence", "clipped", "licences")]
        + [
            (str(k), str(f.files), f"{f.hours:.2f}", str(f.speakers), f"{f.level_dbfs:.0f} dB", f"{f.silence:.0%}",
             str(f.clipped), ", ".join(f.licences))
            for k, f in found.kinds.items()
        ]
    )  # fmt: skip
    write("\n" + "\n".join(f"{count} x {form}" for form, count in found.formats.items()))
    for rejection in found.rejections:
        write(f"left out ({rejection.reason}): {rejection.message}")
    for finding in found.findings:
        write(f"{finding.level}: {finding.message}")
    return code


def audit(args: argparse.Namespace) -> int:
    """Look for leaks between the splits of a run."""
    import numpy as np

    from trainer.cli.watchers import PlainView
    from trainer.core.clips import read_clips
    from trainer.core.ragged import RaggedStore
    from trainer.data import leakage
    from trainer.speakers.embedding import embed_clips

    folder = args.folder / "samples" if (args.folder / "samples").is_dir() else args.folder
    if not (folder / "clips.jsonl").is_file():
        raise DataError(f"{folder} holds no clips.jsonl", hint="Name a run's folder.")
    clips = read_clips(folder / "clips.jsonl")
    embed = embed_clips(args.model) if args.voices or args.model else None
    findings = leakage.audit(clips, RaggedStore[np.int16](folder / "audio"), PlainView(sys.stderr), embed)
    for finding in findings:
        write(f"{finding.level}: {finding.message}")
    write(f"{len(clips)} clips, {len(findings)} findings")
    return _code([finding.level for finding in findings])


def demo(args: argparse.Namespace) -> int:
    """Write the synthetic data set."""
    from trainer.data.demo import make_test_dataset

    check_number("--clips", args.clips, 1, 100_000)
    check_number("--seed", args.seed, 0, float("inf"))
    check_folder("DIR", args.folder)
    write(str(make_test_dataset(args.folder, args.seed, args.clips)))
    return 0


def _code(levels: list[str]) -> int:
    return DataError.exit_code if "error" in levels else 0
