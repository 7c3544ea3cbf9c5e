"""What is said as the phrase is, alone and in its rhythm, and sounds unlike it.

Near misses teach which sounds matter; these teach that the rhythm is not enough. Of networks that had heard other
words in running speech alone, some took "alexa" for "athena" (see the lab log).
"""

from collections.abc import Iterator
from itertools import islice

import numpy as np

from trainer.phrase.espeak import speak_words
from trainer.phrase.lexicon import SpokenLexicon
from trainer.phrase.phonemes import split_ipa
from trainer.phrase.sounds import is_vowel

# Wake words of devices that may stand in the same house.
WAKE_WORDS = ("alexa", "hey siri", "ok google", "okay google", "hey google", "okay nabu", "hey jarvis", "hey mycroft",
              "hey cortana", "hi bixby", "computer", "echo")  # fmt: skip

COMMON = 10_000  # words in falling frequency that people know and say


def speak_wake_words(voice: str) -> list[tuple[str, str]]:
    """Return other devices' wake words as text and IPA, as the voice reads them."""
    return list(zip(WAKE_WORDS, speak_words(WAKE_WORDS, voice), strict=True))


def find_bystanders(
    parts: list[str], lexicon: SpokenLexicon, count: int, random: np.random.Generator
) -> list[tuple[str, str]]:
    """Return words, for each of the phrase's words one of its rhythm, as text and IPA: at most `count`, drawn.

    Args:
        parts: IPA of the phrase's words.
    """
    queues = [_of_rhythm(rhythm_of(part), lexicon, random) for part in parts]
    rows = islice(zip(*queues, strict=False), count)
    return [(" ".join(text for text, _ in row), " ".join(ipa for _, ipa in row)) for row in rows]


def rhythm_of(ipa: str) -> tuple[bool, ...]:
    """Return for each syllable whether it bears the main stress."""
    rhythm: list[bool] = []
    stressed = False
    for segment in split_ipa(ipa):
        stressed |= "ˈ" in segment.before
        if is_vowel(segment.sound):
            rhythm.append(stressed)
            stressed = False
    return tuple(rhythm)


def _of_rhythm(
    rhythm: tuple[bool, ...], lexicon: SpokenLexicon, random: np.random.Generator
) -> Iterator[tuple[str, str]]:
    for place in random.permutation(min(len(lexicon.words), COMMON)):
        if rhythm_of(lexicon.ipa[place]) == rhythm:
            yield lexicon.words[place], lexicon.ipa[place]
