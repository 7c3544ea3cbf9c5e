"""What sounds like the phrase and is not: words, parts of the phrase, and the phrase with other sounds (N7).

All are ranked by local edit distance: the sounds that a word shares with a part of the phrase, one beside the other,
count in full, what lies outside that part only by `ENDS`. Nothing that a person would take for the phrase is kept:
see `least_distance`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, permutations

import numpy as np

from trainer.core.seeds import generator
from trainer.phrase.distance import Distances, Sounds, SoundTable, measure, tabulate
from trainer.phrase.lexicon import SpokenLexicon, speak_lexicon
from trainer.phrase.mutations import mutate
from trainer.phrase.phonemes import Pronunciation, Segment, count_syllables, split_ipa, split_sounds

# What a sound outside the shared part costs, of its full weight.
ENDS = 0.35
# Share of each kind among the near misses, in the order in which they are dealt.
SHARES = {"word": 0.45, "swap": 0.2, "part": 0.15, "mutation": 0.2}


@dataclass(frozen=True)
class NearMiss:
    """Something to be spoken that the model must not wake on.

    Attributes:
        text: what it is, for people; IPA between slashes where it has no spelling.
        ipa: what the voices say, in the notation of `Pronunciation.ipa`.
        distance: local edit distance to the nearest pronunciation, in sounds.
        why: "word" of the dictionary, "part" of the phrase, "swap" of a word or of the order, "mutation" of sounds.
    """

    text: str
    ipa: str
    distance: float
    why: str


def least_distance(sounds: Sounds) -> float:
    """Return how far a near miss must be from the phrase, in sounds.

    Half a sound is a clear other consonant (t for k is 0.4, p for k 0.6) and more than the vowel changes of an accent
    (ɪ for ə is 0.45). In long phrases people forgive more: 6 % of the sounds.
    """
    return max(0.5, 0.06 * len(sounds))


@dataclass(frozen=True)
class Target:
    """The phrase as a target of distances: all its pronunciations."""

    sounds: tuple[Sounds, ...]

    def local(self, table: SoundTable) -> Distances:
        """Local edit distance of every row to the nearest pronunciation."""
        return np.min([measure(table, s, ENDS, ENDS) for s in self.sounds], axis=0)

    def allows(self, table: SoundTable) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Say of every row whether no part of it could be taken for the phrase; bool [rows]."""
        return np.all([measure(table, s, 1.0, 0.0) >= least_distance(s) for s in self.sounds], axis=0)


def find_near_misses(
    text: str,
    pronunciations: tuple[Pronunciation, ...],
    language: str,
    script: str,
    voice: str,
    count: int,
    seed: int,
) -> tuple[NearMiss, ...]:
    """Return at most `count` near misses: kinds mixed by `SHARES`, near ones first, the same for the same seed."""
    target = Target(tuple(dict.fromkeys(split_sounds(p.ipa) for p in pronunciations)))
    lexicon = speak_lexicon(language, script, voice)
    words = _Words(lexicon, target)
    spoken = [_split_words(p.ipa) for p in pronunciations]
    names = text.split()
    if any(len(parts) != len(names) for parts in spoken):  # numbers, and scripts without spaces
        names = []
    inventory = {sound for p in pronunciations for sound in split_sounds(p.ipa)} | set(_common_sounds(lexicon))
    mutations = mutate(split_ipa(pronunciations[0].ipa), sorted(inventory), generator(seed, "mutations"))
    kinds = {
        "word": words.ranked(count * 2),
        "swap": _swaps(names, spoken[0], lexicon, count),
        "part": _parts(names, spoken),
        "mutation": ((f"/{ipa.strip()}/", ipa) for ipa in islice(mutations, count * 6)),
    }
    ranked = {why: _rank(list(items), why, target) for why, items in kinds.items()}
    return tuple(_deal(ranked, count, seed))


class _Words:
    """The dictionary, ranked."""

    def __init__(self, lexicon: SpokenLexicon, target: Target) -> None:
        self.lexicon, self.target = lexicon, target

    def ranked(self, count: int) -> Iterator[tuple[str, str]]:
        """Yield words near the phrase or a part of it, the nearest first, one a stem, as text and IPA."""
        lexicon = self.lexicon
        if not lexicon.words:
            return iter(())
        lengths = np.array(lexicon.lengths)
        shortest = min(map(len, self.target.sounds))
        distances = self.target.local(lexicon.sounds)
        # Words of one or two sounds are part of everything that is said.
        distances[lengths < max(2, min(3, shortest - 1))] = np.inf
        order = np.argsort(distances, kind="stable")[: count * 8]
        return islice(_one_a_stem((lexicon.words[i], lexicon.ipa[i]) for i in order), count)


