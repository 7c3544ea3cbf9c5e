"""The audit (D6): does anything stand in two splits, and does every split hold what it is needed for?"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from trainer.core.clips import SYNTHETIC, Clip, ClipKind, Split
from trainer.core.workers import ProgressClock
from trainer.data.likeness import alike, sketch
from trainer.data.listing import SPOKEN
from trainer.events import Report, discard

SAME_VOICE = 0.9  # cosine of two speakers' mean voices: far above what makes two clips one speaker's
_CLIPS_EACH = 5  # of a speaker are listened to
_TOLD = 3  # examples in a message
Embed = Callable[[NDArray[np.int16]], NDArray[np.float32]]


@dataclass(frozen=True)
class Finding:
    """What an audit or analysis found. An error makes reported figures worthless; a warning makes them weaker."""

    level: Literal["error", "warning"]
    code: str
    message: str


def audit(
    clips: Sequence[Clip],
    audio: Iterable[NDArray[np.int16]] | None = None,
    report: Report = discard,
    embed: Embed | None = None,
) -> list[Finding]:
    """Look for leaks between the splits.

    Args:
        clips: rows of a manifest.
        audio: their samples in the same order, such as the store beside the manifest; without it the sound is not
            compared.
        report: takes progress: comparing sounds takes a minute or two for ten thousand clips.
        embed: returns the voice of int16 [n] as float32 [size] of length 1; with it people of different splits whose
            voices are nearly the same are named, whatever the files call them. `audio` is then read twice.
    """
    findings = [*_speakers(clips), *_shares(clips)]
    if audio is None:
        return findings
    findings += _sounds(clips, audio, report)
    return findings if embed is None else [*findings, *_voices(clips, audio, embed)]


def ingredients(speaker: str) -> list[str]:
    """Return the speakers that a mixture is made of, each with its name space: `k:a+b` -> `k:a`, `k:b`.

    Names that come from folders and files are whole whatever they hold.
    """
    if speaker.startswith(("recorded:", "unknown:")) or "+" not in speaker:
        return [speaker] if speaker else []
    space, colon, names = speaker.rpartition(":")
    return [space + colon + name for name in names.split("+") if name]


def _speakers(clips: Sequence[Clip]) -> list[Finding]:
    splits: defaultdict[str, set[Split]] = defaultdict(set)
    for clip in clips:
        for speaker in ingredients(clip.speaker):
            splits[speaker].add(clip.split)
    leaks = sorted(speaker for speaker, where in splits.items() if len(where) > 1)
    if not leaks:
        return []
    told = "; ".join(f"{name} in {', '.join(sorted(splits[name]))}" for name in leaks[:_TOLD])
    return [Finding("error", "speaker_leak", f"{len(leaks)} speakers stand in more than one split: {told}")]


def _shares(clips: Sequence[Clip]) -> list[Finding]:
    counts = Counter((clip.kind, clip.split) for clip in clips)
    findings = []
    for kind in sorted({clip.kind for clip in clips}):
        for split in Split:
            if counts[kind, split]:
                continue
            level: Literal["error", "warning"] = "error" if split is Split.TRAIN else "warning"
            if kind is ClipKind.POSITIVE and split is Split.VALIDATION:
                level = "error"  # no checkpoint and no cutoff could be chosen
            findings.append(Finding(level, f"empty_{split}", f"{split} holds no {kind} clips"))
    return findings


def _sounds(clips: Sequence[Clip], audio: Iterable[NDArray[np.int16]], report: Report) -> list[Finding]:
    clock = ProgressClock(len(clips), "clips", report)
    places = list(Split)
    digests: defaultdict[bytes, list[int]] = defaultdict(list)
    words, lengths, rows = [], [], []
    for row, (clip, pcm) in enumerate(zip(clips, audio, strict=True)):
        digests[hashlib.blake2b(np.ascontiguousarray(pcm).data, digest_size=16).digest()].append(row)
        if clip.kind in SPOKEN and len(pcm):
            bits, length = sketch(pcm)
            words.append(bits)
            lengths.append(length)
            rows.append(row)
        clock.advance()
    same = {(a, b) for group in digests.values() for a in group for b in group if clips[a].split < clips[b].split}
    near: set[tuple[int, int]] = set()
    if rows:
        groups = np.array([places.index(clips[row].split) for row in rows], np.int64)
        near = {(rows[a], rows[b]) for a, b in alike(np.array(words), np.array(lengths, np.int64), groups)}
        near -= same | {(b, a) for a, b in same}
    findings = []
    if same:
        findings.append(Finding("error", "audio_leak", _pairs(clips, same, "the same samples")))
    if near:
        findings.append(Finding("warning", "likeness", _pairs(clips, near, "nearly the same sound")))
    return findings


def _voices(clips: Sequence[Clip], audio: Iterable[NDArray[np.int16]], embed: Embed) -> list[Finding]:
    """Compare the mean voices of people in different splits. Synthetic voices are told apart by their names."""
    vectors: defaultdict[tuple[Split, str], list[NDArray[np.float32]]] = defaultdict(list)
    for clip, pcm in zip(clips, audio, strict=True):
        if clip.kind not in SPOKEN or not clip.speaker or clip.speaker.startswith(SYNTHETIC) or not len(pcm):
            continue
        heard = vectors[clip.split, clip.speaker]
        if len(heard) < _CLIPS_EACH:
            heard.append(embed(pcm))
    people = list(vectors)
    if not people:
        return []
    means = np.stack([np.mean(part, axis=0) for part in vectors.values()])
    means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
    splits = np.array([split for split, _ in people])
    pairs: list[tuple[float, int, int]] = []
    for row in range(len(people)):  # row by row: thousands of unnamed recordings would fill the memory at once
        likeness = means[row + 1 :] @ means[row]
        others = row + 1 + np.flatnonzero((likeness >= SAME_VOICE) & (splits[row + 1 :] != splits[row]))
        pairs += [(float(likeness[o - row - 1]), row, int(o)) for o in others if people[row][1] != people[o][1]]
    if not pairs:
        return []
    told = "; ".join(
        f"{people[a][1]} ({people[a][0]}) and {people[b][1]} ({people[b][0]}), {value:.2f}"
        for value, a, b in sorted(pairs, reverse=True)[:_TOLD]
    )
    message = f"{len(pairs)} pairs of speakers in different splits sound like one person: {told}"
    return [Finding("warning", "voice_likeness", message)]


def _pairs(clips: Sequence[Clip], pairs: set[tuple[int, int]], what: str) -> str:
    told = "; ".join(f"{_name(clips, a)} and {_name(clips, b)}" for a, b in sorted(pairs)[:_TOLD])
    return f"{len(pairs)} pairs of clips in different splits hold {what}: {told}"


def _name(clips: Sequence[Clip], row: int) -> str:
    return f"{clips[row].origin or f'row {row}'} ({clips[row].split})"
