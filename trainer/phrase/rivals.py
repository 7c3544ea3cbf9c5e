"""How the phrase stands among the words of its language: which sound like it, and how common its sounds are."""

from itertools import pairwise

import numpy as np

from trainer.phrase.distance import Sounds, measure
from trainer.phrase.lexicon import SpokenLexicon, read_frequencies

# A word collides where it differs by less than one sound in five.
_COLLIDES = 0.2


def find_rivals(text: str, sounds: Sounds, lexicon: SpokenLexicon, language: str, least_share: float) -> list[str]:
    """Return the words of at least this share of running text that sound like the phrase, the nearest first."""
    if not lexicon.words:
        return []
    frequencies = read_frequencies(language)
    distances = measure(lexicon.sounds, sounds)
    near = np.flatnonzero(distances <= _COLLIDES * len(sounds))
    words = [lexicon.words[i] for i in near[np.argsort(distances[near], kind="stable")]]
    return [w for w in words if w not in text.split() and frequencies.get(w, 0.0) >= least_share]


def rank_rarity(sounds: Sounds, lexicon: SpokenLexicon) -> float:
    """Return the share of dictionary words (0..1) whose sounds follow one another more predictably; 0.5 if unknown.

    The measure is the mean information of neighbouring sounds, in bits, by the dictionary's own counts.
    """
    if not lexicon.words or len(sounds) < 2:
        return 0.5
    names = lexicon.sounds.names
    first, second = lexicon.sounds.rows[:, :-1], lexicon.sounds.rows[:, 1:]
    within = second >= 0
    counts = np.ones((len(names), len(names)))
    np.add.at(counts, (first[within], second[within]), 1)
    bits = -np.log2(counts / counts.sum())
    words = (bits[first, second] * within).sum(axis=1) / np.maximum(within.sum(axis=1), 1)
    numbers = {name: number for number, name in enumerate(names)}
    rarest = float(bits.max())
    known = ((numbers.get(a, -1), numbers.get(b, -1)) for a, b in pairwise(sounds))
    own = [rarest if min(a, b) < 0 else float(bits[a, b]) for a, b in known]
    return float((words < np.mean(own)).mean())
