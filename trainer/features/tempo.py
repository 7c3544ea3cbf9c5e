"""Speaking faster or higher: the tempo without the pitch, and the pitch without the tempo, by a phase vocoder.

J. L. Flanagan and R. M. Golden, "Phase vocoder", Bell System Technical Journal 45 (1966).
"""

import numpy as np
from numpy.typing import NDArray

from trainer.features.resample import change_speed

_NEARLY = 0.9  # of the highest correlation: the period's own, rather than two periods'
_SIZE, _HOP = 512, 128  # 32 ms and 8 ms: a vowel's harmonics apart, a plosive not smeared


def change_tempo(samples: NDArray[np.float32], speed: float) -> NDArray[np.float32]:
    """Return the clip at `speed` times its pace and its own pitch, float32 [about n / speed]."""
    if speed == 1.0 or samples.size < _SIZE:
        return samples
    window = np.hanning(_SIZE + 1)[:-1]
    padded = np.pad(samples.astype(np.float64), _SIZE)
    frames = np.lib.stride_tricks.sliding_window_view(padded, _SIZE)[::_HOP]
    spectra = np.fft.rfft(frames * window, axis=1)
    places = np.arange(0, len(spectra) - 1, speed)
    at, part = places.astype(int), (places % 1)[:, None]
    sizes = (1 - part) * np.abs(spectra[at]) + part * np.abs(spectra[at + 1])
    usual = 2 * np.pi * _HOP * np.arange(_SIZE // 2 + 1) / _SIZE  # what a bin's phase grows by in a hop
    turns = np.angle(spectra[at + 1]) - np.angle(spectra[at]) - usual
    turns -= 2 * np.pi * np.rint(turns / (2 * np.pi))
    phases = np.angle(spectra[0]) + np.concatenate([[np.zeros_like(usual)], np.cumsum(turns + usual, 0)[:-1]])
    pieces = np.fft.irfft(sizes * np.exp(1j * phases), _SIZE, axis=1) * window
    out, weight = np.zeros(_HOP * len(pieces) + _SIZE), np.full(_HOP * len(pieces) + _SIZE, 1e-9)
    for place, piece in enumerate(pieces):
        out[place * _HOP : place * _HOP + _SIZE] += piece
        weight[place * _HOP : place * _HOP + _SIZE] += window**2
    begin = round(_SIZE / speed)
    length = round(samples.size / speed)
    played = (out / np.maximum(weight, 0.1))[begin : begin + length]
    before, after = (np.sqrt(np.mean(np.square(sound, dtype=np.float64))) for sound in (samples, played))
    louder: NDArray[np.float32] = (played * (before / max(after, 1e-12))).astype(np.float32)
    return louder  # the bins' phases drift apart, which takes some of the level


def change_pitch(samples: NDArray[np.float32], semitones: float) -> NDArray[np.float32]:
    """Return the clip higher by so many semitones (below 0: lower), formants too, in its own tempo, float32 [n]."""
    ratio = 2.0 ** (semitones / 12)
    played = change_speed(change_tempo(samples, 1 / ratio), ratio)
    short = samples.size - played.size
    return np.pad(played, (0, max(short, 0)))[: samples.size]


def find_pitch(samples: NDArray[np.float32], rate: int = 16_000) -> float | None:
    """Return the middle pitch of the voice, Hz, 60 to 450; None where there is hardly a voiced moment.

    By autocorrelation of pieces of 40 ms, of those within 20 dB of the loudest that are clearly periodic.
    """
    size, hop = rate // 25, rate // 50
    if samples.size < size:
        return None
    frames = np.lib.stride_tricks.sliding_window_view(samples.astype(np.float64), size)[::hop]
    frames = frames - frames.mean(1, keepdims=True)
    power = np.square(frames).mean(1)
    frames = frames[power > power.max() * 0.01]
    spectrum = np.abs(np.fft.rfft(frames, 2 * size, axis=1)) ** 2
    alike = np.fft.irfft(spectrum, axis=1)[:, :size] / (1 - np.arange(size) / size)  # of a shorter overlap, more
    low, high = rate // 450, rate // 60
    most = alike[:, low:high].max(1, keepdims=True)
    first = low + np.argmax(alike[:, low:high] > _NEARLY * most, axis=1)  # not a multiple of the period
    best = np.array([at + int(np.argmax(row[at : at + 1 + at // 5])) for at, row in zip(first, alike, strict=True)])
    voiced = best[most[:, 0] > 0.5 * np.maximum(alike[:, 0], 1e-12)]
    return float(rate / np.median(voiced)) if len(voiced) >= 3 else None
