"""Which part of the work may see a recording: whole speakers and whole sources go to one split (D6, D8).

The unit that stays together is the largest that the folders declare:

1. a speaker, where a sub-folder or file name says who speaks. A name means the same person in every folder, so the
   negatives of a speaker follow the positives;
2. a source (sub-folder), for speech of unknown speakers where there are at least four sources, unless many people
   speak in it: an announcer's prompts are one voice;
3. else a file, and with it the files whose names differ in a take number or letter only, which are pieces of one
   recording. Noise, music and rooms are always split so, and crowds, each of them by itself: every part of the work
   hears people of each.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from pathlib import Path

from trainer.core.clips import ClipKind, Split
from trainer.core.seeds import seed_of
from trainer.data.listing import SPOKEN, Recording
from trainer.errors import DataError

SHARES = {Split.TRAIN: 0.80, Split.VALIDATION: 0.12, Split.TEST: 0.08}  # of the seconds of each kind
SOURCES_NEEDED = 4  # fewer sources cannot be kept whole without one split taking most of the speech
MOST_TAKES = 4  # more files that differ in a bare number only are a numbered collection, not takes of one recording
_PIECE = re.compile(r"[-_ .]?(?:take|part|seg|segment|chunk)[-_ ]?\d+$", re.IGNORECASE)
_TAKE = re.compile(r"[-_ ](?:\d{1,2}|[A-Za-z])$")


def group_recordings(recordings: Sequence[Recording], crowds: Collection[str] = ()) -> list[str]:
    """Return the unit of each recording that must stay in one split. `crowds`: sources in which many people speak."""
    speakers = {r.speaker for r in recordings if r.speaker}
    sources: defaultdict[ClipKind, set[str]] = defaultdict(set)
    for r in recordings:
        if not r.speaker:
            sources[r.kind].add(r.source)
    takes = Counter(_family(r.path) for r in recordings)
    whole = {kind for kind, names in sources.items() if len(names) >= SOURCES_NEEDED}
    return [_group(r, speakers, r.kind in whole and r.source not in crowds, takes) for r in recordings]


def _group(recording: Recording, speakers: set[str], by_source: bool, takes: Counter[tuple[Path, str]]) -> str:
    spoken = recording.kind in SPOKEN
    if recording.speaker:
        return f"recorded:{recording.speaker}"
    if spoken and recording.source in speakers:
        return f"recorded:{recording.source}"
    if spoken and by_source:
        return f"unknown:{recording.source}"
    family = _family(recording.path)
    stem = family[1] if takes[family] <= MOST_TAKES else _PIECE.sub("", recording.path.stem)
    return f"unknown:{recording.source}/{recording.path.parent.name}/{stem or recording.path.stem}"


def _family(path: Path) -> tuple[Path, str]:
    stem = _PIECE.sub("", path.stem)
    return path.parent, _TAKE.sub("", stem) or stem


def assign_splits(
    parts: Sequence[tuple[ClipKind, str]], groups: Sequence[str], seconds: Sequence[float], seed: int
) -> dict[str, Split]:
    """Return the split of every group, so that each part comes near to its shares of seconds.

    Large groups are placed first, groups of like size in an order that the seed shuffles; each goes where most
    seconds are missing. A group that a part before has placed stays there. One group alone goes to training.

    Args:
        parts: of each recording its kind, and its source where that is shared out by itself, else "".
    """
    totals: defaultdict[tuple[ClipKind, str], defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    for part, group, length in zip(parts, groups, seconds, strict=True):
        totals[part][group] += length
    placed: dict[str, Split] = {}
    kinds = list(ClipKind)
    for part in sorted(totals, key=lambda part: (kinds.index(part[0]), part[1])):
        sizes = totals[part]
        missing = {split: share * sum(sizes.values()) for split, share in SHARES.items()}
        for group in [g for g in sizes if g in placed]:
            missing[placed[group]] -= sizes[group]
        for group in sorted((g for g in sizes if g not in placed), key=lambda g: _order(g, sizes[g], seed)):
            split = max(missing, key=missing.__getitem__)
            placed[group] = split
            missing[split] -= sizes[group]
    return placed


def assign_folds(
    kinds: Sequence[ClipKind], groups: Sequence[str], seconds: Sequence[float], folds: int, seed: int
) -> dict[str, int]:
    """Return the fold of every group, 0 to `folds` - 1, for K-fold evaluation: whoever is in one is in no other (D6).

    Each kind is spread as evenly as its groups allow, placed as `assign_splits` places them: a fold holds its share
    of the phrase and of the other sound.

    Raises:
        DataError: a kind has fewer groups than there are folds, so that one would have to be cut or a fold be empty.
    """
    totals: defaultdict[ClipKind, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    for kind, group, length in zip(kinds, groups, seconds, strict=True):
        totals[kind][group] += length
    placed: dict[str, int] = {}
    for kind in sorted(totals):
        sizes = totals[kind]
        if not 2 <= folds <= len(sizes):
            raise DataError(
                f"{folds} folds cannot be made of {len(sizes)} speakers or sources of {kind}",
                hint=f"2 to {len(sizes)} folds are possible; record more people, or name who speaks in which file.",
            )
        filled = [0.0] * folds
        for group in [g for g in sizes if g in placed]:
            filled[placed[group]] += sizes[group]
        for group in sorted((g for g in sizes if g not in placed), key=lambda g: _order(g, sizes[g], seed)):
            placed[group] = min(range(folds), key=filled.__getitem__)
            filled[placed[group]] += sizes[group]
    return placed


def _order(group: str, seconds: float, seed: int) -> tuple[int, int]:
    return -math.floor(math.log2(max(seconds, 1e-3))), seed_of(seed, "split", group)
