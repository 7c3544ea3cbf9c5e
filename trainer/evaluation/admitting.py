"""Which recordings are worth measuring: the import's own checks, so that no broken file becomes a figure."""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

from trainer.core.clips import ClipKind, Rejection
from trainer.core.workers import map_in_order
from trainer.data import listing
from trainer.data.decoding import Decoded, decode, is_cut, probe_seconds
from trainer.evaluation.scoring import Recording
from trainer.events import Report

SHORTEST_PHRASE_S = 0.2  # of sound: no phrase of two syllables is said in less
_BATCH = 32


@dataclass(frozen=True)
class Inspection:
    """What checking a file found: why it is refused, or else the digests of its pieces."""

    rejection: Rejection | None
    digests: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class Batch:
    """Recordings for a worker, all positives or all other sound."""

    recordings: tuple[Recording, ...]
    kind: ClipKind


def admit(
    positives: Sequence[Recording], others: Sequence[Recording], executor: Executor, report: Report
) -> tuple[list[Recording], list[Recording], list[Rejection]]:
    """Return the positives and the other sound that can be measured, and what is left out, each with its reason.

    Left out are files that cannot be decoded, that are silent, too short, or sound exactly like one before; of the
    positives those that were cut off or hold more than the phrase, too.
    """
    kinds = ((positives, ClipKind.POSITIVE), (others, ClipKind.SPEECH))
    batches = [Batch(tuple(part[i : i + _BATCH]), kind) for part, kind in kinds for i in range(0, len(part), _BATCH)]
    kept: dict[ClipKind, list[Recording]] = {ClipKind.POSITIVE: [], ClipKind.SPEECH: []}
    rejections: list[Rejection] = []
    seen: dict[tuple[bytes, ...], str] = {}
    found = map_in_order(executor, inspect, batches, report, "batches checked")
    for batch, inspections in zip(batches, found, strict=True):
        for recording, inspection in zip(batch.recordings, inspections, strict=True):
            rejection, name = inspection.rejection, recording.name
            if rejection is None and inspection.digests in seen:
                message = f"{name} sounds exactly like {seen[inspection.digests]}"
                rejection = Rejection(name, "duplicate", message)
            if rejection is None:
                seen[inspection.digests] = name
                kept[batch.kind].append(recording)
            else:
                rejections.append(rejection)
    return kept[ClipKind.POSITIVE], kept[ClipKind.SPEECH], rejections


def inspect(batch: Batch) -> list[Inspection]:
    """Decode and check recordings. Runs in worker processes."""
    return [_inspect(recording, batch.kind) for recording in batch.recordings]


def count_reasons(rejections: Sequence[Rejection]) -> str:
    """Return how many recordings were left out for which reason: "2 silent, 1 duplicate"."""
    counts = Counter(rejection.reason for rejection in rejections)
    return ", ".join(f"{count} {reason}" for reason, count in counts.most_common())


def _inspect(recording: Recording, kind: ClipKind) -> Inspection:
    pieces = list(decode(listing.Recording(recording.path, kind, "", "", "", recording.name)))
    sounds = [piece for piece in pieces if isinstance(piece, Decoded)]
    if not sounds:
        return Inspection(next(piece for piece in pieces if isinstance(piece, Rejection)))
    if kind is ClipKind.POSITIVE:
        heard_s, promised_s = sum(piece.heard_s for piece in sounds), probe_seconds((recording.path,))[0]
        if is_cut(heard_s, promised_s):
            message = f"{recording.name} holds {heard_s:.2f} of the {promised_s:.2f} s that it states"
            return Inspection(Rejection(recording.name, "cut_off", message))
        if heard_s < SHORTEST_PHRASE_S:
            return Inspection(Rejection(recording.name, "too_short", f"{recording.name} is {heard_s:.3f} s long"))
    return Inspection(None, tuple(piece.digest for piece in sounds))
