"""What a microphone and its amplifier do: equalisers, stop bands, band limits, distortion, a noise floor.

Filters are drawn as magnitude responses and applied without a phase: the word's end stays where it is, and the front
end looks at magnitudes alone.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.fft import next_fast_len

from trainer.core.arrays import Arrays
from trainer.core.audio import SAMPLE_RATE

GRID = 257  # points of a magnitude response, 0 to 8 kHz
_BANDS = np.log([100.0, 250.0, 600.0, 1400.0, 2800.0, 4800.0, 7200.0])  # Hz: seven bands
_FREQUENCIES = np.linspace(0, SAMPLE_RATE / 2, GRID)
_LOG = np.log(np.maximum(_FREQUENCIES, 20.0))


def draw_colour(equaliser: bool, microphone: bool, stop: bool, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return a magnitude response, float32 [GRID].

    Args:
        equaliser: seven bands of -12..12 dB (A1).
        microphone: a high-pass (40 to 400 Hz) and a low-pass (5 to 8 kHz; one in ten as dull as a telephone).
        stop: one band of up to an octave taken away by 30 dB (A1).
    """
    gain_db = np.zeros(GRID)
    if equaliser:
        gain_db += np.interp(_LOG, _BANDS, rng.uniform(-12, 12, _BANDS.size))
    if microphone:
        low = float(np.exp(rng.uniform(np.log(40), np.log(400))))
        high = float(rng.uniform(3200, 4500) if rng.random() < 0.1 else rng.uniform(5000, 8000))
        order = float(rng.uniform(1, 3))
        gain_db -= 10 * np.log10(1 + (low / np.maximum(_FREQUENCIES, 1.0)) ** (2 * order))
        gain_db -= 10 * np.log10(1 + (_FREQUENCIES / high) ** (4 * order))
    if stop:
        centre, width = rng.uniform(np.log(200), np.log(6000)), rng.uniform(0.1, 0.35)
        gain_db -= 30 * np.exp(-(((_LOG - centre) / width) ** 4))
    return (10 ** (np.maximum(gain_db, -60) / 20)).astype(np.float32)


def row_length(longest: int) -> int:
    """Return a length for rows: at least `longest`, quick to transform, and a multiple of the filters' grid."""
    step = 2 * (GRID - 1)
    return int(next_fast_len(-(-longest // step), real=True)) * step


def colour_rows(arrays: Arrays, sound: Any, responses: Any) -> Any:
    """Apply magnitude responses [rows, GRID] to rows [rows, n]; n as `row_length` gives it."""
    xp, fft = arrays.xp, arrays.scipy.fft
    rows, n = sound.shape
    spectrum = fft.rfft(sound, axis=1)
    bins = n // 2 // (GRID - 1)  # of the spectrum, from one point of the grid to the next
    share = xp.arange(bins, dtype=xp.float32) / bins
    left, step = responses[:, :-1, None], (responses[:, 1:] - responses[:, :-1])[:, :, None]
    spectrum[:, :-1] *= (left + step * share).reshape(rows, -1)
    spectrum[:, -1] *= responses[:, -1]
    return fft.irfft(spectrum, n, axis=1)


def distort_rows(arrays: Arrays, sound: Any, hard: Any, amount: Any) -> Any:
    """Clip rows whose peak is 1: `hard` ones at `1 - amount` of it, others softly by tanh; the peak stays 1.

    Args:
        hard: bool [rows].
        amount: float32 [rows], 0 (nothing) to 0.9.
    """
    xp = arrays.xp
    limit = (1 - amount)[:, None]
    drive = (1e-3 + 6 * amount)[:, None]
    clipped = xp.clip(sound, -limit, limit) / limit
    bent = xp.tanh(drive * sound) / xp.tanh(drive)
    return xp.where(hard[:, None], clipped, bent).astype(xp.float32)
