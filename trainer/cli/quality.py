"""`wakesmith data near, score, trim, split`: how near negatives are to the phrase, how good recordings of it are."""

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partial
from json import dumps
from pathlib import Path
from typing import Any

from trainer.cli.checking import check_folder
from trainer.cli.printing import write, write_table
from trainer.errors import DataError, RecipeError

Action = Callable[[str, str, object], argparse.ArgumentParser]
_BATCH = 16  # files that a worker reads at once


def add_actions(action: Action) -> None:
    """Declare the actions of `wakesmith data`."""
    near = action("near", "how near other texts are to a phrase; what is too near is not trained as a negative", rate)
    near.add_argument("phrase", metavar="PHRASE")
    near.add_argument("texts", nargs="*", metavar="TEXT")
    near.add_argument(
        "--negatives", action="append", default=[], type=Path, metavar="DIR",
        help="recordings: what the text beside each or its name says; repeatable",
    )  # fmt: skip
    scored = action("score", "how good recordings of a phrase are, each by itself and among one another", score)
    scored.add_argument("folders", nargs="+", type=Path, metavar="DIR")
    scored.add_argument("--phrase", default="", metavar="TEXT", help="what is said: its length is judged, too")
    scored.add_argument(
        "--fast", action="store_true", help="each by itself alone: neither mis-said nor doubled ones are found"
    )
    for parser in (near, scored):
        parser.add_argument("--language", default="auto", metavar="TAG", help="of the phrase; default: as found")
    trimmed = action("trim", "write recordings anew, cut to speech", partial(cut, split=False))
    split = action("split", "write each take of long recordings as a file", partial(cut, split=True))
    for parser in (trimmed, split):
        parser.add_argument("sources", nargs="+", type=Path, metavar="FILE", help="files and folders; only read")
        parser.add_argument("--to", required=True, type=Path, metavar="DIR", help="a new folder")
    for parser in (near, scored, trimmed, split):
        parser.add_argument("--json", action="store_true", help="write the result to stdout as JSON")


def rate(args: argparse.Namespace) -> int:
    """Say how near texts and recorded negatives are to a phrase; code 4 if any is too near."""
    from trainer.data.listing import list_recordings
    from trainer.data.transcripts import read_transcript
    from trainer.phrase.plan import plan_phrase
    from trainer.phrase.similarity import find_target, judge_texts
    from trainer.recipe import DataRecipe, PhraseRecipe

    paths = list_recordings(DataRecipe(negatives=tuple(args.negatives))).recordings
    files = [(r.origin, said) for r in paths if (said := read_transcript(r.path))]
    if not args.texts and not files:
        raise RecipeError("no text is given", hint='For example: wakesmith data near "hey jarvis" "hey marvin"')
    plan = plan_phrase(PhraseRecipe(args.phrase, args.language), near_misses=0, seed=0)
    texts = list(dict.fromkeys([*args.texts, *(said for _, said in files)]))
    judged = judge_texts(texts, find_target(plan.pronunciations), plan.espeak_voice)
    judged.sort(key=lambda one: (-one.similarity, one.text))
    holders = {one.text: [origin for origin, said in files if said == one.text] for one in judged}
    if args.json:
        rows = [asdict(one) | {"files": holders[one.text]} for one in judged]
        _write_json({"phrase": plan.text, "language": plan.language, "texts": rows})
    else:
        body = [
            (
                f"{one.similarity:.2f}",
                one.level,
                one.text,
                f"/{one.ipa}/",
                str(len(holders[one.text]) or ""),
                one.reason,
            )
            for one in judged
        ]
        write_table([("near", "level", "text", "said", "files", "quarantined, because"), *body])
    return DataError.exit_code if any(one.reason for one in judged) else 0


