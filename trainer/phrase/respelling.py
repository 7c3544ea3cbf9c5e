"""IPA as plain letters that an English reader says about right: "hˈeɪ dʒˈɑːɹvɪs" is "hay JAR-vis".

The stressed syllable of a longer word is in capitals. Sounds that English lacks get the nearest letters.
"""

import unicodedata
from itertools import pairwise

from anyascii import anyascii

from trainer.phrase.notation import phonetic
from trainer.phrase.phonemes import Segment, split_ipa
from trainer.phrase.sounds import is_vowel

_VOWELS = {
    "iː": "ee", "i": "ee", "ɪ": "i", "ᵻ": "i", "ᵿ": "uh", "e": "e", "eː": "ay", "eɪ": "ay", "ɛ": "e", "ɛː": "eh",
    "æ": "a", "a": "a", "aː": "ah", "ɑ": "ah", "ɑː": "ah", "ɒ": "o", "ɔ": "o", "ɔː": "aw", "o": "oh", "oː": "oh",
    "oʊ": "oh", "əʊ": "oh", "ʊ": "uu", "u": "oo", "uː": "oo", "ʉ": "oo", "ʉː": "oo", "ʌ": "u", "ɐ": "uh", "ə": "uh",
    "ɘ": "uh", "ɵ": "uh", "ɜ": "uh", "ɜː": "ur", "ɚ": "er", "ɝ": "ur", "ɞ": "ur", "aɪ": "igh", "aʊ": "ow",
    "ɔɪ": "oy", "ɔø": "oy", "ɔy": "oy", "ɔʏ": "oy", "ɪə": "eer", "eə": "air", "ɛə": "air", "ʊə": "oor", "y": "ue",
    "yː": "ue", "ʏ": "ue", "ø": "er", "øː": "er", "œ": "er", "ɨ": "i", "ɯ": "oo", "ɤ": "uh", "ɑɪ": "igh", "ʌɪ": "igh",
}  # fmt: skip
_CONSONANTS = {
    "tʃ": "ch", "dʒ": "j", "tɕ": "ch", "dʑ": "j", "tʂ": "ch", "dʐ": "j", "ɡ": "g", "θ": "th", "ð": "th", "ʃ": "sh",
    "ʒ": "zh", "ŋ": "ng", "ɹ": "r", "ɾ": "t", "ʁ": "r", "ʀ": "r", "ɻ": "r", "ɽ": "r", "j": "y", "x": "kh", "χ": "kh",
    "ç": "kh", "ɣ": "gh", "ɫ": "l", "ɭ": "l", "ʎ": "ly", "ɲ": "ny", "ɳ": "n", "ɱ": "m", "ʔ": "", "β": "v", "ɸ": "f",
    "ʋ": "v", "ɥ": "w", "ʍ": "w", "ɕ": "sh", "ʑ": "zh", "ʂ": "sh", "ʐ": "zh", "ʈ": "t", "ɖ": "d", "c": "ky",
    "ɟ": "gy", "q": "k", "ɦ": "h", "ħ": "h", "ʕ": "", "ɰ": "w", "ɬ": "l", "r": "r", "l̩": "ul", "n̩": "un", "m̩": "um",
}  # fmt: skip
# A vowel and the r that closes its syllable.
_WITH_R = {"ah": "ar", "a": "ar", "o": "or", "aw": "or", "oh": "or", "e": "air", "eh": "air", "ay": "air", "i": "eer",
           "ee": "eer", "uu": "oor", "oo": "oor", "uh": "er", "u": "ur", "ur": "ur", "er": "er"}  # fmt: skip
_OPEN = {"e": "eh", "u": "uh", "igh": "y"}  # where no consonant follows in the syllable
_GLIDES, _STOPS = frozenset("lɹrɾjwʁʀ"), frozenset("pbtdkɡfvθ")
_AFTER_S = frozenset("ptkmnlw")


def respell(ipa: str, language: str = "en") -> str:
    """Return the IPA as plain letters; syllables are parted by hyphens, words by blanks."""
    if language == "ru":
        ipa = phonetic(ipa, language)  # espeak-ng's y is no y
    if language != "en":
        ipa = ipa.replace("ɾ", "ɹ")  # a t to Americans alone
    return " ".join(word for part in ipa.split() if (word := _respell_word(split_ipa(part))))


def _respell_word(segments: list[Segment]) -> str:
    syllables = _syllables(segments)
    written = [(_write(syllable), any("ˈ" in segment.before for segment in syllable)) for syllable in syllables]
    several = len(written) > 1
    return "-".join(text.upper() if stressed and several else text for text, stressed in written if text)


def _syllables(segments: list[Segment]) -> list[list[Segment]]:
    """Part a word before the consonants that can begin a syllable together."""
    cores = [place for place, segment in enumerate(segments) if is_vowel(segment.sound)]
    borders = [core - _onset(segments[before + 1 : core]) for before, core in pairwise(cores)]
    edges = [0, *borders, len(segments)]
    return [segments[a:b] for a, b in pairwise(edges)]


def _onset(consonants: list[Segment]) -> int:
    """Return how many of the consonants between two vowels belong to the second."""
    sounds = [segment.sound for segment in consonants]
    if not sounds or sounds[-1][0] == "ŋ":
        return 0
    size = 2 if len(sounds) > 1 and sounds[-1][0] in _GLIDES and sounds[-2] in _STOPS else 1
    # An s goes along where another consonant stays behind: "wake-smith", but "mis-ter".
    return size + (len(sounds) > size + 1 and sounds[-size - 1] == "s" and sounds[-size][0] in _AFTER_S)


def _write(syllable: list[Segment]) -> str:
    sounds = [segment.sound for segment in syllable]
    core = next((place for place, sound in enumerate(sounds) if is_vowel(sound)), None)
    if core is None or sounds[core] in _CONSONANTS:
        return "".join(map(_spell, sounds))
    vowel, coda = _spell(sounds[core]), sounds[core + 1 :]
    if coda and coda[0][0] in "ɹɻr" and vowel in _WITH_R:
        vowel, coda = _WITH_R[vowel], coda[1:]
    elif not coda:
        vowel = "eye" if vowel == "igh" and core == 0 else _OPEN.get(vowel, vowel)
    return "".join(map(_spell, sounds[:core])) + vowel + "".join(map(_spell, coda))


def _spell(sound: str) -> str:
    """Return the letters of one sound: as it is in the tables, without its marks, or letter by letter."""
    plain = "".join(c for c in sound if not unicodedata.combining(c) and unicodedata.category(c) != "Lm")
    nasal = "n" if "\u0303" in sound else ""
    for form in (sound, plain + "ː" * ("ː" in sound), plain):
        for table in (_VOWELS, _CONSONANTS):
            if form in table:
                return table[form] + nasal
    if len(plain) > 1:
        return "".join(map(_spell, plain)) + nasal
    return anyascii(plain).lower() + nasal
