"""What a phoneme is: features of IPA sounds, and how far two sounds are from one another.

The features are those of the International Phonetic Alphabet's chart (place, manner, voice; height, backness,
rounding); the numbers are ours, chosen so that sounds that listeners confuse lie near: s and z at 0.2, m and n and
t and k at 0.4, i and ɪ at 0.2, i and a at 0.7, a vowel and a plosive at 1.
"""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

# Place of articulation, from the lips (0) to the glottis.
_PLACES = {"bilabial": 0.0, "labiodental": 0.1, "dental": 0.3, "alveolar": 0.4, "postalveolar": 0.55,
           "retroflex": 0.55, "alveolopalatal": 0.6, "palatal": 0.7, "velar": 0.85, "uvular": 0.95, "pharyngeal": 1.1,
           "glottal": 1.25}  # fmt: skip
# Manner: how open the mouth is.
_MANNERS = {"plosive": 0.0, "affricate": 0.25, "fricative": 0.5, "nasal": 0.75, "trill": 0.95, "lateral": 1.0,
            "approximant": 1.05}  # fmt: skip
# Manner: place: voiceless and voiced, "-" where there is none.
_CONSONANTS = {
    "plosive": "bilabial pb bilabial -ɓ alveolar td alveolar -ɗ retroflex ʈɖ palatal cɟ palatal -ʄ velar kɡ velar -ɠ "
    "uvular qɢ uvular -ʛ glottal ʔ-",
    "fricative": "bilabial ɸβ labiodental fv dental θð alveolar sz postalveolar ʃʒ retroflex ʂʐ alveolopalatal ɕʑ "
    "alveolopalatal ɧ- palatal çʝ velar xɣ uvular χʁ pharyngeal ħʕ glottal hɦ pharyngeal ʜʢ",
    "nasal": "bilabial -m labiodental -ɱ alveolar -n retroflex -ɳ palatal -ɲ velar -ŋ uvular -ɴ",
    "trill": "bilabial -ʙ alveolar -r alveolar -ɾ alveolar -ɹ retroflex -ɽ retroflex -ɻ uvular -ʀ",
    "lateral": "alveolar ɬl alveolar -ɫ alveolar -ɮ alveolar -ɺ retroflex -ɭ palatal -ʎ velar -ʟ",
    "approximant": "bilabial ʍw bilabial -ɥ labiodental -ʋ labiodental -ⱱ palatal -j velar -ɰ",
}
# Height (0 close, 1 open), backness (0 front, 1 back), unrounded and rounded.
_VOWELS = {
    (0.0, 0.0): "iy", (0.0, 0.5): "ɨʉ", (0.0, 1.0): "ɯu", (0.15, 0.1): "ɪʏ", (0.2, 0.4): "ᵻᵿ", (0.15, 0.85): "-ʊ",
    (0.33, 0.0): "eø", (0.33, 0.5): "ɘɵ", (0.33, 1.0): "ɤo", (0.5, 0.5): "ə-", (0.5, 0.55): "ɚ-", (0.6, 0.0): "ɛœ",
    (0.6, 0.5): "ɜɞ", (0.6, 0.55): "ɝ-", (0.6, 1.0): "ʌɔ", (0.8, 0.1): "æ-", (0.75, 0.5): "ɐ-", (1.0, 0.2): "aɶ",
    (1.0, 0.9): "ɑɒ",
}  # fmt: skip
# Weight of each feature in the distance.
_WEIGHTS = np.array([1.0, 0.6, 0.5, 0.12, 0.15, 0.2, 0.25, 0.18, 0.06, 0.25, 0.18, 0.06, 0.04], np.float32)
_VOWEL, _PLACE, _MANNER, _VOICE, _NASAL, _LIQUID, _START, _END, _LONG = 0, 1, 2, 3, 4, 5, 6, 9, 12
# Distances grow slower than features differ: two sounds are first of all the same or not.
_CONCAVE = 0.7
# What it costs to leave a sound out, or to add one: weak vowels come and go in running speech, and breaths and
# glides more than they.
GAP, WEAK_GAP, FAINT_GAP = 0.8, 0.5, 0.4
_WEAK, _FAINT = frozenset("əɐᵻɪ"), frozenset("hɦʔjw")
_LONG_MARKS = "ːˑ"


