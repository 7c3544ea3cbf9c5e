"""How alike two clips are in what they say, whoever says it: cepstra, aligned in time (DTW)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.core.audio import SAMPLE_RATE
from trainer.data.speech import speech_span

Frames = NDArray[np.float32]

HOP_S = 0.02
_WINDOW, _FFT, _HOP = 400, 512, round(HOP_S * SAMPLE_RATE)
_BANDS, _LOW_HZ, _HIGH_HZ = 26, 100.0, 7000.0
_CEPSTRA = 12
_LEVEL, _SLOPE = 0.3, 1.5  # weights of level and of change beside the cepstra
_FLOOR = 1e-4  # of the mean power: what is fainter says nothing
_SHORTEST = 2000  # samples
_LONGEST = 4 * SAMPLE_RATE  # samples: the beginning of longer clips is compared
_FAR = np.float32(1e9)
NEAREST = 5  # clips: a clip that is alike to these is said as others say it
REFERENCES = 24  # clips that others are compared to
FEWEST = 8  # clips that a median is taken of
# A clip is unlike the others if it stands out both by statistics and by share. Of 55 voices' clips of two phrases one
# in 200 lies 1.2 to 1.3 times the median away; other words lie 1.5 times away.
OUTLIER_Z = 2.0
OUTLIER_RATIO = 1.25


@dataclass(frozen=True)
class References:
    """Clips to compare with: float32 [clips, longest, values], their numbers of frames, and who says them."""

    frames: NDArray[np.float32]
    lengths: NDArray[np.int64]
    speakers: tuple[str, ...]


def describe(pcm: NDArray[np.int16]) -> Frames:
    """Return cepstra of the speech in a clip every 20 ms with their slopes, less their mean, float32 [frames, 26]."""
    begin, end = speech_span(pcm[:_LONGEST])
    sound = pcm[begin:end].astype(np.float64) / 32768
    sound = np.pad(sound, (0, max(0, _SHORTEST - len(sound))))
    sound = np.append(sound[0], sound[1:] - 0.97 * sound[:-1])
    windows = np.lib.stride_tricks.sliding_window_view(sound, _WINDOW)[::_HOP]
    power = np.abs(np.fft.rfft(windows * np.hanning(_WINDOW), _FFT)) ** 2 @ _mel_bands()
    energy = np.log(power + _FLOOR * power.mean() + 1e-12)
    turns = np.pi / _BANDS * (np.arange(_BANDS)[:, None] + 0.5) * np.arange(1, _CEPSTRA + 1)
    cepstra = energy @ np.cos(turns) * np.sqrt(2 / _BANDS)
    values = np.hstack([cepstra, _LEVEL * energy.mean(axis=1, keepdims=True)])
    values -= values.mean(axis=0)
    return np.hstack([values, _SLOPE * np.gradient(values, axis=0)]).astype(np.float32)


def gather(clips: Sequence[Frames], speakers: Sequence[str]) -> References:
    """Pack described clips to compare with."""
    lengths = np.array([len(clip) for clip in clips], np.int64)
    frames = np.zeros((len(clips), int(lengths.max()), clips[0].shape[1]), np.float32)
    for row, clip in zip(frames, clips, strict=True):
        row[: len(clip)] = clip
    return References(frames, lengths, tuple(speakers))


def align(clip: Frames, references: References) -> NDArray[np.float32]:
    """Return the cost of aligning the clip with each reference, a frame, float32 [references]; 0 is the same clip.

    Both must be walked from end to end; a step in both costs twice one in either (Sakoe and Chiba, "Dynamic
    programming algorithm optimization for spoken word recognition", 1978).
    """
    frames = references.frames
    products = np.matmul(clip[None], frames.transpose(0, 2, 1))
    squares = (clip**2).sum(1)[None, :, None] + (frames**2).sum(2)[:, None, :] - 2 * products
    costs = np.sqrt(np.maximum(squares, 0))
    count, _, length = costs.shape
    before = np.full((length + 1, count), _FAR, np.float32)
    before[0] = 0
    for moment in np.ascontiguousarray(costs.transpose(1, 2, 0)):
        now = np.full_like(before, _FAR)
        reached = np.minimum(before[1:] + moment, before[:-1] + 2 * moment)
        for place in range(length):
            np.minimum(reached[place], now[place] + moment[place], out=now[place + 1])
        before = now
    ends = before[references.lengths, np.arange(count)]
    cost: NDArray[np.float32] = (ends / (len(clip) + references.lengths)).astype(np.float32)
    return cost


def strangeness(clip: Frames, speaker: str, references: References) -> float:
    """Return the mean cost to the nearest clips of other speakers; NaN where there are too few."""
    others = np.array([name != speaker for name in references.speakers], bool)
    if others.sum() < FEWEST:
        return float("nan")
    return float(np.sort(align(clip, references)[others])[:NEAREST].mean())


def stand_out(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Say which strangenesses stand out of the rest, bool [n]; NaN and fewer than `FEWEST` never do."""
    known = values[np.isfinite(values)]
    if len(known) < FEWEST:
        return np.zeros(len(values), bool)
    middle = float(np.median(known))
    deviation = 1.4826 * float(np.median(np.abs(known - middle)))
    out: NDArray[np.bool_] = values > max(OUTLIER_RATIO * middle, middle + OUTLIER_Z * deviation)
    return out


def _mel_bands() -> NDArray[np.float64]:
    """Return triangles on the mel scale, float64 [bins, bands]."""
    low, high = 1127 * np.log(1 + np.array([_LOW_HZ, _HIGH_HZ]) / 700)
    edges = 700 * (np.exp(np.linspace(low, high, _BANDS + 2) / 1127) - 1)
    hertz = np.arange(_FFT // 2 + 1)[:, None] * SAMPLE_RATE / _FFT
    rising = (hertz - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - hertz) / (edges[2:] - edges[1:-1])
    bands: NDArray[np.float64] = np.maximum(0, np.minimum(rising, falling))
    return bands
