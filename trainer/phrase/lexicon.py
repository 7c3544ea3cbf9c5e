"""The words of a language with their frequency, from wordfreq, and how they sound."""

import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from itertools import islice

import numpy as np
import platformdirs
from numpy.typing import NDArray

from trainer.core.fingerprint import fingerprint
from trainer.core.folders import write_whole
from trainer.errors import ResourceError
from trainer.phrase.distance import SoundTable, tabulate
from trainer.phrase.espeak import speak_words
from trainer.phrase.phonemes import split_sounds
from trainer.phrase.scripts import main_script, name_script

LARGEST = 30_000
_END = "end"  # the last line of a file of spoken words
# Languages whose wordfreq list has another name.
_LISTS = {"bs": "sh", "hr": "sh", "yue": "zh", "hak": "zh", "no": "nb", "nn": "nb"}
# Where a language has no list, the words of others in the same script, read by its own voice: their sounds are
# its own, though few are its words.
_BORROWED = {"LATIN": ("id", "es", "en"), "CYRILLIC": ("ru", "mk"), "DEVANAGARI": ("hi",), "ARABIC": ("fa", "ar"),
             "CJK": ("zh",), "HEBREW": ("he",), "GREEK": ("el",)}  # fmt: skip


@dataclass(frozen=True)
class Lexicon:
    """Words in falling frequency.

    Attributes:
        words: text.
        shares: share of running text of each, by the side of `words`.
        borrowed: the words are those of other languages.
    """

    words: tuple[str, ...]
    shares: tuple[float, ...]
    borrowed: bool = False


@dataclass(frozen=True)
class SpokenLexicon:
    """Words with their IPA and their sounds, row by row; words that the voice cannot say are left out."""

    words: tuple[str, ...]
    ipa: tuple[str, ...]
    sounds: SoundTable
    lengths: NDArray[np.int16]


def has_words(language: str) -> bool:
    """Say whether there is a frequency list of the language's own."""
    import wordfreq

    return _LISTS.get(language, language) in wordfreq.available_languages("small")


@lru_cache(maxsize=32)
def read_frequencies(language: str) -> dict[str, float]:
    """Return the share of running text of each word, from the smaller list; empty where there is none."""
    import wordfreq

    if not has_words(language):
        return {}
    return dict(wordfreq.get_frequency_dict(_LISTS.get(language, language), "small"))


@lru_cache(maxsize=16)  # the phrase's language and the ten that spoken negatives are in, with room
def read_lexicon(language: str) -> Lexicon:
    """Return the words of the language, or borrowed ones of its script; empty where there are none either."""
    import wordfreq

    own, script = has_words(language), main_script(language)
    shares: dict[str, float] = {}
    for source in (language,) if own else _BORROWED.get(script, ()):
        frequencies = wordfreq.get_frequency_dict(_LISTS.get(source, source), "best")
        frequent = sorted(frequencies.items(), key=lambda item: (-item[1], item[0]))
        for word, share in islice((item for item in frequent if _is_word(item[0], script)), LARGEST):
            shares[word] = max(share, shares.get(word, 0.0))
    ranked = sorted(shares.items(), key=lambda item: (-item[1], item[0]))[:LARGEST]
    return Lexicon(tuple(w for w, _ in ranked), tuple(s for _, s in ranked), borrowed=not own)


@lru_cache(maxsize=4)
def speak_lexicon(language: str, voice: str) -> SpokenLexicon:
    """Return how the voice says every word."""
    spoken = spoken_words(language, voice)
    rows = [(word, ipa, sounds) for word, ipa in spoken if 1 < len(sounds := split_sounds(ipa)) <= 20]
    return SpokenLexicon(
        tuple(word for word, _, _ in rows),
        tuple(ipa for _, ipa, _ in rows),
        tabulate([sounds for _, _, sounds in rows]),
        np.array([len(sounds) for _, _, sounds in rows], np.int16),
    )


def spoken_words(language: str, voice: str) -> list[tuple[str, str]]:
    """Return every word with its IPA. To speak them takes a second or more, so they are kept for the next process."""
    versions = [version(package) for package in ("wordfreq", "piper-tts")]
    key = fingerprint(language, voice, LARGEST, *versions)
    path = platformdirs.user_cache_path("wakesmith") / "lexicons" / f"{voice}-{key[:16]}.tsv"
    try:
        *rows, end = path.read_text(encoding="utf-8").split("\n")
        if end == _END:
            return [(word, ipa) for word, _, ipa in (row.partition("\t") for row in rows)]
    except (OSError, ValueError):
        pass  # not kept yet, or damaged
    words = read_lexicon(language).words
    spoken = list(zip(words, speak_words(words, voice), strict=True))
    with suppress(OSError, ResourceError):  # it is only slower without
        write_whole(path, "".join(f"{word}\t{ipa}\n" for word, ipa in spoken) + _END)
    return spoken


def _is_word(word: str, script: str) -> bool:
    """Say whether the entry is a word of the script: letters and marks alone. Japanese words are those in kana."""
    scripts = ("HIRAGANA", "KATAKANA") if script == "HIRAGANA" else (script,)
    return all(unicodedata.category(c)[0] == "M" or name_script(c) in scripts for c in word)