def _one_a_stem(words: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Leave out inflections and homophones of words that came before: the same beginning, and a short other end."""
    stems: set[str] = set()
    heard: set[Sounds] = set()
    for word, ipa in words:
        sounds = split_sounds(ipa)
        # An ending of a third of the word, three letters at most, does not make another stem.
        stem = word[: max(4, len(word) - min(3, len(word) // 3))]
        if sounds in heard or stem in stems or any(word.startswith(s) for s in stems if len(s) >= 4):
            continue
        stems.add(stem)
        heard.add(sounds)
        yield word, ipa


def _swaps(names: list[str], parts: list[str], lexicon: SpokenLexicon, count: int) -> Iterator[tuple[str, str]]:
    """Yield the phrase's words in other orders, and with one of them replaced by a word that sounds like it."""
    if len(names) < 2 or not lexicon.words:
        return
    for order in islice(permutations(range(len(names))), 1, 6):
        yield " ".join(names[i] for i in order), " ".join(parts[i] for i in order)
    for place, part in enumerate(parts):
        distances = measure(lexicon.sounds, split_sounds(part))
        order = np.argsort(distances, kind="stable")[: count * 3]
        close = _one_a_stem((lexicon.words[i], lexicon.ipa[i]) for i in order)
        # The long words carry the phrase: more of their rivals are worth hearing.
        wanted = max(3, count * len(part) // sum(map(len, parts)))
        for word, ipa in islice((c for c in close if c[0] != names[place]), wanted):
            yield (
                " ".join([*names[:place], word, *names[place + 1 :]]),
                " ".join([*parts[:place], ipa, *parts[place + 1 :]]),
            )


def _parts(names: list[str], spoken: list[list[str]]) -> Iterator[tuple[str, str]]:
    """Yield runs of whole words, then beginnings and ends of the phrase that hold a vowel."""
    for parts in spoken:
        runs = [(a, b) for a in range(len(parts)) for b in range(a + 1, len(parts) + 1) if b - a < len(parts)]
        for first, last in runs:
            ipa = " ".join(parts[first:last])
            yield " ".join(names[first:last]) if names else f"/{ipa}/", ipa
    for parts in spoken:
        segments = split_ipa(" ".join(parts))
        for size in range(2, len(segments)):
            for piece in (segments[:size], segments[-size:]):
                ipa = "".join(map(str, piece)).strip(" ")
                if count_syllables(ipa):
                    yield f"/{ipa}/", ipa


def _rank(items: list[tuple[str, str]], why: str, target: Target) -> list[NearMiss]:
    """Leave out what could be taken for the phrase, and sort: the nearest first."""
    sounds = [split_sounds(ipa) for _, ipa in items]
    if not items:
        return []
    table = tabulate(sounds)
    distances, allowed = target.local(table), target.allows(table)
    heard: dict[Sounds, NearMiss] = {}
    for (text, ipa), row, distance, fine in zip(items, sounds, distances, allowed, strict=True):
        if fine:
            heard.setdefault(row, NearMiss(text, ipa, round(float(distance), 3), why))
    return sorted(heard.values(), key=lambda miss: (miss.distance, miss.text))


def _deal(ranked: dict[str, list[NearMiss]], count: int, seed: int) -> Iterator[NearMiss]:
    """Deal kinds in turn by their shares, each kind's nearest first; where one runs out the others go on.

    The nearer half of what a kind gives is taken whole, the rest drawn from twice as many, so that seeds differ.
    """
    queues = {why: _thin(misses, int(count * SHARES[why]), seed, why) for why, misses in ranked.items()}
    dealt = dict.fromkeys(queues, 0)
    heard: set[Sounds] = set()
    while len(heard) < count and any(queues.values()):
        why = min((w for w in queues if queues[w]), key=lambda w: (dealt[w] + 1) / SHARES[w])
        miss = queues[why].pop(0)
        dealt[why] += 1
        if (sounds := split_sounds(miss.ipa)) not in heard:
            heard.add(sounds)
            yield miss


def _thin(misses: list[NearMiss], wanted: int, seed: int, why: str) -> list[NearMiss]:
    """Return the nearer half of `wanted`, then a draw from the next, then what is left, each by distance."""
    near, pool, rest = misses[: wanted // 2], misses[wanted // 2 : wanted * 3 // 2], misses[wanted * 3 // 2 :]
    size = min(len(pool), wanted - len(near))
    drawn = set(generator(seed, "near misses", why).choice(len(pool), size, replace=False).tolist()) if pool else set()
    taken = [miss for i, miss in enumerate(pool) if i in drawn]
    left = [miss for i, miss in enumerate(pool) if i not in drawn]
    return near + taken + left + rest


def _split_words(ipa: str) -> list[str]:
    return [part for part in ipa.split(" ") if split_sounds(part)]


def _common_sounds(lexicon: SpokenLexicon, least: float = 0.001) -> list[str]:
    """Return the sounds of the language: those that make up a thousandth of its dictionary or more."""
    numbers = lexicon.sounds.rows[lexicon.sounds.rows >= 0]
    counts = np.bincount(numbers, minlength=len(lexicon.sounds.names))
    return [name for name, n in zip(lexicon.sounds.names, counts, strict=True) if n > least * max(1, counts.sum())]


__all__ = ["NearMiss", "Segment", "find_near_misses", "least_distance"]
