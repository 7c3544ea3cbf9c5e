"""Log-mel features as Kaldi makes them, which is what exported speaker models were trained on.

Frames of 25 ms every 10 ms, none beyond the end; each freed of its mean, pre-emphasised by 0.97, under a Hamming
window (as WeSpeaker; Kaldi's own default differs little); power of 512 bins; triangles evenly spaced on the mel scale
1127 ln(1 + f / 700) from 20 Hz to 8 kHz; natural logarithm. No dither: the same sound gives the same values.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from trainer.core.audio import SAMPLE_RATE

WINDOW, HOP, FFT = 400, 160, 512  # samples
LOWEST_HZ, HIGHEST_HZ = 20.0, SAMPLE_RATE / 2
_PRE_EMPHASIS = 0.97
_FLOOR = float(np.finfo(np.float32).eps)  # Kaldi's, of samples on the scale of 16-bit integers


def log_mel(pcm: NDArray[np.int16], bins: int) -> NDArray[np.float32]:
    """Return float32 [1 + (n - 400) // 160, bins]; sound shorter than one frame is padded with silence to one."""
    sound = np.pad(pcm.astype(np.float32), (0, max(0, WINDOW - len(pcm))))
    frames = np.lib.stride_tricks.sliding_window_view(sound, WINDOW)[::HOP]
    frames = frames - frames.mean(axis=1, keepdims=True)
    before = np.concatenate((frames[:, :1], frames[:, :-1]), axis=1)
    power = np.abs(np.fft.rfft((frames - _PRE_EMPHASIS * before) * np.hamming(WINDOW), FFT, axis=1)) ** 2
    values: NDArray[np.float32] = np.log(np.maximum(power @ _triangles(bins).T, _FLOOR)).astype(np.float32)
    return values


@cache
def _triangles(bins: int) -> NDArray[np.float64]:
    """Return the weights of the bins of power in each mel bin, float64 [bins, 257]."""
    edges = np.linspace(_mel(LOWEST_HZ), _mel(HIGHEST_HZ), bins + 2)[:, None]
    low, middle, high = edges[:-2], edges[1:-1], edges[2:]
    at = _mel(np.arange(FFT // 2 + 1) * SAMPLE_RATE / FFT)
    return np.maximum(0.0, np.minimum((at - low) / (middle - low), (high - at) / (high - middle)))


def _mel(hertz: float | NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1127.0 * np.log1p(np.asarray(hertz) / 700.0), np.float64)
