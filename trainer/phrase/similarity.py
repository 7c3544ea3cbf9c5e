"""How much of the phrase is heard in something else, 0..1, and what is too near to be a negative (D17)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from trainer.phrase.distance import Distances, Sounds, SoundTable, measure, tabulate
from trainer.phrase.espeak import speak_words
from trainer.phrase.phonemes import split_sounds
from trainer.phrase.pronunciations import Pronunciation
from trainer.phrase.sounds import gap_cost

# What a sound outside the shared part costs in the local distance, of its full weight.
ENDS = 0.35
# At HIGH people may well have said the phrase: such negatives teach the network to refuse them ("mart mirror" for
# "smart mirror" is 0.88, see the lab log). From MEDIUM on it is worth the most as a negative.
HIGH, MEDIUM = 0.82, 0.72
Level = Literal["high", "medium", "low"]
# How far a near miss must be from the phrase, in sounds. A real word is another word to people, so half a sound is
# enough: a clear other consonant (p for k is 0.6), not the vowel changes of an accent (ɪ for ə is 0.45). What is no
# word people rather hear as the phrase, said carelessly: there a whole sound must be missing (0.8), or two changed.
# People forgive more in long phrases, so the distance is at least a share of the phrase's sounds, too.
LEAST = {"word": (0.5, 0.1), "swap": (0.5, 0.1), "part": (0.75, 0.16), "mutation": (0.75, 0.16),
         "rhythm": (0.5, 0.1), "wake word": (0.5, 0.1)}  # fmt: skip


@dataclass(frozen=True)
class Likeness:
    """A text beside the phrase.

    Attributes:
        text: what it is, for people.
        ipa: how it is said.
        similarity: how much of the phrase is heard in it: 1 is all of it, 0 none.
        level: "high" from `HIGH` on, "medium" from `MEDIUM` on, else "low".
        reason: why it is quarantined; empty where it may be trained as a negative.
    """

    text: str
    ipa: str
    similarity: float
    level: Level
    reason: str = ""


@dataclass(frozen=True)
class Target:
    """The phrase as a target of distances: all its pronunciations."""

    sounds: tuple[Sounds, ...]

    def local(self, table: SoundTable) -> Distances:
        """Local edit distance of every row to the nearest pronunciation."""
        nearest: Distances = np.min([measure(table, s, ENDS, ENDS) for s in self.sounds], axis=0)
        return nearest

    def similarities(self, table: SoundTable) -> Distances:
        """Return how much of the phrase is heard in every row, 0..1, float32 [rows], by the likest pronunciation.

        It is 1 less the share of the phrase's sounds, by their weight, that must be changed to find it anywhere
        within the row: whatever else is said before and after does not make the phrase another.
        """
        shares = [measure(table, s, 1.0, 0.0) / sum(map(gap_cost, s)) for s in self.sounds]
        likest: Distances = np.clip(1 - np.min(shares, axis=0), 0, 1).round(3)
        return likest

    def allows(self, table: SoundTable, why: str) -> NDArray[np.bool_]:
        """Say of every row whether no part of it could be taken for the phrase; bool [rows]."""
        limits = [least_distance(why, sounds) for sounds in self.sounds]
        far = [measure(table, s, 1.0, 0.0) >= limit for s, limit in zip(self.sounds, limits, strict=True)]
        allowed: NDArray[np.bool_] = np.all(far, axis=0) & (self.similarities(table) < HIGH)
        return allowed


def least_distance(why: str, phrase: Sounds) -> float:
    """Return how far a near miss of a kind must be from a pronunciation of the phrase, in sounds."""
    least, share = LEAST[why]
    return max(least, share * len(phrase))


def find_target(pronunciations: Sequence[Pronunciation]) -> Target:
    """Return the phrase's target."""
    return Target(tuple(dict.fromkeys(split_sounds(p.ipa) for p in pronunciations)))


def judge(items: Sequence[tuple[str, str]], target: Target) -> list[Likeness]:
    """Score texts, each with its IPA; in the order given. Those at `HIGH` are quarantined."""
    table = tabulate([split_sounds(ipa) for _, ipa in items])
    scores: list[float] = target.similarities(table).astype(float).round(3).tolist() if items else []
    return [_likeness(text, ipa, score) for (text, ipa), score in zip(items, scores, strict=True)]


def judge_texts(texts: Sequence[str], target: Target, voice: str) -> list[Likeness]:
    """Score texts as the espeak-ng voice would say them; in the order given."""
    return judge(list(zip(texts, speak_words(texts, voice), strict=True)), target)


def _likeness(text: str, ipa: str, score: float) -> Likeness:
    if score >= HIGH:
        reason = "the phrase is heard in it" if score >= 1 else f"{score:.0%} of the phrase is heard in it"
        return Likeness(text, ipa, score, "high", reason)
    return Likeness(text, ipa, score, "medium" if score >= MEDIUM else "low")
