"""Running text that voices speak as negatives: household talk, and words by frequency for every language."""

from collections.abc import Callable, Iterator
from itertools import islice, pairwise

import numpy as np

from trainer.core.seeds import generator
from trainer.errors import PhraseError
from trainer.phrase.household import has_household, make_sentence
from trainer.phrase.language import normalise_text
from trainer.phrase.lexicon import read_lexicon

SHORTEST, LONGEST = 6, 14
# Languages that are written without spaces.
_UNSPACED = frozenset(("zh", "yue", "ja", "th", "my", "shn", "hak"))
# Words are drawn by frequency to this power: by 1 every text would be made of the same hundred words.
_FLATTEN = 0.6
# Share of sentences that make sense, where there are such.
_SENSIBLE = 0.6
_VOICED_NUMBERS = 1000


def sentences(language: str, count: int, seed: int, avoid: str = "") -> list[str]:
    """Return `count` texts of 6 to 14 words, all different, that do not hold `avoid` nor two of its words in a row.

    A text is the same for the same seed, however many are asked for. Where a language has no word list, the words are
    those of others in its script, or numbers.
    """
    phrase = _Phrase(avoid)
    fine = (text for text in _texts(language.split("-")[0], seed) if not phrase.occurs_in(text))
    return list(islice(_different(fine), count))


class _Phrase:
    """What must not be said."""

    def __init__(self, text: str) -> None:
        self.text = _plain(text)
        self.words = frozenset(self.text.split())

    def occurs_in(self, sentence: str) -> bool:
        """Say whether the phrase, or two of its words in a row, is in the sentence."""
        if not self.text:
            return False
        plain = _plain(sentence)
        words = plain.split()
        neighbours = any(a in self.words and b in self.words for a, b in pairwise(words))
        return neighbours or self.text.replace(" ", "") in plain.replace(" ", "")


def _plain(text: str) -> str:
    try:
        return normalise_text(text)
    except PhraseError:
        return ""


def _different(texts: Iterator[str]) -> Iterator[str]:
    seen: set[str] = set()
    for text in texts:
        if text not in seen:
            seen.add(text)
            yield text


def _texts(language: str, seed: int) -> Iterator[str]:
    random = generator(seed, "sentences", language)
    salad = _salad(language, random)
    sensible = _SENSIBLE if has_household(language) else 0.0
    while True:
        yield make_sentence(random, language) if sensible and random.random() < sensible else salad()


def _salad(language: str, random: np.random.Generator) -> Callable[[], str]:
    """Return a maker of word salads: words drawn by frequency."""
    lexicon = read_lexicon(language)
    words = lexicon.words or tuple(map(str, range(_VOICED_NUMBERS)))
    weights = np.array(lexicon.shares or [1.0] * len(words)) ** _FLATTEN
    sums = np.cumsum(weights / weights.sum())
    between = "" if language in _UNSPACED and lexicon.words else " "

    def salad() -> str:
        size = int(random.integers(SHORTEST, LONGEST + 1))
        drawn = np.searchsorted(sums, random.random(size)).clip(max=len(words) - 1)
        return between.join(words[i] for i in drawn)

    return salad
