"""Placing: recordings are cut close, and a device has been listening for long; so quiet sound goes around them.

The firmware ignores its first second, the model's state takes 1.7 s to fill, and the probability peaks up to some
0.3 s after the word: two seconds before and one after make a clip what a device in a quiet room hears.
"""

import numpy as np
from numpy.typing import NDArray

from trainer.core.audio import SAMPLE_RATE, Samples
from trainer.core.seeds import generator
from trainer.features.frontend import HOP, WINDOW, features_of

LEAD_S = 2.0
TAIL_S = 1.0
GAP_S = 0.3  # between recordings that are streamed one after another
FLOOR = 1e-4  # root mean square of the quiet: -80 dBFS, a good microphone's own noise in 16 bits
_FRAME = 160  # samples, 10 ms
_SPEECH_DB = 25.0  # so far below the loudest 10 ms, the speech has ended


def place(samples: Samples, seed: int, *names: object) -> Samples:
    """Return the clip with `LEAD_S` of quiet before and `TAIL_S` after it, and the same quiet under it."""
    lead, tail = round(LEAD_S * SAMPLE_RATE), round(TAIL_S * SAMPLE_RATE)
    placed = quiet(lead + len(samples) + tail, seed, *names)
    placed[lead : lead + len(samples)] += samples
    return placed


def quiet(samples: int, seed: int, *names: object) -> Samples:
    """Return so many samples of a quiet room, seeded by names."""
    noise = generator(seed, "quiet", *names).standard_normal(samples, dtype=np.float32)
    return np.asarray(noise * np.float32(FLOOR), np.float32)


def quiet_features(seconds: float, seed: int) -> NDArray[np.uint16]:
    """Return the features of a quiet room, uint16 [100 * seconds, 40], to put before and after stored features."""
    frames = round(seconds * 100)
    return features_of(quiet((frames + 102) * HOP, seed, "features"))[100:][:frames]


def heard_at(slice_: int, phase: int) -> float:
    """Return when a slice of a phase has been heard whole, seconds from the sound's beginning."""
    return ((slice_ + phase) * HOP + WINDOW) / SAMPLE_RATE


def speech_end(samples: Samples) -> float:
    """Estimate where speech ends, seconds: the last 10 ms less than 25 dB below the loudest."""
    frames = len(samples) // _FRAME
    if not frames:
        return len(samples) / SAMPLE_RATE
    power = np.square(samples[: frames * _FRAME].reshape(frames, _FRAME), dtype=np.float64).mean(1)
    loud = np.flatnonzero(power >= power.max() * 10 ** (-_SPEECH_DB / 10))
    return float((loud[-1] + 1) * _FRAME / SAMPLE_RATE)
