"""Measuring any ESPHome model on any folders of recordings (E10, N9): `wakesmith evaluate`."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from trainer.core.clips import Rejection
from trainer.core.seeds import generator
from trainer.core.workers import map_in_order
from trainer.data.listing import NOT_AUDIO
from trainer.errors import DataError, ModelError, RecipeError
from trainer.evaluation.admitting import admit, count_reasons
from trainer.evaluation.device import Twin
from trainer.evaluation.results import Evaluation, ModelFacts
from trainer.evaluation.scoring import CLEAN, ClipTask, Recording, Rule, StreamTask, score_clips, score_stream
from trainer.evaluation.summary import Heard, find_cautions
from trainer.events import Report
from trainer.features.conditions import check_condition, is_babble
from trainer.model.manifest import Manifest, probability_of, read_manifest

ASSUMED = Rule(int(0.9 * 255), 5)  # what most of the official models have, where no manifest says otherwise
CLIPS = 16  # a task
SHIFTED = 120  # clips that are played through every condition: enough to tell 10 points apart
TALKERS = 12  # recordings that babble is made of
_STREAM_BYTES = 4_000_000  # of files a stream: two minutes of WAV, a quarter of an hour of Opus
_STREAM_FILES = 150  # recordings a stream
T = TypeVar("T")


def evaluate_folders(
    model: Path,
    manifest: Manifest | None,
    positives: Sequence[Path],
    negatives: Sequence[Path],
    conditions: Sequence[str],
    executor: Executor,
    report: Report,
    seed: int = 1,
    most: int | None = None,
) -> Evaluation:
    """Measure a model as a device would run it.

    Args:
        model: a streaming .tflite.
        manifest: its manifest; None takes the `.json` beside the model, or the usual cutoff and window.
        positives: folders of recordings of the phrase; their sub-folders are reported apart.
        negatives: folders of any other sound, heard one recording after another.
        conditions: what the recordings of the phrase are played through; "clean" is always measured.
        executor: of worker processes. report: takes progress. seed: of rooms and noise.
        most: clips that are played through each condition but "clean"; None for all.

    Raises:
        ModelError: the model cannot be run.
        DataError: a folder is missing, or of the phrase or of the other sound nothing that was given can be used.
        RecipeError: a condition is unknown, or needs speech that was not given.
    """
    names = order_conditions(conditions)
    twin, facts = open_model(model, manifest)
    rule = Rule(facts.cutoff, facts.window)
    found, others = list_recordings(positives), list_recordings(negatives)
    if not found and not others:
        raise DataError(
            "no recordings were found",
            hint="Name folders of audio with --positives and --negatives.",
            code="no_audio",
        )
    usable, noises, rejections = admit(found, others, executor, report)
    _check_usable("of the phrase", positives, found, usable, rejections)
    _check_usable("of other sound", negatives, others, noises, rejections)
    found, others = usable, noises
    heard = Heard(rejections=rejections)
    clip_tasks = plan_clips(twin, rule, found, names, seed, _talkers(names, others), most)
    for scores in map_in_order(executor, score_clips, clip_tasks, report, "batches of clips"):
        heard.add_clips(scores)
    stream_tasks = [
        StreamTask(twin, rule, part, seed)
        for part in cut_streams(others, [r.path.stat().st_size for r in others], _STREAM_BYTES)
    ]
    for score in map_in_order(executor, score_stream, stream_tasks, report, "streams", ahead=8):
        heard.add_stream(score)
    summary = heard.summary(rule, twin.stride)
    return Evaluation(
        model=facts,
        basis=_basis(positives, negatives),
        cautions=find_cautions(heard, summary["false_accepts"], summary["groups"], voices=False),
        created=now(),
        **summary,
    )


def _check_usable(
    what: str,
    folders: Sequence[Path],
    found: Sequence[Recording],
    usable: Sequence[Recording],
    rejections: Sequence[Rejection],
) -> None:
    """Refuse folders that were given and hold nothing to measure: a missing figure is easily overlooked."""
    if not folders or usable:
        return
    names = {recording.name for recording in found}
    refused = [rejection for rejection in rejections if rejection.origin in names]
    told = ", ".join(map(str, folders))
    if not refused:
        raise DataError(
            f"no recordings {what} were found in {told}", hint="Sub-folders are searched too.", code="no_audio"
        )
    raise DataError(
        f"none of the {len(refused)} recordings {what} can be used: {count_reasons(refused)}",
        hint=f"For example: {refused[0].message}.",
        code="no_audio",
    )


def open_model(model: Path, manifest: Manifest | None) -> tuple[Twin, ModelFacts]:
    """Read a model and find its rule.

    Raises:
        ModelError: the model cannot be read, or the manifest is another model's.
    """
    try:
        data = model.read_bytes()
    except OSError as error:
        raise ModelError(f"{model} cannot be read: {error.strerror}") from error
    twin = Twin(data)
    beside = model.with_suffix(".json")
    if manifest is None and beside.is_file():
        manifest = read_manifest(beside)
    if manifest is not None and manifest.model != model.name:
        raise ModelError(
            f"the manifest is of another model: it names {manifest.model!r}. Received: {model.name!r}",
            hint="Name the model's own with --manifest, or change its `model`.",
            code="manifest",
        )
    cutoff, window = (manifest.cutoff, manifest.sliding_window_size) if manifest else (ASSUMED.cutoff, ASSUMED.window)
    facts = ModelFacts(
        name=model.name,
        phrase=manifest.wake_word if manifest else model.stem.replace("_", " "),
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        stride=twin.stride,
        cutoff=cutoff,
        probability_cutoff=manifest.probability_cutoff if manifest else probability_of(cutoff),
        window=window,
        rule="its manifest" if manifest else "assumed, for want of a manifest",
        arena=manifest.tensor_arena_size if manifest else None,
    )
    return twin, facts


def list_recordings(folders: Sequence[Path]) -> list[Recording]:
    """Return every file below the folders that may be audio, sorted, grouped by the sub-folder that holds it.

    Raises:
        DataError: a folder is missing.
    """
    found: list[Recording] = []
    for folder in folders:
        if not folder.is_dir():
            raise DataError(f"{folder} is not a folder", hint="Give a folder of recordings.", code="no_folder")
        for path in sorted(_files(folder)):
            name = str(path.relative_to(folder.resolve().parent))
            found.append(Recording(name, str(Path(name).parent), path))
    return found


def order_conditions(conditions: Sequence[str]) -> tuple[str, ...]:
    """Return the conditions, "clean" first, each once.

    Raises:
        RecipeError: one is unknown.
    """
    names = tuple(dict.fromkeys((CLEAN, *conditions)))
    for name in names:
        check_condition(name)
    return names


def plan_clips(
    twin: Twin,
    rule: Rule,
    clips: Sequence[Recording],
    conditions: Sequence[str],
    seed: int,
    talkers: Sequence[Recording] = (),
    most: int | None = SHIFTED,
) -> list[ClipTask]:
    """Return the work: all clips clean, and `most` of them, drawn by the seed, through every condition."""
    names, few = tuple(conditions), tuple(talkers)
    if most is None or len(clips) <= most:
        return [ClipTask(twin, rule, part, names, seed, few) for part in chunks(clips, CLIPS)]
    drawn = {int(i) for i in generator(seed, "shifted").permutation(len(clips))[:most]}
    through = [clip for place, clip in enumerate(clips) if place in drawn]
    rest = [clip for place, clip in enumerate(clips) if place not in drawn]
    tasks = [ClipTask(twin, rule, part, names, seed, few) for part in chunks(through, CLIPS)]
    return tasks + [ClipTask(twin, rule, part, (CLEAN,), seed) for part in chunks(rest, CLIPS)]


def thin(recordings: Sequence[Recording]) -> tuple[Recording, ...]:
    """Return at most `TALKERS` of them, evenly."""
    return tuple(recordings[:: -(-len(recordings) // TALKERS) or 1])


def _talkers(conditions: Sequence[str], others: Sequence[Recording]) -> tuple[Recording, ...]:
    if not any(map(is_babble, conditions)):
        return ()
    if not others:
        raise RecipeError(
            "babble is made of other people's speech, and there is none",
            hint="Name a folder of speech with --negatives, or leave the condition out.",
        )
    return thin(others)


def chunks(values: Sequence[T], size: int) -> list[tuple[T, ...]]:
    """Cut a sequence into tuples of at most `size`."""
    return [tuple(values[i : i + size]) for i in range(0, len(values), size)]


def now() -> str:
    """Return the time, for reports."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _files(folder: Path) -> Iterator[Path]:
    for here, folders, files in os.walk(folder.resolve()):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in files:
            if not name.startswith(".") and Path(name).suffix.lower() not in NOT_AUDIO:
                yield Path(here) / name


def cut_streams(recordings: Sequence[Recording], sizes: Sequence[float], limit: float) -> list[tuple[Recording, ...]]:
    """Cut recordings into streams of at most `limit` in size that one worker hears; a larger one stands alone.

    Every stream begins with the quiet that a device ignores.
    """
    streams: list[tuple[Recording, ...]] = []
    part: list[Recording] = []
    length = 0.0
    for recording, size in zip(recordings, sizes, strict=True):
        if part and (length + size > limit or len(part) == _STREAM_FILES):
            streams.append(tuple(part))
            part, length = [], 0.0
        part.append(recording)
        length += size
    return [*streams, tuple(part)] if part else streams


def _basis(positives: Sequence[Path], negatives: Sequence[Path]) -> str:
    parts = [f"recordings of the phrase in {', '.join(p.name for p in positives)}"] if positives else []
    parts += [f"other sound in {', '.join(p.name for p in negatives)}"] if negatives else []
    return "; ".join(parts)
