"""How good the recordings of a phrase are among one another (D18): who says something else, what is there twice."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trainer.core.audio import read_audio, to_pcm16
from trainer.core.clips import Rejection
from trainer.core.seeds import generator
from trainer.data.alignment import (
    FEWEST,
    REFERENCES,
    Frames,
    References,
    describe,
    gather,
    stand_out,
    strangeness,
)
from trainer.data.decoding import WHOLE_S, probe_seconds
from trainer.data.likeness import alike, sketch
from trainer.data.listing import Recording
from trainer.data.quality import Quality, rate, score_quality_fast
from trainer.errors import AudioError

SEED = 0  # which clips the others are compared with


@dataclass(frozen=True)
class Heard:
    """One recording, read and scored alone.

    Attributes:
        recording: what it is.
        quality: of it alone.
        frames: what it says, for alignment.
        bits: its fingerprint (four words), and `length`, the samples that it describes.
    """

    recording: Recording
    quality: Quality
    frames: Frames
    bits: NDArray[np.uint64]
    length: int


@dataclass(frozen=True)
class Judged:
    """One recording with all that is known of it.

    Attributes:
        origin: its path, for people.
        speaker: who says it, where known.
        quality: its problems hold "unlike" where it stands out of the others.
        strangeness: mean cost of aligning it with the nearest recordings of others; None where it was not measured.
        copy_of: the recording before that it is a copy or a near copy of, at another level or in another codec.
    """

    origin: str
    speaker: str
    quality: Quality
    strangeness: float | None = None
    copy_of: str = ""


def hear(recordings: Sequence[Recording], sounds: tuple[int, int] | None = None) -> list[Heard | Rejection]:
    """Read and score several files, each by itself. Runs in worker processes."""
    return [_hear(recording, sounds) for recording in recordings]


def score_quality_full(heard: Sequence[Heard]) -> list[Judged]:
    """Compare recordings of one phrase with one another, in the order given.

    Those that are mis-said or cut off stand out of the rest by the cost of aligning them; with fewer than
    `FEWEST` there is no rest. Copies of earlier ones are named, wherever they stand.
    """
    fit = [one for one in heard if one.quality.speech_s]
    references = choose([one.frames for one in fit], [_speaker(one) for one in fit], SEED)
    cost = np.array(
        [
            strangeness(one.frames, _speaker(one), references) if references and one.quality.speech_s else np.nan
            for one in heard
        ]
    )
    unlike = stand_out(cost)
    copies = find_copies(heard)
    return [
        Judged(
            one.recording.origin,
            one.recording.speaker,
            _with_unlike(one.quality) if odd else one.quality,
            round(float(value), 2) if np.isfinite(value) else None,
            heard[copies[row]].recording.origin if row in copies else "",
        )
        for row, (one, value, odd) in enumerate(zip(heard, cost, unlike, strict=True))
    ]


def choose(clips: Sequence[Frames], speakers: Sequence[str], seed: int) -> References | None:
    """Return clips to compare with, drawn so that each speaker has a turn before any has two; None of too few."""
    if len(clips) < FEWEST:
        return None
    turns: dict[str, int] = {}
    ranked: list[tuple[int, int, int]] = []
    for row in generator(seed, "references").permutation(len(clips)).tolist():
        turn = turns[speakers[row]] = turns.get(speakers[row], -1) + 1
        ranked.append((turn, len(ranked), row))
    rows = [row for _, _, row in sorted(ranked)[:REFERENCES]]
    return gather([clips[row] for row in rows], [speakers[row] for row in rows])


def find_copies(heard: Sequence[Heard]) -> dict[int, int]:
    """Return the rows of copies and near copies, each with the row of the first like it."""
    if not heard:
        return {}
    words = np.array([one.bits for one in heard])
    lengths = np.array([one.length for one in heard], np.int64)
    first: dict[int, int] = {}
    for one, other in alike(words, lengths, np.arange(len(heard))):
        first.setdefault(other, first.get(one, one))
    return first


def _hear(recording: Recording, sounds: tuple[int, int] | None) -> Heard | Rejection:
    try:
        if probe_seconds((recording.path,))[0] > WHOLE_S:
            raise AudioError(
                f"{recording.origin} is longer than {WHOLE_S / 60:.0f} minutes",
                hint="`wakesmith data split` cuts it into takes.",
                code="too_long",
            )
        pcm = to_pcm16(read_audio(recording.path))
    except AudioError as error:
        return Rejection(recording.origin, error.code, error.message)
    bits, length = sketch(pcm)
    return Heard(recording, score_quality_fast(pcm, sounds), describe(pcm), bits, length)


def _speaker(one: Heard) -> str:
    """Return who speaks; a recording that does not tell is its own speaker: it is not compared with itself."""
    return one.recording.speaker or one.recording.origin


def _with_unlike(quality: Quality) -> Quality:
    problems = ("unlike", *quality.problems)
    return replace(quality, problems=problems, score=rate(problems))
