"""The pitch of a voice, by autocorrelation."""

import numpy as np
from numpy.typing import NDArray

from trainer.core.audio import SAMPLE_RATE

_HOP = SAMPLE_RATE // 100  # samples, 10 ms
_WINDOW, _FFT = 640, 2048  # samples: 40 ms hold two periods of the lowest voice
_LONGEST, _SHORTEST = 266, 40  # samples a period: 60 to 400 Hz
_PERIODIC = 0.55  # of the energy repeats after a period, in voiced sound
_OCTAVE = 0.88  # the first peak of at least this share of the highest is the period: later ones are its multiples


def track_pitch(pcm: NDArray[np.int16]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return log2 Hz of int16 [n] at 16 kHz every 10 ms, and which frames are voiced: [frames] each."""
    sound = np.pad(pcm.astype(np.float32), (0, max(0, _WINDOW - len(pcm))))
    frames = np.lib.stride_tricks.sliding_window_view(sound, _WINDOW)[::_HOP]
    window = np.hanning(_WINDOW)
    tapered = (frames - frames.mean(axis=1, keepdims=True)) * window
    own = _autocorrelation(window[None])
    likeness = _autocorrelation(tapered) / own  # the window's own fall with the lag taken out
    near = likeness[:, _SHORTEST:_LONGEST]
    highest = near.max(axis=1)
    middle = near[:, 1:-1]
    peaks = (middle >= near[:, :-2]) & (middle >= near[:, 2:]) & (middle >= _OCTAVE * highest[:, None])
    lag = _SHORTEST + np.where(peaks.any(axis=1), peaks.argmax(axis=1) + 1, near.argmax(axis=1))
    return np.log2(SAMPLE_RATE / lag), highest > _PERIODIC


def _autocorrelation(frames: NDArray[np.float64]) -> NDArray[np.float64]:
    power = np.abs(np.fft.rfft(frames, _FFT, axis=1)) ** 2
    values = np.fft.irfft(power, axis=1)[:, :_LONGEST]
    scaled: NDArray[np.float64] = values / np.maximum(values[:, :1], 1e-9)
    return scaled