def score(args: argparse.Namespace) -> int:
    """Score recordings of the phrase."""
    from trainer.cli.watchers import PlainView
    from trainer.core.clips import Rejection
    from trainer.core.workers import map_in_order, process_pool
    from trainer.data.judging import Heard, Judged, hear, score_quality_full
    from trainer.data.listing import list_recordings
    from trainer.recipe import DataRecipe

    recordings = list_recordings(DataRecipe(positives=tuple(args.folders))).recordings
    batches = [recordings[i : i + _BATCH] for i in range(0, len(recordings), _BATCH)]
    work = partial(hear, sounds=_sounds(args.phrase, args.language))
    with process_pool() as pool:
        found = [
            one for batch in map_in_order(pool, work, batches, PlainView(sys.stderr), "batches") for one in batch
        ]
    heard = [one for one in found if isinstance(one, Heard)]
    refused = [one for one in found if isinstance(one, Rejection)]
    alone = [Judged(one.recording.origin, one.recording.speaker, one.quality) for one in heard]
    judged = alone if args.fast else score_quality_full(heard)
    problems = Counter(code for one in judged for code in one.quality.problems)
    copies = sum(bool(one.copy_of) for one in judged)
    hours = sum(one.quality.seconds for one in judged) / 3600
    if args.json:
        _write_json(
            {"files": len(found), "hours": round(hours, 4), "problems": dict(problems), "copies": copies,
             "recordings": [asdict(one) for one in judged], "rejections": [asdict(one) for one in refused]}
        )  # fmt: skip
        return 0
    worst = sorted((one for one in judged if one.quality.problems or one.copy_of), key=lambda one: one.quality.score)
    rows = [(f"{one.quality.score:.2f}", one.origin, ", ".join(_faults(one))) for one in worst]
    write_table([("score", "file", "problems"), *rows])
    for rejection in refused:
        write(f"left out ({rejection.reason}): {rejection.message}")
    told = "".join(f", {count} {code}" for code, count in problems.most_common())
    write(f"{len(found)} files, {hours:.2f} hours{told}, {copies} copies")
    return 0


def cut(args: argparse.Namespace, split: bool) -> int:
    """Write takes as new files."""
    from trainer.data.takes import cut_takes
    from trainer.errors import AudioError

    check_folder("--to", args.to)
    if args.to.is_dir() and any(args.to.iterdir()):
        raise DataError(f"--to: {args.to} is not empty", hint="Name a new folder: nothing is overwritten.")
    made, refused, names = [], list[dict[str, str]](), Counter[str]()
    for path, place in _sources(args.sources):
        names[str(place / path.stem)] += 1
        again = names[str(place / path.stem)]  # one name with two suffixes: neither may take the other's place
        try:
            folder = args.to / place if again == 1 else args.to / place / f"{path.stem}_{again}"
            made += [(path, target, seconds) for target, seconds in cut_takes(path, folder, split)]
        except AudioError as error:
            refused.append({"file": str(path), "reason": error.code, "message": error.message})
    hours = sum(seconds for *_, seconds in made) / 3600
    if args.json:
        rows = [{"source": str(path), "file": str(target), "seconds": seconds} for path, target, seconds in made]
        _write_json({"files": rows, "hours": round(hours, 4), "rejections": refused})
        return 0
    for row in refused:
        write(f"left out ({row['reason']}): {row['message']}")
    write(f"{len(made)} files, {hours:.2f} hours in {args.to}")
    return 0


def _sources(given: list[Path]) -> Iterator[tuple[Path, Path]]:
    """Yield files with the folder, below the new one, that each goes to: speakers' folders stay."""
    from trainer.data.listing import list_recordings
    from trainer.recipe import DataRecipe

    for source in given:
        if source.is_file():
            yield source, Path()
        else:
            for recording in list_recordings(DataRecipe(positives=(source,))).recordings:
                yield recording.path, recording.path.parent.relative_to(source)


def _sounds(phrase: str, language: str) -> tuple[int, int] | None:
    """Return the fewest and most sounds of the phrase's pronunciations."""
    from trainer.phrase.phonemes import split_sounds
    from trainer.phrase.plan import plan_phrase
    from trainer.recipe import PhraseRecipe

    if not phrase:
        return None
    ways = plan_phrase(PhraseRecipe(phrase, language), near_misses=0, seed=0).pronunciations
    counts = [len(split_sounds(way.ipa)) for way in ways]
    return min(counts), max(counts)


def _faults(judged: Any) -> list[str]:
    return [*judged.quality.problems, *([f"a copy of {judged.copy_of}"] if judged.copy_of else [])]


def _write_json(document: dict[str, Any]) -> None:
    write(dumps(document, ensure_ascii=False, indent=1, default=str))
