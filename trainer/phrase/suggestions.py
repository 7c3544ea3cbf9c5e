"""Better phrases made of one that is not good: each is judged as the phrase was, and must fare better (N5)."""

from collections.abc import Iterator
from itertools import islice

from trainer.phrase.advice import NAMES, Advice, advise
from trainer.phrase.espeak import speak_ipa
from trainer.phrase.greetings import suggested_greetings
from trainer.phrase.phonemes import count_syllables
from trainer.phrase.pronunciations import Pronunciation
from trainer.phrase.scripts import main_script

_LEVELS = ("good", "fair", "poor")
_TRIED = 6  # each costs a comparison with the whole dictionary


def suggest_better(text: str, language: str, voice: str, advice: tuple[Advice, ...], count: int = 4) -> list[str]:
    """Return at most `count` phrases whose worst advice is better than this phrase's, the best first."""
    own = _LEVELS.index(advice[0].level)
    if own == 0:
        return []
    judged = (
        (_judge(candidate, language, voice), candidate) for candidate in islice(_candidates(text, language), _TRIED)
    )
    better = sorted((level for level in judged if level[0] < own), key=lambda pair: pair[0])
    return [candidate for _, candidate in better[:count]]


def _candidates(text: str, language: str) -> Iterator[str]:
    """Yield shorter forms of a long phrase; short ones with a greeting before them or a name after them."""
    words = text.split()
    if len(words) > 2:
        yield " ".join(words[:2])
        yield " ".join(words[-2:])
    greetings = suggested_greetings(language)
    if words[0] not in greetings:
        for greeting in greetings:
            yield f"{greeting} {text}"
    if main_script(language) == "LATIN":
        for name in NAMES:
            if name not in words:
                yield f"{text} {name}"
                yield f"{words[0]} {name}" if len(words) > 1 else f"{name} {text}"


def _judge(text: str, language: str, voice: str) -> int:
    """Return the place of the phrase's level in `_LEVELS`, beyond them where its length is wrong."""
    ipa = speak_ipa(text, voice)
    if not 3 <= count_syllables(ipa) <= 6:
        return len(_LEVELS)
    return _LEVELS.index(advise(text, language, voice, (Pronunciation(ipa, "espeak", voice),))[0].level)
