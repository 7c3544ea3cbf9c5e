"""What could be taken for the phrase and is not: words, parts of it, the phrase with other sounds (N7); bystanders.

All are ranked by local edit distance: the sounds that a word shares with a part of the phrase, one beside the other,
count in full, what lies outside that part only by `ENDS`. Nothing that a person would take for the phrase is kept
(`Target.allows`); real words and phrases that are left out for it are listed.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, permutations

import numpy as np
from numpy.typing import NDArray

from trainer.core.seeds import generator
from trainer.phrase.bystanders import find_bystanders, speak_wake_words
from trainer.phrase.distance import Sounds, measure, tabulate
from trainer.phrase.lexicon import SpokenLexicon, speak_lexicon
from trainer.phrase.mutations import mutate
from trainer.phrase.phonemes import count_syllables, split_ipa, split_sounds
from trainer.phrase.pronunciations import Pronunciation
from trainer.phrase.similarity import Likeness, Target, find_target, judge
from trainer.phrase.sounds import is_vowel

QUARANTINED = 40  # that are listed: the likest
# Share of each kind among the near misses.
SHARES = {"word": 0.3, "swap": 0.15, "part": 0.1, "mutation": 0.15, "rhythm": 0.25, "wake word": 0.05}


@dataclass(frozen=True)
class NearMiss:
    """Something to be spoken that the model must not wake on.

    Attributes:
        text: what it is, for people; IPA between slashes where it has no spelling.
        ipa: what the voices say, in the notation of `Pronunciation.ipa`.
        distance: local edit distance to the nearest pronunciation, in sounds.
        why: "word" of the dictionary, "part" of the phrase, "swap" of a word or of the order, "mutation" of sounds;
            "rhythm" of other words that are the phrase's, and "wake word" of another device, which are not near.
    """

    text: str
    ipa: str
    distance: float
    why: str


def find_near_misses(
    text: str,
    pronunciations: tuple[Pronunciation, ...],
    language: str,
    voice: str,
    count: int,
    seed: int,
) -> tuple[tuple[NearMiss, ...], tuple[Likeness, ...]]:
    """Return at most `count` near misses, and what is quarantined: words and swaps that are too near.

    Near misses: kinds mixed by `SHARES`, near ones first, the same for the same seed. Quarantined: the likest first.
    """
    target = find_target(pronunciations)
    lexicon = speak_lexicon(language, voice)
    allowed = target.allows(lexicon.sounds, "word")
    spoken = [_split_words(p.ipa) for p in pronunciations]
    names = text.split()
    if any(len(parts) != len(names) for parts in spoken):
        names = []  # numbers and scripts without spaces: which sounds belong to which word is not known
    inventory = {sound for p in pronunciations for sound in split_sounds(p.ipa)} | set(_common_sounds(lexicon))
    mutations = mutate(split_ipa(pronunciations[0].ipa), sorted(inventory), generator(seed, "mutations"))
    rhythms = generator(seed, "rhythms")
    kinds: list[tuple[str, float, Iterable[tuple[str, str]]]] = [
        ("word", SHARES["word"], _words(lexicon, target, allowed, count * 2)),
        ("part", SHARES["part"], _parts(names, spoken)),
        ("mutation", SHARES["mutation"], ((f"/{ipa.strip()}/", ipa) for ipa in islice(mutations, count * 6))),
        ("rhythm", SHARES["rhythm"], find_bystanders(spoken[0], lexicon, int(count * SHARES["rhythm"]), rhythms)),
        ("wake word", SHARES["wake word"], speak_wake_words(voice)),
    ]
    if len(names) > 1:
        kinds.append(("swap", SHARES["swap"] * 0.1, _reorder(names, spoken[0])))
        # Long words carry the phrase: more of their rivals are worth hearing.
        for place, part in enumerate(spoken[0]):
            share = SHARES["swap"] * 0.9 * len(part) / sum(map(len, spoken[0]))
            kinds.append(("swap", share, _replace(names, spoken[0], place, lexicon, count)))
    listed = [(why, share, list(items)) for why, share, items in kinds]
    ranked = [(share, _rank(items, why, target)) for why, share, items in listed]
    near = [(lexicon.words[i], lexicon.ipa[i]) for i in np.flatnonzero(~allowed)]
    swaps = [item for why, _, items in listed if why == "swap" for item in items]
    return tuple(_deal(ranked, count, seed)), _quarantine([*near, *swaps], {text, *text.split()}, target)


def _quarantine(items: list[tuple[str, str]], own: set[str], target: Target) -> tuple[Likeness, ...]:
    """Return those of the candidates that are too near, the likest first; the phrase's own words are no news."""
    judged = sorted(judge(items, target), key=lambda one: (-one.similarity, one.text))
    return tuple(islice((one for one in judged if one.reason and one.text not in own), QUARANTINED))


