"""Noise that a starter pack can make by itself: colours, mains hum, fans, clicks, and babble of the clips."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from trainer.core.audio import SAMPLE_RATE

NOISES = ("white", "pink", "brown", "hum", "fan", "clicks", "babble")
_RMS = np.float32(0.1)


def make_noise(
    kind: str, length: int, rng: np.random.Generator, voices: Sequence[NDArray[np.int16]] = ()
) -> NDArray[np.float32]:
    """Return noise of a kind, float32 [length], of RMS 0.1.

    Args:
        kind: one of `NOISES`. "babble" needs `voices`, clips of speech; without them it becomes pink noise.
    """
    makers = {"hum": _hum, "fan": _fan, "clicks": _clicks}
    if kind in makers:
        noise = makers[kind](length, rng)
    elif kind == "babble" and voices:
        noise = _babble(length, rng, voices)
    else:
        noise = _coloured(length, rng, {"white": 0.0, "brown": -2.0}.get(kind, -1.0))
    rms = np.sqrt(np.mean(np.square(noise, dtype=np.float64)))
    return (noise * (_RMS / max(float(rms), 1e-9))).astype(np.float32)


def _coloured(length: int, rng: np.random.Generator, slope: float) -> NDArray[np.float32]:
    """Return noise whose power falls with frequency to the power of `slope`, flat below 30 Hz."""
    frequencies = np.maximum(np.fft.rfftfreq(length, 1 / SAMPLE_RATE), 30.0)
    spectrum = np.fft.rfft(rng.standard_normal(length, np.float32))
    return np.fft.irfft(spectrum * frequencies ** (slope / 2), length).astype(np.float32)


def _hum(length: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return mains hum of 50 or 60 Hz with harmonics, and a little noise."""
    base = float(rng.choice([50.0, 60.0])) * float(rng.uniform(0.998, 1.002))
    time = np.arange(length, dtype=np.float32) / SAMPLE_RATE
    noise = 0.05 * rng.standard_normal(length, np.float32)
    falling = rng.uniform(0.5, 1.5)
    for harmonic in range(1, int(rng.integers(6, 24))):
        level = float(rng.uniform(0.2, 1.0)) * harmonic**-falling
        noise += np.float32(level) * np.sin(2 * np.pi * base * harmonic * time + rng.uniform(0, 2 * np.pi))
    return noise.astype(np.float32)


def _fan(length: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return band noise around a few resonances, slowly beating, as fans and hoods make it."""
    frequencies = np.fft.rfftfreq(length, 1 / SAMPLE_RATE)
    shape = np.maximum(frequencies, 60.0) ** -rng.uniform(0.3, 0.9)
    for _ in range(int(rng.integers(1, 5))):
        centre, width = float(np.exp(rng.uniform(np.log(80), np.log(5000)))), float(rng.uniform(0.03, 0.4))
        shape *= 1 + rng.uniform(1, 8) * np.exp(-0.5 * ((frequencies - centre) / (width * centre)) ** 2)
    noise = np.fft.irfft(np.fft.rfft(rng.standard_normal(length, np.float32)) * shape, length)
    time = np.arange(length) / SAMPLE_RATE
    return (noise * (1 + rng.uniform(0, 0.5) * np.sin(2 * np.pi * rng.uniform(0.3, 12) * time))).astype(np.float32)


def _clicks(length: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return knocks and clicks, 1 to 8 a second: decaying noise bursts, some of them ringing."""
    noise = 0.003 * rng.standard_normal(length, np.float32)
    for _ in range(max(1, int(length / SAMPLE_RATE * rng.uniform(1, 8)))):
        size = min(length, int(rng.uniform(0.005, 0.12) * SAMPLE_RATE))
        time = np.arange(size, dtype=np.float32) / SAMPLE_RATE
        ring = np.sin(2 * np.pi * rng.uniform(150, 5000) * time) if rng.random() < 0.5 else 1.0
        burst = rng.standard_normal(size, np.float32) * ring * np.exp(-time * rng.uniform(30, 400))
        at = int(rng.integers(length - size + 1))
        noise[at : at + size] += (rng.uniform(0.1, 1) * burst).astype(np.float32)
    return noise


def _babble(length: int, rng: np.random.Generator, voices: Sequence[NDArray[np.int16]]) -> NDArray[np.float32]:
    """Return 3 to 8 people talking at once, at levels within 9 dB."""
    noise = np.zeros(length, np.float32)
    for _ in range(int(rng.integers(3, 9))):
        gain, at = 10 ** (rng.uniform(-9, 0) / 20), -int(rng.integers(SAMPLE_RATE))
        while at < length:
            clip = voices[int(rng.integers(len(voices)))][max(0, -at) : length - at].astype(np.float32)
            level = np.sqrt(np.mean(np.square(clip))) if clip.size else 0.0
            noise[max(0, at) : max(0, at) + clip.size] += clip * np.float32(gain / max(float(level), 1.0))
            at = max(0, at) + clip.size + int(rng.uniform(0, 0.3) * SAMPLE_RATE)
    return noise
