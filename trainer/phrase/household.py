"""Sentences as they are said around a house: patterns of a language, and words that fill them."""

import re
from collections.abc import Mapping
from types import ModuleType

import numpy as np

from trainer.phrase.households import de, en, es, fr, it, ru

# Each has WORDS, lists parted by "|", and PATTERNS with the lists' names in braces.
_HOUSEHOLDS: Mapping[str, ModuleType] = {"de": de, "en": en, "es": es, "fr": fr, "it": it, "ru": ru}
_SLOT = re.compile(r"\{(\w+)\}")


def has_household(language: str) -> bool:
    """Say whether there are sentences of the language."""
    return language in _HOUSEHOLDS


def make_sentence(random: np.random.Generator, language: str = "en") -> str:
    """Return one sentence, of 6 words or more."""
    household = _HOUSEHOLDS[language]
    pattern = household.PATTERNS[int(random.integers(len(household.PATTERNS)))]
    return _SLOT.sub(lambda slot: str(random.choice(household.WORDS[slot[1]].split("|"))), pattern)
