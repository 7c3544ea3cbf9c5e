"""A synthetic data set (D4): tones and noise in the five folders of a user's own, for tests and first tries.

The "phrase" is a rising pair of tones, its near misses the same pair falling or with one tone alone: a model can
learn it within seconds, and nobody's voice is needed.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.core.audio import SAMPLE_RATE, write_wav
from trainer.core.seeds import generator

LICENCE = "CC0-1.0"
SPEAKERS = 6  # whose "voices" differ in pitch


def make_test_dataset(folder: Path, seed: int = 1, clips: int = 24) -> Path:
    """Write `positive/<speaker>/`, `negative/`, `hard_negative/`, `background/` and `rirs/` below `folder`.

    Args:
        folder: made where it is missing.
        seed: the same seed writes the same bytes.
        clips: how many of positive, negative and hard negative each; a quarter as many backgrounds and rooms.

    Returns:
        The folder, which `--positives` and the like take as one root of all kinds.
    """
    for index in range(clips):
        rng = generator(seed, "demo", index)
        speaker = index % SPEAKERS
        pitch = 260.0 * 1.12**speaker * rng.uniform(0.98, 1.02)
        take = index // SPEAKERS
        person = f"speaker{speaker + 1}"
        write_wav(folder / "positive" / person / f"take{take + 1}.wav", _quiet_around(_word(pitch, 1.5, rng), rng))
        near = _word(pitch, 1 / 1.5, rng) if index % 2 else _word(pitch, 1.0, rng)
        write_wav(folder / "hard_negative" / person / f"take{take + 1}.wav", _quiet_around(near, rng))
        babble = np.concatenate([_tone(rng.uniform(150, 900), rng.uniform(0.1, 0.3), rng) for _ in range(8)])
        write_wav(folder / "negative" / f"story{index:03d}.wav", _quiet_around(babble, rng))
        if index % 4 == 0:
            write_wav(folder / "background" / f"hiss{index:03d}.wav", _noise(4.0, rng))
            write_wav(folder / "rirs" / f"hall{index:03d}.wav", _room(rng))
    write_index = "folder\tlicence\tsource\n.\t" + LICENCE + "\tsynthetic\n"
    (folder / "index.tsv").write_text(write_index, encoding="utf-8")
    return folder


def _word(pitch: float, step: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return two tones with a short gap, the second `step` times as high, float32 [n]."""
    seconds = rng.uniform(0.22, 0.32)
    gap = np.zeros(int(0.03 * SAMPLE_RATE), np.float32)
    return np.concatenate((_tone(pitch, seconds, rng), gap, _tone(pitch * step, seconds, rng)))


def _tone(pitch: float, seconds: float, rng: np.random.Generator) -> NDArray[np.float32]:
    t = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    harmonics = sum(np.sin(2 * np.pi * pitch * k * t + rng.uniform(0, 6.28)) / k for k in range(1, 6))
    ramp = np.minimum(1.0, np.minimum(t, t[::-1]) / 0.02)
    tone: NDArray[np.float32] = (0.15 * harmonics * ramp).astype(np.float32)
    return tone


def _noise(seconds: float, rng: np.random.Generator) -> NDArray[np.float32]:
    white = rng.normal(size=int(seconds * SAMPLE_RATE))
    brown = np.convolve(white, np.exp(-np.arange(64) / rng.uniform(2, 20)), "same")
    noise: NDArray[np.float32] = (0.05 * brown / brown.std()).astype(np.float32)
    return noise


def _quiet_around(word: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    before, after = (int(rng.uniform(0.2, 0.5) * SAMPLE_RATE) for _ in range(2))
    padded = np.pad(word, (before, after)) + rng.normal(scale=3e-4, size=before + len(word) + after)
    return padded.astype(np.float32)


def _room(rng: np.random.Generator) -> NDArray[np.float32]:
    seconds = rng.uniform(0.2, 0.6)
    t = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    tail = 0.2 * rng.normal(size=t.size) * np.exp(-6.9 * t / seconds)
    tail[0] = 0.9
    return tail.astype(np.float32)
