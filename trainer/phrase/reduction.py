"""Vowel reduction: what English speakers make of a full vowel before the stress.

espeak-ng gives "athena" its full first vowel, /æθˈiːnə/; most people say /ɐθˈiːnə/. Reduction of unstressed vowels is
that of Flemming and Johnson, "Rosa's roses: reduced vowels in American English" (JIPA, 2007).
"""

from itertools import pairwise

from trainer.phrase.phonemes import Segment, split_ipa
from trainer.phrase.sounds import is_vowel

REDUCING = frozenset({"en"})
# Short full vowels; long ones and diphthongs keep their colour. espeak-ng writes the reduced one so ("alexa").
_FULL, _REDUCED = frozenset("æaʌɑɒ"), "ɐ"


def reduce_vowels(ipa: str) -> str:
    """Return the IPA with every short full vowel reduced that opens a word, right before the stressed vowel."""
    segments = split_ipa(ipa)
    starts = [i for i, segment in enumerate(segments) if i == 0 or " " in segment.before] + [len(segments)]
    for start, end in pairwise(starts):
        vowels = [i for i in range(start, end) if is_vowel(segments[i].sound)]
        if len(vowels) > 1 and _is_weak(segments[vowels[0]]) and "ˈ" in _onset(segments, vowels[0] + 1, vowels[1]):
            full = segments[vowels[0]]
            segments[vowels[0]] = Segment(_REDUCED, full.before, full.after)
    return "".join(map(str, segments))


def _is_weak(segment: Segment) -> bool:
    return segment.sound in _FULL and not any(mark in segment.before for mark in "ˈˌ")


def _onset(segments: list[Segment], first: int, vowel: int) -> str:
    """Return the marks before a vowel and before the consonants that lead to it: stress may stand at either."""
    return "".join(segment.before for segment in segments[first : vowel + 1])
