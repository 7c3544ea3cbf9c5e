"""Small feature sets with a "word" that a network can learn in a few seconds: a rising line among noise."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.core.ragged import write_ragged

WORD_END = 220  # slice
WORD_SLICES = 60


def noise(rng: np.random.Generator, slices: int) -> NDArray[np.uint16]:
    return rng.integers(0, 250, (slices, 40)).astype(np.uint16)


def word(rng: np.random.Generator, slices: int = 300, end: int = WORD_END) -> NDArray[np.uint16]:
    features = noise(rng, slices)
    for i in range(WORD_SLICES):
        bin_ = int(i * 30 / WORD_SLICES)
        features[end - WORD_SLICES + i, bin_ : bin_ + 8] = 600
    return features


def falling_word(rng: np.random.Generator, slices: int = 300, end: int = WORD_END) -> NDArray[np.uint16]:
    """A near miss: the same line, falling."""
    features = word(rng, slices, end)
    features[end - WORD_SLICES : end] = features[end - WORD_SLICES : end][::-1]
    return features


def write_feature_sets(folder: Path, seed: int = 0) -> Path:
    """Write all sets that training reads."""
    rng = np.random.default_rng(seed)
    sets = {
        "train_positive": [word(rng) for _ in range(120)],
        "train_near_miss": [falling_word(rng) for _ in range(60)],
        "train_speech": [noise(rng, 900) for _ in range(20)],
        "train_noise": [noise(rng, 600) // 4 for _ in range(10)],
        "train_pack": [],
        "validation_positive": [word(rng) for _ in range(40)],
        "validation_near_miss": [falling_word(rng) for _ in range(40)],
        "validation_ambient": [noise(rng, 6000) for _ in range(3)],
    }
    for name, rows in sets.items():
        write_ragged(folder / name, rows, np.uint16, (40,))
        end = WORD_END if name.endswith("positive") else -1
        np.save(folder / name / "ends.npy", np.full(len(rows), end, np.int32))
    return folder
