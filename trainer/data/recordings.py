"""Recordings of the user's own, from folders to clips: decoded, checked, split, in an order that never changes."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor

import numpy as np
from numpy.typing import NDArray

from trainer.core.audio import SAMPLE_RATE
from trainer.core.clips import Clip, ClipKind, Rejection, Split
from trainer.core.seeds import seed_of
from trainer.core.workers import ProgressClock, map_in_order
from trainer.data import rooms
from trainer.data.decoding import WHOLE_S, Decoded, decode_batch, decode_long, is_cut, probe_seconds
from trainer.data.listing import SPOKEN, Recording, list_recordings
from trainer.data.splits import assign_splits, group_recordings
from trainer.data.transcripts import Judge, find_too_near
from trainer.events import Report, Warning, discard
from trainer.phrase.similarity import Likeness
from trainer.recipe import DataRecipe

Row = tuple[Clip, NDArray[np.int16]]
FindCrowds = Callable[[Sequence[Recording], Executor], frozenset[str]]
_BATCH_S = 60.0  # seconds of audio a worker decodes at once: small files would spend their time in transit
_BATCH_FILES = 64
_AHEAD = 6  # batches under way: each holds one file of at most WHOLE_S, or _BATCH_S of small ones


def import_recordings(
    recipe: DataRecipe,
    seed: int,
    executor: Executor,
    report: Report,
    judge: Judge | None = None,
    find_crowds: FindCrowds | None = None,
) -> Iterator[Row | Rejection]:
    """Yield every recording of the recipe's folders as a clip with its samples, or as a rejection.

    Order: positives, near misses, negatives, noise, music, rooms, as the recipe names their folders, each sorted by
    path. Clips of one speaker or source stand in one split (`splits`). Memory is bounded by a few files of ten
    minutes, whatever the folders hold. Negatives whose transcripts `judge` finds too near to the phrase are
    quarantined: rejected, not decoded. `find_crowds` says in which sources many people speak.

    Yields:
        Clip and int16 [n] at 16 kHz mono. Positives are trimmed to speech and carry `end_s`; rooms are cut to their
        decay with peak 1; recordings above ten minutes come in parts of five.

    Raises:
        DataError: a folder is missing or holds no recordings.
    """
    listing = list_recordings(recipe)
    too_near = find_too_near(listing.recordings, judge) if judge else {}
    for recording in listing.recordings:
        if recording.path in too_near:
            yield _quarantined(recording, too_near[recording.path])
    if too_near:
        report(_too_near(list(too_near.values())))
    kept = [recording for recording in listing.recordings if recording.path not in too_near]
    recordings = _limit_rooms(kept, seed, report)
    seconds = _probe(recordings, executor)
    crowds = find_crowds(recordings, executor) if find_crowds else frozenset()
    groups = group_recordings(recordings, crowds)
    parts = [(r.kind, r.source if r.kind in SPOKEN and r.source in crowds else "") for r in recordings]
    splits = assign_splits(parts, groups, seconds, seed)
    clipped = 0
    seen: dict[bytes, str] = {}
    decoded = _decode(recordings, seconds, executor, report)
    cut: list[str] = []
    for recording, group, promised_s, pieces in zip(recordings, groups, seconds, decoded, strict=True):
        heard_s = 0.0
        for piece in pieces:
            heard_s += piece.heard_s if isinstance(piece, Decoded) else 0.0
            if isinstance(piece, Decoded) and piece.digest in seen:
                first = seen[piece.digest]
                yield Rejection(recording.origin, "duplicate", f"{recording.origin} sounds exactly like {first}")
            elif isinstance(piece, Decoded):
                seen[piece.digest] = recording.origin
                clipped += piece.clipped
                yield _clip(recording, group, splits[group], piece), piece.pcm
            else:
                yield piece
        if is_cut(heard_s, promised_s):
            cut.append(recording.origin)
    _warn(report, clipped, cut, listing.passed_over)


def _quarantined(recording: Recording, likeness: Likeness) -> Rejection:
    said = f"{likeness.text!r} [{likeness.ipa}]"
    message = f"{recording.origin}: {said} has a similarity of {likeness.similarity:.2f}: {likeness.reason}"
    return Rejection(recording.origin, "too_near", message)


def _too_near(found: Sequence[Likeness]) -> Warning:
    texts = ", ".join(dict.fromkeys(one.text for one in found[:3]))
    return Warning(
        "too_near",
        f"{len(found)} negatives are not trained on, because the phrase is heard in them: {texts}",
        "People who say the phrase carelessly say the same. If a file says something else, name it for what it says.",
        {"count": len(found), "texts": texts},
    )


def _clip(recording: Recording, group: str, split: Split, piece: Decoded) -> Clip:
    return Clip(
        kind=recording.kind,
        split=split,
        speaker=group if recording.kind in SPOKEN else "",
        source=recording.source,
        licence=recording.licence,
        seconds=round(len(piece.pcm) / SAMPLE_RATE, 4),
        origin=f"{recording.origin}#{piece.part}" if piece.part else recording.origin,
        end_s=piece.end_s and round(piece.end_s, 4),
    )


def _limit_rooms(recordings: Sequence[Recording], seed: int, report: Report) -> list[Recording]:
    surplus = sum(r.kind is ClipKind.ROOM for r in recordings) - rooms.MOST
    if surplus <= 0:
        return list(recordings)
    report(Warning("rooms_left_out", f"{surplus} of {rooms.MOST + surplus} rooms are left out: {rooms.MOST} suffice"))
    every = sorted((r for r in recordings if r.kind is ClipKind.ROOM), key=lambda r: seed_of(seed, "room", r.origin))
    left_out = {r.path for r in every[rooms.MOST :]}
    return [r for r in recordings if r.kind is not ClipKind.ROOM or r.path not in left_out]


def _probe(recordings: Sequence[Recording], executor: Executor) -> list[float]:
    paths = [r.path for r in recordings]
    batches = [tuple(paths[i : i + 256]) for i in range(0, len(paths), 256)]
    return [s for batch in map_in_order(executor, probe_seconds, batches, discard, "files") for s in batch]


def _decode(
    recordings: Sequence[Recording], seconds: Sequence[float], executor: Executor, report: Report
) -> Iterator[Iterator[Decoded | Rejection]]:
    """Yield the pieces of every recording in order: short ones from the workers, long ones part by part here."""
    batches = _batches(recordings, seconds)
    short = [batch for batch in batches if not isinstance(batch, Recording)]
    results = map_in_order(executor, decode_batch, short, discard, "files", ahead=_AHEAD)
    clock = ProgressClock(len(recordings), "recordings", report)
    for batch in batches:
        if isinstance(batch, Recording):
            yield decode_long(batch)
            clock.advance()
        else:
            yield from (iter(pieces) for pieces in next(results))
            clock.advance(len(batch))


def _batches(recordings: Sequence[Recording], seconds: Sequence[float]) -> list[tuple[Recording, ...] | Recording]:
    batches: list[tuple[Recording, ...] | Recording] = []
    batch: list[Recording] = []
    length = 0.0
    for recording, s in zip(recordings, seconds, strict=True):
        full = length + s > _BATCH_S or len(batch) == _BATCH_FILES
        if batch and (full or s > WHOLE_S):
            batches.append(tuple(batch))
            batch, length = [], 0.0
        if s > WHOLE_S:
            batches.append(recording)
        else:
            batch.append(recording)
            length += s
    return [*batches, tuple(batch)] if batch else batches


def _warn(report: Report, clipped: int, cut: Sequence[str], passed_over: Counter[str]) -> None:
    if cut:
        report(
            Warning(
                "cut_off",
                f"{len(cut)} recordings hold less sound than they state, such as {cut[0]}",
                "What they hold is used; they were cut off or damaged on their way.",
            )
        )
    if clipped:
        report(
            Warning(
                "clipped",
                f"{clipped} recordings are clipped (samples at full scale)",
                "They are used; recording them again at a lower level gives a better model.",
            )
        )
    if passed_over:
        kinds = ", ".join(f"{count} {suffix}" for suffix, count in sorted(passed_over.items()))
        report(Warning("passed_over", f"files that are not audio were passed over: {kinds}"))