def _words(
    lexicon: SpokenLexicon, target: Target, allowed: NDArray[np.bool_], count: int
) -> Iterator[tuple[str, str]]:
    """Yield words near the phrase or a part of it, the nearest first, one a stem, as text and IPA."""
    if not lexicon.words:
        return iter(())
    distances = target.local(lexicon.sounds)
    distances[~allowed] = np.inf
    # Words of one or two sounds are part of everything that is said.
    shortest = min(map(len, target.sounds))
    distances[lexicon.lengths < max(2, min(3, shortest - 1))] = np.inf
    order = np.argsort(distances, kind="stable")[: min(count * 8, int(np.isfinite(distances).sum()))]
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


def _reorder(names: list[str], parts: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the phrase's words in other orders."""
    for order in islice(permutations(range(len(names))), 1, 7):
        yield " ".join(names[i] for i in order), " ".join(parts[i] for i in order)


def _replace(
    names: list[str], parts: list[str], place: int, lexicon: SpokenLexicon, count: int
) -> Iterator[tuple[str, str]]:
    """Yield the phrase with one of its words replaced by words that sound like it."""
    if not lexicon.words:
        return
    order = np.argsort(measure(lexicon.sounds, split_sounds(parts[place])), kind="stable")[: count * 3]
    close = _one_a_stem((lexicon.words[i], lexicon.ipa[i]) for i in order)
    for word, ipa in islice(close, count):
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
    # More accents of the same half would leave no room for others.
    for parts in spoken[:2]:
        segments = split_ipa(" ".join(parts))
        for size in range(min(3, len(segments) // 2 + 1), len(segments)):
            beginning, end = segments[:size], segments[-size:]
            # A person who says only the end begins at a syllable.
            for piece in [beginning] + [end] * any(is_vowel(segment.sound) for segment in end[:2]):
                ipa = "".join(map(str, piece)).strip()
                if count_syllables(ipa):
                    yield f"/{ipa}/", ipa


def _rank(items: list[tuple[str, str]], why: str, target: Target) -> list[NearMiss]:
    """Leave out what could be taken for the phrase, and sort: the nearest first."""
    sounds = [split_sounds(ipa) for _, ipa in items]
    if not items:
        return []
    table = tabulate(sounds)
    distances, allowed = target.local(table), target.allows(table, why)
    heard: dict[Sounds, NearMiss] = {}
    for (text, ipa), row, distance, fine in zip(items, sounds, distances, allowed, strict=True):
        if fine:
            heard.setdefault(row, NearMiss(text, ipa, round(float(distance), 3), why))
    return sorted(heard.values(), key=lambda miss: (miss.distance, miss.text))


def _deal(ranked: list[tuple[float, list[NearMiss]]], count: int, seed: int) -> Iterator[NearMiss]:
    """Deal kinds in turn by their shares, each kind's nearest first; where one runs out the others go on."""
    queues = [
        (share, deque(_thin(misses, int(count * share), generator(seed, "near misses", number))))
        for number, (share, misses) in enumerate(ranked)
    ]
    turns = [0] * len(queues)
    heard: set[Sounds] = set()
    while len(heard) < count and any(queue for _, queue in queues):
        left = [number for number, (_, queue) in enumerate(queues) if queue]
        number = min(left, key=lambda n: (turns[n] + 1) / queues[n][0])
        turns[number] += 1
        miss = queues[number][1].popleft()
        if (sounds := split_sounds(miss.ipa)) not in heard:
            heard.add(sounds)
            yield miss


def _thin(misses: list[NearMiss], wanted: int, random: np.random.Generator) -> list[NearMiss]:
    """Return the nearer half of `wanted`, then a draw from twice the other half, then what is left.

    So the nearest are always there, and seeds differ in the rest.
    """
    near, pool, rest = misses[: wanted // 2], misses[wanted // 2 : wanted * 3 // 2], misses[wanted * 3 // 2 :]
    drawn = set(random.permutation(len(pool))[: wanted - len(near)].tolist())
    taken = [miss for number, miss in enumerate(pool) if number in drawn]
    return near + taken + [miss for number, miss in enumerate(pool) if number not in drawn] + rest


def _split_words(ipa: str) -> list[str]:
    return [part for part in ipa.split(" ") if split_sounds(part)]


def _common_sounds(lexicon: SpokenLexicon, least: float = 0.001) -> list[str]:
    """Return the sounds of the language: those that make up a thousandth of its dictionary or more."""
    numbers = lexicon.sounds.rows[lexicon.sounds.rows >= 0]
    counts = np.bincount(numbers, minlength=len(lexicon.sounds.names))
    return [name for name, n in zip(lexicon.sounds.names, counts, strict=True) if n > least * max(1, counts.sum())]
