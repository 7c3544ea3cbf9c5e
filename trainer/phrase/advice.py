"""How good a wake word the phrase is, and what would be better (N5)."""

from dataclasses import dataclass, field, replace
from typing import Literal

from trainer.errors import PhraseError, Values
from trainer.phrase.bystanders import WAKE_WORDS
from trainer.phrase.espeak import speak_ipa
from trainer.phrase.greetings import suggested_greetings
from trainer.phrase.lexicon import read_frequencies, speak_lexicon
from trainer.phrase.phonemes import count_syllables, split_sounds
from trainer.phrase.pronunciations import Pronunciation
from trainer.phrase.rivals import find_rivals, rank_rarity
from trainer.phrase.scripts import find_script, main_script
from trainer.phrase.sounds import is_vowel

# The model hears about two seconds, and a voice says five syllables in one.
SECONDS_A_SYLLABLE = 0.2
LONGEST_S, LONGEST_WORDS = 3.0, 8
# Seconds beyond which the phrase's beginning starts to leave what the model hears.
_COMFORTABLE_S = 1.6
# Share of running text above which a word is heard many times a day: about every 3,000th and every 30,000th word.
_EVERYDAY, _COMMON = 3e-4, 3e-5
# The same for the rarest of several words: together they come up less often than each.
_EVERYDAY_TOGETHER = 1e-4
# Share of the dictionary below which the sounds of a phrase are called common.
_PREDICTABLE = 0.08
# Names of two and three syllables that few people bear.
NAMES = ("jarvis", "minerva", "otto")
_ALPHABETS = ("LATIN", "CYRILLIC", "GREEK")  # whose letters have names that differ from their sounds


@dataclass(frozen=True)
class Advice:
    """One thing to know about the phrase; `values` is what it names. The worst level of all is the phrase's own."""

    level: Literal["good", "fair", "poor"]
    code: str
    message: str
    hint: str = ""
    values: Values = field(default_factory=dict)


def estimate_seconds(syllables: int) -> float:
    """Return about how long the phrase takes to say."""
    return round(syllables * SECONDS_A_SYLLABLE + 0.1, 2)


def check_length(text: str, syllables: int) -> None:
    """Refuse a phrase that is longer than the model can hear.

    Raises:
        PhraseError: more than `LONGEST_WORDS` words or about `LONGEST_S` seconds.
    """
    words, seconds = len(text.split()), estimate_seconds(syllables)
    if words > LONGEST_WORDS or seconds > LONGEST_S:
        short = " ".join(text.split()[:2])
        raise PhraseError(
            f"the phrase is too long for a wake word: {words} words, {syllables} syllables, about {seconds:.1f} s. "
            f"At most {LONGEST_WORDS} words and {LONGEST_S:.0f} s are allowed; the model hears about two seconds",
            hint=f"Choose two or three words, three to six syllables, for example {short!r}."
            if len(text.split()) > 2
            else "Choose two or three short words, three to six syllables together.",
            code="phrase_long",
            values={
                "words": words,
                "syllables": syllables,
                "seconds": round(seconds, 1),
                "most_words": LONGEST_WORDS,
                "most_seconds": LONGEST_S,
            },
        )


def advise(text: str, language: str, voice: str, pronunciations: tuple[Pronunciation, ...]) -> tuple[Advice, ...]:
    """Return what is to be said about the phrase, the gravest first; never empty."""
    syllables = min(count_syllables(p.ipa) for p in pronunciations)
    sounds = min(len(set(split_sounds(p.ipa))) for p in pronunciations)
    found = [
        *_on_length(syllables, sounds),
        *(_on_spelling(text, voice) if pronunciations[0].source == "espeak" else ()),
        *_on_frequency(text, language),
        *_on_sound(text, split_sounds(pronunciations[0].ipa), language, voice),
    ]
    if (better := suggest(text, language, voice)) and (found and syllables <= 2):
        found[0] = replace(found[0], hint=f"{found[0].hint} For example: {', '.join(map(repr, better))}.")
    if text in WAKE_WORDS:
        found.append(
            Advice(
                "fair",
                "taken",
                f"{text!r} is the wake word of other devices too: all that hear it will answer.",
                "Fine where this is the only one in the house.",
                {"phrase": text},
            )
        )
    if not found:
        message = f"{syllables} syllables, {sounds} different sounds: a good wake word."
        found.append(Advice("good", "good", message, values={"syllables": syllables, "sounds": sounds}))
    return tuple(sorted(found, key=lambda advice: ("poor", "fair", "good").index(advice.level)))


