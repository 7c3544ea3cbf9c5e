"""A scene: which clips speak in one row of a feature set, where, how fast and how loud. Planned before any sound.

A row of sound is a lead-in, which the front end hears and nobody keeps, and the kept part after it. All positions are
samples of the row.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.fft import next_fast_len

from trainer.features.frontend import HOP, samples_for

LEAD = 16_000  # samples: the front end never starts fresh on the device
TAIL = 7_200  # samples that remain after the phrase's end: the windows that must detect lie there
_HEAD = 800  # samples of the kept part before the phrase begins
_HEARD = 28_000  # samples of the kept part before the phrase ends, where there is room: the network's receptive field


@dataclass(frozen=True)
class Source:
    """A clip that scenes may use: row of the audio store, samples, who speaks, sample of the phrase's end (or -1)."""

    row: int
    length: int
    speaker: str = ""
    end: int = -1


@dataclass(frozen=True)
class Piece:
    """Samples [start, stop) of a stored clip, played at `speed`, beginning at sample `at` of the row.

    `gain_db` is relative to the other pieces of the row, which are all brought to the same level first.
    """

    row: int
    start: int
    stop: int
    at: int
    gain_db: float = 0.0
    speed: float = 1.0

    @property
    def length(self) -> int:
        """Samples that it takes in the row."""
        return resampled_sizes(self.stop - self.start, self.speed)[2]


