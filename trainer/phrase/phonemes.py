"""IPA split into single sounds."""

import unicodedata
from dataclasses import dataclass

from trainer.phrase.sounds import is_letter, is_vowel

_STRESS = "ˈˌ"
# Between sounds: stress, word and syllable borders, hyphens, links, punctuation that espeak-ng leaves in.
_BORDERS = frozenset(_STRESS + " .|‖-‿_,;!?")
# After a sound, and part of what is said, though not of the sound: tones as letters or espeak-ng's digits.
_TONES = frozenset("0123456789˥˦˧˨˩↗↘ꜛꜜ")
_TIES = "\u0361\u035c\u200d"
_MODIFIERS = frozenset('ʰʲʷʱˠˤʼːˑ˞ⁿˡ\u02c0\u1d4a\u1d5d"')
_AFFRICATES = frozenset(
    ("ts", "dz", "tʃ", "dʒ", "tɕ", "dʑ", "tʂ", "dʐ", "ʈʂ", "ɖʐ", "tɬ", "dɮ", "pf", "cç", "kx", "tθ", "dð")
)
_DIPHTHONGS = frozenset(
    [a + b for a in "aɑɐæʌeɛəɜoɔɒø" for b in "ɪʊiuʏ"]
    + [a + "ə" for a in "ɪeɛʊiuoɔʉɯɨ"]
    + ["ɔø", "ɔy", "œy", "œʏ", "yø", "ie", "uo", "ɛa", "ia", "ua"]
)


@dataclass(frozen=True)
class Segment:
    """One sound with what stands before it (stress, borders) and after it (tone) in the IPA."""

    sound: str
    before: str = ""
    after: str = ""

    def __str__(self) -> str:
        return self.before + self.sound + self.after


def split_ipa(ipa: str) -> list[Segment]:
    """Split IPA into sounds. Diphthongs, affricates and their length and secondary marks stay together."""
    segments: list[Segment] = []
    before = ""
    # To NFD the sound of "ich" is a c with a mark, and the IPA has another sound at c.
    for character in unicodedata.normalize("NFD", ipa).replace("c\u0327", "ç"):
        last = segments[-1] if segments else None
        if character in _TIES:
            continue
        if character in _TONES and last and not before:
            segments[-1] = Segment(last.sound, last.before, last.after + character)
        elif character in _BORDERS or character in _TONES:
            before += character
        elif is_letter(character):
            if last and not before and not last.after and last.sound + character in _AFFRICATES | _DIPHTHONGS:
                segments[-1] = Segment(last.sound + character, last.before)
            else:
                segments.append(Segment(character, before))
                before = ""
        elif last and character == "ʲ" and is_vowel(last.sound):  # espeak-ng's link to a following vowel
            segments[-1] = Segment(last.sound, last.before, last.after + character)
        elif last and (character in _MODIFIERS or unicodedata.combining(character)):
            segments[-1] = Segment(last.sound + character, last.before, last.after)
    return segments


def split_sounds(ipa: str) -> tuple[str, ...]:
    """Return the sounds of the IPA alone."""
    return tuple(segment.sound for segment in split_ipa(ipa))


def count_syllables(ipa: str) -> int:
    """Return the number of syllables: vowels, diphthongs as one, and syllabic consonants."""
    return sum(is_vowel(sound) for sound in split_sounds(ipa))


def is_ipa(character: str) -> bool:
    """Say whether the character may stand in IPA."""
    return (
        is_letter(character)
        or character in _BORDERS
        or character in _TONES
        or character in _TIES
        or character in _MODIFIERS
        or unicodedata.combining(character) > 0
    )