def suggest(text: str, language: str, voice: str) -> tuple[str, ...]:
    """Return longer phrases made of this one that have three to six syllables as the voice says them."""
    words = text.split()
    greetings = suggested_greetings(language)
    if set(words) & set(greetings):
        candidates = [f"{text} {name}" for name in NAMES] if main_script(language) == "LATIN" else []
    else:
        candidates = [f"{greeting} {text}" for greeting in greetings]
    return tuple(c for c in candidates if 3 <= count_syllables(speak_ipa(c, voice)) <= 6)


def _on_length(syllables: int, sounds: int) -> list[Advice]:
    seconds = estimate_seconds(syllables)
    if syllables == 0:
        return [
            Advice(
                "poor",
                "no_vowel",
                "It is read without a single vowel: that is rarely how people say it.",
                "Spell it as it is spoken, or give the sounds with --say.",
            )
        ]
    if syllables <= 1:
        return [
            Advice(
                "poor",
                "one_syllable",
                "One syllable is heard in many other words: expect many false wakes or many missed ones.",
                "Choose three to six syllables.",
            )
        ]
    if syllables == 2:
        return [
            Advice(
                "fair",
                "two_syllables",
                "Two syllables leave little to tell the phrase from other words.",
                "Three to six syllables work better.",
            )
        ]
    if seconds > _COMFORTABLE_S:
        return [
            Advice(
                "fair",
                "long",
                f"{syllables} syllables take about {seconds:.1f} s: slow speakers may be missed.",
                "Three to six syllables work better.",
                {"syllables": syllables, "seconds": round(seconds, 1)},
            )
        ]
    if sounds < 4:
        return [
            Advice(
                "fair",
                "few_sounds",
                f"Only {sounds} different sounds: it resembles much else.",
                "Vary the syllables.",
                {"sounds": sounds},
            )
        ]
    return []


def _on_spelling(text: str, voice: str) -> list[Advice]:
    """Warn of words that are read letter by letter: abbreviations, and what the voice cannot read."""
    words = [word for word in text.split() if len(word) > 1 and find_script(word) in _ALPHABETS]
    spelled = [word for word in words if _vowels(word, voice) == _vowels(" ".join(word), voice)]
    if not spelled:
        return []
    return [
        Advice(
            "fair",
            "spelled_out",
            f"{', '.join(map(repr, spelled))}: read letter by letter.",
            "If you say it otherwise, spell it as it is spoken, or give the sounds with --say.",
            {"words": ", ".join(spelled)},
        )
    ]


def _vowels(text: str, voice: str) -> list[str]:
    """Return the vowels alone: between consonants of two letters, voices slur."""
    return [sound for sound in split_sounds(speak_ipa(text, voice)) if is_vowel(sound)]


def _on_frequency(text: str, language: str) -> list[Advice]:
    frequencies = read_frequencies(language)
    rarest = min((frequencies.get(word, 0.0) for word in text.split()), default=0.0)
    what = "word" if " " not in text else "words"
    if rarest > (_EVERYDAY if " " not in text else _EVERYDAY_TOGETHER):
        level: Literal["fair", "poor"] = "poor" if " " not in text else "fair"
        return [
            Advice(
                level,
                "everyday_words",
                f"Everyday {what}: {text!r} comes up in ordinary talk, and each time the device would wake.",
                "Add a name or a rare word.",
                {"phrase": text},
            )
        ]
    if rarest > _COMMON and " " not in text:
        return [
            Advice(
                "fair",
                "common_word",
                f"{text!r} is a common word and may come up in talk.",
                "Add a second word.",
                {"phrase": text},
            )
        ]
    return []


def _on_sound(text: str, sounds: tuple[str, ...], language: str, voice: str) -> list[Advice]:
    lexicon = speak_lexicon(language, voice)
    found = []
    if rivals := find_rivals(text, sounds, lexicon, language, _COMMON):
        named = ", ".join(map(repr, rivals[:3]))
        found.append(
            Advice(
                "fair",
                "sounds_like",
                f"Sounds like common words: {named}.",
                "Add a word, or choose another.",
                {"words": ", ".join(rivals[:3])},
            )
        )
    if rank_rarity(sounds, lexicon) < _PREDICTABLE:
        found.append(
            Advice(
                "fair",
                "common_sounds",
                "Its sounds follow one another in very many words.",
                "Rarer sounds (as in 'jarvis' or 'zoe') stand out more.",
            )
        )
    return found
