"""Random generators that depend on the run's seed and on names, never on the order of work."""

import hashlib

import numpy as np


def seed_of(seed: int, *names: object) -> int:
    """Return a 63-bit seed for one named part of the run."""
    text = "\x1f".join([str(seed), *map(str, names)])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1


def generator(seed: int, *names: object) -> np.random.Generator:
    """Return the generator of one named part of the run: `generator(seed, "augment", clip)`."""
    return np.random.default_rng(seed_of(seed, *names))
