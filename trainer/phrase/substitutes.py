"""The nearest sounds that a speaker knows, in place of those that were never learnt.

It is what people do with foreign words, and what voices must do that were taught another language.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Set
from functools import lru_cache

from trainer.phrase.espeak import find_voice
from trainer.phrase.lexicon import spoken_words
from trainer.phrase.sounds import distance_table, is_letter, is_vowel

# What a sound is taken for before its neighbours in the mouth are asked: an r is an r however it is made, and the
# choices of loan words, the first that is known.
_HEARD_AS = dict.fromkeys("rɹʁɾʀɻɽ", "rɹʁɾʀɻɽ") | {
    "x": "χhk", "χ": "xhk", "ç": "ɕʃ", "ɣ": "ɡ", "ɲ": "n", "ʎ": "l", "ɭ": "l", "ʟ": "l", "ʝ": "j", "ɥ": "w", "ʉ": "u",
    "ʔ": "", "ʕ": "", "ə": "ɐʌɜa", "ɐ": "əʌa", "ʌ": "ɐəa", "ɜ": "ɐə", "β": "bv", "ʍ": "w", "ɒ": "ɔɑ", "ɑ": "a",
}  # fmt: skip
_SILENT = "ʔʕ"  # stops in the throat, which those who lack them leave out
# Share of the letters in a dictionary below which a voice has hardly heard one.
_LEARNT = 1e-4
# espeak-ng's glide between two vowels, which is no palatal mark ("piano").
_LINK = re.compile("(?<=[aeiouyæøœɐɑɔəɛɜɪʊʌ])ʲ")
_NASAL, _CEDILLA = "\u0303", "\u0327"
_NO_GLIDE = "iɪɨj"


def substitute(ipa: str, known: Set[str]) -> str:
    """Return the IPA in the letters that are known, in NFD save ç: vowels for vowels, consonants for consonants.

    An unknown palatal mark becomes a glide where a vowel other than i follows, an unknown nasal one an n. Stress,
    length, punctuation and whatever else is no letter stay.
    """
    letters = frozenset(letter for letter in known if len(letter) == 1 and is_letter(letter))
    if "c" in known and _CEDILLA in known:
        letters |= {"ç"}
    text = unicodedata.normalize("NFD", ipa).replace("c" + _CEDILLA, "ç")
    written = []
    for place, character in enumerate(text):
        if character == "ʲ" and character not in known and not is_vowel(text[place - 1 : place] or "ə"):
            following = text[place + 1 : place + 3].lstrip("ˈˌ")[:1]
            written.append("j" if is_letter(following) and is_vowel(following) and following not in _NO_GLIDE else "")
        elif character == _NASAL and character not in known:
            written.append("n")
        elif is_letter(character) and character not in letters:
            written.append(_nearest(character, letters))
        else:
            written.append(character)
    return "".join(written)


@lru_cache(maxsize=2048)
def _nearest(letter: str, known: frozenset[str]) -> str:
    for usual in _HEARD_AS.get(letter, ""):
        if usual in known:
            return usual
    same = sorted(other for other in known if is_vowel(other) == is_vowel(letter))
    if not same or letter in _SILENT:
        return ""
    return same[int(distance_table([letter, *same])[0, 1:].argmin())]


@lru_cache(maxsize=64)
def learnt_letters(language: str) -> frozenset[str]:
    """Return the IPA letters and marks that who grew up with a language ("de", "en-us") has learnt, in NFD.

    They are those of its dictionary as espeak-ng reads it; none where it has no dictionary.
    """
    voice = find_voice(language)
    words = (ipa for _, ipa in spoken_words(voice.language, voice.id))
    counts = Counter(_LINK.sub("", unicodedata.normalize("NFD", "".join(words))))
    return frozenset(letter for letter, n in counts.items() if n > _LEARNT * counts.total())
