"""Sound to measure with: recordings of a folder, or made by itself where none is named."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.core.audio import SAMPLE_RATE, read_audio, to_pcm16
from trainer.core.seeds import generator
from trainer.errors import AudioError
from trainer.evaluation.evaluate import list_recordings
from trainer.features.noise import NOISES, make_noise

NOISE_S = 10
ROOM_S = 0.5


def read_sounds(folder: Path, most: int) -> list[NDArray[np.int16]]:
    """Return up to `most` recordings of a folder, evenly chosen, int16 at 16 kHz; those that cannot be read are left
    out."""
    found = list_recordings([folder])
    sounds: list[NDArray[np.int16]] = []
    for recording in found[:: max(1, len(found) // max(most, 1))][:most]:
        try:
            sounds.append(to_pcm16(read_audio(recording.path)))
        except AudioError:
            continue
    return sounds


def make_words(count: int, seconds: float, seed: int) -> list[NDArray[np.int16]]:
    """Return voiced-sounding bursts of a length, int16: a gliding tone with harmonics, in syllables."""
    words = []
    for index in range(count):
        rng = generator(seed, "word", index)
        time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
        phase = 2 * np.pi * np.cumsum(rng.uniform(90, 250) * (1 + 0.2 * np.sin(2 * np.pi * 1.5 * time))) / SAMPLE_RATE
        tone = sum(np.sin(phase * k) / k for k in range(1, 20))
        syllables = np.abs(np.sin(2 * np.pi * 2.0 * time))
        words.append(to_pcm16((0.1 * tone * syllables + 0.002 * rng.standard_normal(time.size)).astype(np.float32)))
    return words


def make_noises(count: int, seed: int) -> list[NDArray[np.int16]]:
    """Return generated noises of every kind in turn, int16, 10 s each."""
    kinds: Sequence[str] = [kind for kind in NOISES if kind != "babble"]
    return [
        to_pcm16(make_noise(kinds[i % len(kinds)], NOISE_S * SAMPLE_RATE, generator(seed, "noise", i)))
        for i in range(count)
    ]


def make_rooms(count: int, seed: int) -> list[NDArray[np.int16]]:
    """Return room responses as decaying noise after a direct sound, int16, half a second each."""
    rooms = []
    for index in range(count):
        rng = generator(seed, "room", index)
        time = np.arange(round(ROOM_S * SAMPLE_RATE)) / SAMPLE_RATE
        tail = 0.1 * rng.standard_normal(time.size) * np.exp(-time * rng.uniform(8, 30))
        tail[0] = 0.9
        rooms.append(to_pcm16(np.clip(tail, -1, 1).astype(np.float32)))
    return rooms
