"""A voice in 43 numbers, without a model: how its spectrum lies and varies, and its pitch.

Means and spreads of 20 cepstra say much of the throat and as much of the microphone; a recording of a second says
more of its words than of its speaker. `script/bench speakers` measures how far this carries, and finds the constants.
"""

import json
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.fft import dct

from trainer.core.audio import SAMPLE_RATE
from trainer.speakers.filterbank import HOP, log_mel

NAME = "built-in (cepstra and pitch)"
# Measured by `script/bench speakers` at a similarity of 0.72: 25 synthetic voices, 113 clips of a second or less,
# where the other half of the voices gave the constants; 70 people, 208 clips of some seconds.
STRENGTH = (
    "Measured on voices that it does not know: of two clips of a second by one synthetic voice it takes 67 in 100 "
    "for one speaker's, and of two by different voices 0.6 in 100; of 70 people, each at a microphone of their own, "
    "75 and 2.6 in 100 (8.7 % equal errors). In one room, at one microphone, it does worse."
)
SIZE = 43
_BINS, _CEPSTRA = 32, 20
_PITCH_WINDOW, _PITCH_FFT = 640, 2048  # samples: 40 ms hold two periods of the lowest voice
_LONGEST, _SHORTEST = 266, 40  # samples a period: 60 to 400 Hz
_PERIODIC = 0.55  # of the energy repeats after a period, in voiced sound
_OCTAVE = 0.88  # the first peak of at least this share of the highest is the period: later ones are its multiples
_FEW = 10  # voiced frames: fewer give no pitch
_MIDDLE = 7.3  # log2 Hz, 158 Hz: between men's and women's voices
_CONSTANTS = Path(__file__).with_name("cepstra.json")


def embed(pcm: NDArray[np.int16]) -> NDArray[np.float32]:
    """Return the voice of int16 [n] at 16 kHz as float32 [43]; pauses should have been cut out."""
    centre, scale = _constants()
    return ((measure(pcm) - centre) * scale).astype(np.float32)


def measure(pcm: NDArray[np.int16]) -> NDArray[np.float64]:
    """Return means and spreads of cepstra 1 to 20, median and quartiles' distance of log2 pitch, share voiced."""
    cepstra = dct(log_mel(pcm, _BINS), axis=1, norm="ortho")[:, 1 : _CEPSTRA + 1]
    pitch, voiced = _pitch(pcm)
    low, middle, high = np.percentile(pitch[voiced], [25, 50, 75]) if voiced.sum() >= _FEW else [_MIDDLE] * 3
    values = (cepstra.mean(axis=0), cepstra.std(axis=0), (middle, high - low, voiced.mean()))
    return np.concatenate(values).astype(np.float64)


def _pitch(pcm: NDArray[np.int16]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return log2 Hz by autocorrelation every 10 ms, and which frames are voiced: [frames] each."""
    sound = np.pad(pcm.astype(np.float32), (0, max(0, _PITCH_WINDOW - len(pcm))))
    frames = np.lib.stride_tricks.sliding_window_view(sound, _PITCH_WINDOW)[::HOP]
    window = np.hanning(_PITCH_WINDOW)
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
    power = np.abs(np.fft.rfft(frames, _PITCH_FFT, axis=1)) ** 2
    values = np.fft.irfft(power, axis=1)[:, :_LONGEST]
    scaled: NDArray[np.float64] = values / np.maximum(values[:, :1], 1e-9)
    return scaled


@cache
def _constants() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return centre and scale, [43] each: a number weighs as much as it differs more between voices than within."""
    data = json.loads(_CONSTANTS.read_text(encoding="utf-8"))
    return np.array(data["centre"]), np.array(data["scale"])


def fit(values: NDArray[np.float64], speakers: NDArray[np.str_]) -> None:
    """Find the constants anew from voices that are known, and keep them.

    Args:
        values: [recordings, 43], `measure` of each; some of every speaker. speakers: [recordings].
    """
    centre, spread = values.mean(axis=0), values.std(axis=0)
    scaled = (values - centre) / spread
    names = np.unique(speakers)
    means = np.stack([scaled[speakers == name].mean(axis=0) for name in names])
    rest = scaled - means[np.searchsorted(names, speakers)]
    within = (rest**2).sum(axis=0) / (len(scaled) - len(names))
    between = means.var(axis=0, ddof=1) - within * len(names) / len(scaled)
    scale = np.sqrt(np.maximum(between, 0) / within) / spread
    data = {"centre": centre.round(5).tolist(), "scale": scale.round(5).tolist()}
    _CONSTANTS.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