@dataclass(frozen=True)
class Scene:
    """What one row holds.

    Attributes:
        frames: frames kept.
        pieces: what speaks; none in rows of generated noise.
        span: samples of the row over which the ratio to the noise is meant; (0, 0) means all speech.
        end: sample of the row where the phrase ends, -1 in negatives.
        clip: row in the manifest, -1 where several.
        lead: samples before the kept part.
        plain: neither room nor noise nor colour (the clean half of the ambient streams).
        background: there is noise whatever the dice say (rows of generated noise).
    """

    frames: int
    pieces: tuple[Piece, ...]
    span: tuple[int, int] = (0, 0)
    end: int = -1
    clip: int = -1
    lead: int = LEAD
    plain: bool = False
    background: bool = False

    @property
    def length(self) -> int:
        """Samples of the row, lead-in and all."""
        return self.lead + samples_for(self.frames)

    @property
    def end_frame(self) -> int:
        """Frame of the kept part in which the phrase's last sample is heard first; -1 in negatives."""
        return -1 if self.end < 0 else max(0, (self.end - 1 - self.lead - 2 * HOP) // HOP)


def resampled_sizes(length: int, speed: float) -> tuple[int, int, int]:
    """Return (padded input, padded output, output) lengths of playing so many samples at a speed.

    The padded lengths are ones that a Fourier transform is fast at, so the true speed is within 1 % of the asked one.
    """
    if speed == 1.0:
        return length, length, length
    padded = next_fast_len(length + 64)
    out = next_fast_len(round(padded / speed))
    return padded, out, round(length * out / padded)


def place_phrase(
    source: Source, seconds: float, speed: float, speech: Sequence[Source], run_on: float, rng: np.random.Generator
) -> Scene | None:
    """Put the phrase at a random place within the kept part, perhaps inside running speech; None if it is too long.

    Args:
        speech: clips that may run on; those of the phrase's own speaker are taken half of the time, if there are any.
        run_on: probability of other speech directly before or after (or both).
    """
    frames = round(seconds * 100)
    phrase = Piece(source.row, 0, source.length, 0, speed=speed)
    end = round(source.end * phrase.length / source.length)
    first, last = LEAD + _HEAD + end, LEAD + frames * HOP - TAIL
    if first > last:
        return None
    stop = int(rng.integers(max(first, min(LEAD + _HEARD, last)), last + 1))
    phrase = replace(phrase, at=stop - end)
    pieces = [phrase]
    if speech and rng.random() < run_on:
        where = rng.integers(3)  # before, after, both
        if where != 1:
            pieces.append(cut_neighbour(source.speaker, speech, rng, before=phrase.at))
        if where != 0:
            pieces.append(cut_neighbour(source.speaker, speech, rng, after=phrase.at + phrase.length))
    span = (phrase.at, phrase.at + phrase.length)
    return Scene(frames, tuple(pieces), span, stop, source.row)


def cut_neighbour(
    speaker: str, speech: Sequence[Source], rng: np.random.Generator, before: int = -1, after: int = -1
) -> Piece:
    """Cut a piece of speech that ends at `before`, or begins at `after`, but for a gap of 0 to 150 ms.

    Half of the time it is of `speaker`, if there is any. Its level is within 6 dB of the other pieces'.
    """
    own = [s for s in speech if s.speaker == speaker] if rng.random() < 0.5 else []
    pool = own or speech
    source = pool[int(rng.integers(len(pool)))]
    length = min(source.length, int(rng.uniform(0.3, 2.5) * 16_000))
    start = int(rng.integers(source.length - length + 1))
    gap = int(rng.uniform(0, 0.15) * 16_000)
    at = before - gap - length if before >= 0 else after + gap
    return Piece(source.row, start, start + length, at, float(rng.uniform(-6, 6)))


def pack_clips(
    sources: Sequence[Source],
    seconds: float,
    gap_s: tuple[float, float],
    lone: float,
    draw_speed: Callable[[], float],
    rng: np.random.Generator,
) -> list[Scene]:
    """Lay clips one after another into rows of `seconds`, each whole within the kept part.

    Args:
        gap_s: range of the silence between two.
        lone: probability that a row holds one clip alone, at a random place.
        draw_speed: gives the speed of each clip.

    Clips longer than the kept part are cut to it, at a random place.
    """
    frames = round(seconds * 100)
    room = frames * HOP
    waiting = [_cut(source, room, draw_speed(), rng) for source in reversed(sources)]
    scenes: list[Scene] = []
    while waiting:
        alone, pieces, at = rng.random() < lone, list[Piece](), 0
        while waiting and not (alone and pieces):
            gap = int(rng.uniform(*gap_s) * 16_000) if pieces else 0
            if pieces and at + gap + waiting[-1].length > room:
                break
            pieces.append(replace(waiting.pop(), at=at + gap))
            at = pieces[-1].at + pieces[-1].length
        shift = LEAD + int(rng.integers(max(0, room - at) + 1))
        moved = tuple(replace(p, at=p.at + shift) for p in pieces)
        scenes.append(Scene(frames, moved, clip=pieces[0].row if len(pieces) == 1 else -1))
    return scenes


def _cut(source: Source, room: int, speed: float, rng: np.random.Generator) -> Piece:
    length = min(source.length, int(room * speed * 0.95))
    start = int(rng.integers(source.length - length + 1))
    return Piece(source.row, start, start + length, 0, float(rng.uniform(-4, 4)), speed)


def run_speech(
    sources: Sequence[Source],
    seconds: tuple[float, float],
    gap_s: tuple[float, float],
    rng: np.random.Generator,
    lead: int = LEAD,
) -> list[Scene]:
    """Join clips to running speech (or noise, or music) and cut it into rows whose length lies in `seconds`.

    Every sample of every clip is used once.
    """
    scenes: list[Scene] = []
    pieces: list[Piece] = []
    frames, at = _draw_frames(seconds, rng), lead
    for source in sources:
        gain, start = float(rng.uniform(-3, 3)), 0
        while start < source.length:
            stop = min(source.length, start + lead + frames * HOP - at)
            pieces.append(Piece(source.row, start, stop, at, gain))
            at, start = at + stop - start + int(rng.uniform(*gap_s) * 16_000), stop
            if at >= lead + frames * HOP:
                scenes.append(Scene(frames, tuple(pieces), clip=_only(pieces), lead=lead))
                pieces, frames, at = [], _draw_frames(seconds, rng), lead
    if pieces:
        least = int(seconds[0] * 100)
        frames = min(frames, max(least, -(-(at - lead) // HOP)))
        scenes.append(Scene(frames, tuple(pieces), clip=_only(pieces), lead=lead))
    return scenes


def _draw_frames(seconds: tuple[float, float], rng: np.random.Generator) -> int:
    return round(float(rng.uniform(*seconds)) * 100)


def _only(pieces: Sequence[Piece]) -> int:
    rows = {piece.row for piece in pieces}
    return rows.pop() if len(rows) == 1 else -1
