"""IPA as espeak-ng writes it, to the symbols that Kokoro learnt.

Kokoro's English was written with single letters for diphthongs and affricates and without American length marks;
other languages with espeak-ng's symbols and the same letters. The table is from the phoneme set that its makers
publish (Misaki, EN_PHONES).
"""

import re
import unicodedata

from trainer.phrase.notation import phonetic

# Tried in order, longest first.
_ANY = {
    "aɪ": "I",
    "aʊ": "W",
    "eɪ": "A",
    "oʊ": "O",
    "əʊ": "Q",
    "ɔɪ": "Y",
    "dʒ": "ʤ",
    "tʃ": "ʧ",
    "ts": "ʦ",
    "dz": "ʣ",
    "tɕ": "ʨ",
    "dʑ": "ʥ",
    "g": "ɡ",
}
_ENGLISH = {
    "aɪ": "I",
    "aʊ": "W",
    "eɪ": "A",
    "oʊ": "O",
    "əʊ": "Q",
    "ɔɪ": "Y",
    "dʒ": "ʤ",
    "tʃ": "ʧ",
    "g": "ɡ",
    "ɚ": "əɹ",
    "e": "A",
    "r": "ɹ",
    "x": "k",
    "ç": "k",
    "ɐ": "ə",
    "ɬ": "l",
    "ʲ": "",
}
_AMERICAN = {"ɜːɹ": "ɜɹ", "ɜː": "ɜɹ", "ɪə": "iə", "oː": "ɔ", "ː": ""}
_BRITISH = {"eə": "ɛː", "iə": "ɪə"}
_SYLLABIC = re.compile("(\\S)\u0329")
_SYLLABIC_L = re.compile("əl(?![ˈˌaɑɒæɐəɚɛeɜiɪɔoøuʊʌᵻj])")  # "pixel", not "alexa"
_MARKS = "\u0303\u0329\u032a\u032f"  # nasal, syllabic, dental, non-syllabic: not in the English set


def kokoro_symbols(ipa: str, language: str) -> str:
    """Return Kokoro's symbols for IPA of an espeak-ng voice ("en-us"); punctuation stays."""
    text = unicodedata.normalize("NFD", ipa).replace("c\u0327", "ç").replace("͡", "").replace("^", "")
    if not language.startswith("en"):
        return _replace(phonetic(text, language), _ANY).replace("\u0329", "")
    local = _AMERICAN if language.startswith("en-us") else _BRITISH
    text = _SYLLABIC_L.sub("ᵊl", _SYLLABIC.sub("ᵊ\\1", text))
    text = _replace(text, local)
    return _replace(text, _ENGLISH).translate(dict.fromkeys(map(ord, _MARKS)))


def _replace(text: str, table: dict[str, str]) -> str:
    for old in sorted(table, key=len, reverse=True):
        text = text.replace(old, table[old])
    return text