@lru_cache(maxsize=1)
def _letters() -> dict[str, NDArray[np.float32]]:
    """Features of every IPA letter, float32 [13]."""
    table = {}
    for manner, places in _CONSONANTS.items():
        words = places.split()
        for place, pair in zip(words[::2], words[1::2], strict=True):
            for voiced, letter in enumerate(pair):
                if letter != "-":
                    table[letter] = _consonant(manner, place, bool(voiced))
    for (height, back), pair in _VOWELS.items():
        for rounded, letter in enumerate(pair):
            if letter != "-":
                table[letter] = _vowel(height, back, bool(rounded))
    for glide in "jwɥɰ":
        table[glide][_VOWEL] = 0.6
    return table


def _consonant(manner: str, place: str, voiced: bool) -> NDArray[np.float32]:
    features = np.zeros(len(_WEIGHTS), np.float32)
    features[[_PLACE, _MANNER, _VOICE]] = _PLACES[place], _MANNERS[manner], voiced
    features[_NASAL] = manner == "nasal"
    features[_LIQUID] = {"trill": 1.0, "lateral": 0.4}.get(manner, 0.0)
    return features


def _vowel(height: float, back: float, rounded: bool) -> NDArray[np.float32]:
    features = np.zeros(len(_WEIGHTS), np.float32)
    features[[_VOWEL, _PLACE, _MANNER, _VOICE]] = 1.0, 0.7, 1.3, 1.0
    features[_START : _START + 3] = features[_END : _END + 3] = height, back, rounded
    return features


def is_letter(character: str) -> bool:
    """Say whether the character is a letter of the IPA."""
    return character in _letters()


def is_vowel(sound: str) -> bool:
    """Say whether the sound is the core of a syllable: a vowel, or a consonant marked as syllabic."""
    return bool(_letters()[sound[0]][_VOWEL] == 1.0) or "\u0329" in sound


def gap_cost(sound: str) -> float:
    """Return what leaving this sound out costs."""
    if len(_bases(sound)) > 1 or any(mark in sound for mark in _LONG_MARKS):
        return GAP
    return WEAK_GAP if sound[0] in _WEAK else FAINT_GAP if sound[0] in _FAINT else GAP


def distance_table(sounds: Sequence[str]) -> NDArray[np.float32]:
    """Return the distances between all pairs of sounds, 0..1, float32 [n, n]."""
    features = np.stack([_features(sound) for sound in sounds])
    weighted = np.abs(features[:, None] - features[None]) @ _WEIGHTS
    table: NDArray[np.float32] = np.minimum(weighted**_CONCAVE, 1.0).astype(np.float32)
    return table


def _bases(sound: str) -> list[str]:
    return [c for c in sound if c in _letters()]


def _features(sound: str) -> NDArray[np.float32]:
    """Features of a whole sound: diphthongs have two ends, affricates the place of their second half."""
    letters = [_letters()[base] for base in _bases(sound)]
    features = letters[0].copy()
    if len(letters) > 1 and features[_VOWEL] == 1.0:
        features[_END : _END + 3] = letters[-1][_END : _END + 3]
    elif len(letters) > 1:
        features[_PLACE], features[_MANNER] = letters[-1][_PLACE], _MANNERS["affricate"]
    marks = unicodedata.normalize("NFD", sound)
    features[_LONG] = any(mark in marks for mark in _LONG_MARKS)
    if "\u0303" in marks:
        features[_NASAL] = 1.0
    if "ʲ" in marks:
        features[_PLACE] += 0.1
    if "ʰ" in marks:
        features[_VOICE] -= 0.3
    return features
