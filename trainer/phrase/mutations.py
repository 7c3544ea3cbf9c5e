"""The phrase with one to three sounds changed, left out or added: near misses that no dictionary holds."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from trainer.phrase.phonemes import Segment
from trainer.phrase.sounds import distance_table, is_vowel

# How often a change replaces a sound, leaves one out, adds one.
_CHANGES = ("replace", "drop", "add")
_CHANGE_SHARES = (0.7, 0.15, 0.15)
# How many changes a mutation has: 1, 2 or 3.
_COUNT_SHARES = (0.5, 0.35, 0.15)
# Sounds this near are the same to a listener who expects the phrase; they make no mutation.
_SAME = 0.35


def mutate(segments: list[Segment], inventory: Sequence[str], random: np.random.Generator) -> Iterator[str]:
    """Yield IPA without end: vowels become other vowels, consonants other consonants, of the language's own sounds.

    Stress, tones and word borders stay where they are. Nothing is promised about how far a mutation is.
    """
    table = distance_table(inventory)
    vowels = np.array([is_vowel(sound) for sound in inventory])
    known = {sound: number for number, sound in enumerate(inventory)}
    while True:
        changed = list(segments)
        for _ in range(int(random.choice(3, p=_COUNT_SHARES)) + 1):
            place = int(random.integers(len(changed)))
            old = changed[place]
            change = random.choice(_CHANGES, p=_CHANGE_SHARES)
            number = known[old.sound] if old.sound in known else int(random.integers(len(inventory)))
            others = np.flatnonzero((vowels == vowels[number]) & (table[number] > _SAME))
            if change == "drop" and len(changed) > 2 and not vowels[number]:
                changed = _drop(changed, place)
            elif change == "add" and not vowels[number]:
                added = inventory[int(random.choice(np.flatnonzero(~vowels)))]
                changed.insert(place + 1, Segment(added))
            elif len(others):
                changed[place] = replace(old, sound=inventory[int(random.choice(others))])
        yield "".join(map(str, changed))


def _drop(segments: list[Segment], place: int) -> list[Segment]:
    """Leave a sound out; what stood before it (stress, a border) now stands before the next."""
    before, after = segments[place].before, segments[place + 1 :]
    if after:
        after[0] = replace(after[0], before=before + after[0].before)
    return segments[:place] + after
