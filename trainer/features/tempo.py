"""Speaking faster or higher: the tempo without the pitch, and the pitch without the tempo, by a phase vocoder.

J. L. Flanagan and R. M. Golden, "Phase vocoder", Bell System Technical Journal 45 (1966).
"""

import numpy as np
from numpy.typing import NDArray

from trainer.core.audio import SAMPLE_RATE, to_pcm16
from trainer.core.pitch import track_pitch
from trainer.features.resample import change_speed

_FEWEST_VOICED = 5  # moments of 10 ms: fewer tell no pitch
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
    at = np.minimum(places.astype(int), len(spectra) - 2)  # rounding may reach the last place itself
    part = (places - at)[:, None]
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


def find_pitch(samples: NDArray[np.float32]) -> float | None:
    """Return the middle pitch of the voice in float32 [n] at 16 kHz, Hz, 60 to 400; None where hardly any is voiced.

    Moments within 20 dB of the loudest count.
    """
    pcm = to_pcm16(samples)
    pitch, periodic = track_pitch(pcm)
    hop = SAMPLE_RATE // 100
    starts = np.arange(len(pitch)) * hop
    total = np.concatenate([[0.0], np.cumsum(np.square(samples, dtype=np.float64))])
    power = total[np.minimum(starts + 4 * hop, samples.size)] - total[np.minimum(starts, samples.size)]
    voiced = pitch[periodic & (power > power.max() * 0.01)]
    return float(2 ** np.median(voiced)) if len(voiced) >= _FEWEST_VOICED else None
