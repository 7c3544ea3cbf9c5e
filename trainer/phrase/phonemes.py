"""How the phrase is said: pronunciations, and IPA split into single sounds."""

import unicodedata
from dataclasses import dataclass
from typing import Literal

from trainer.errors import PhraseError
from trainer.phrase.espeak import EspeakVoice, find_accents, speak_ipa
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
# What people type for the signs that keyboards lack.
_TYPED = str.maketrans({"g": "ɡ", "'": "ˈ", "’": "ˈ", ":": "ː", "\u02b9": "ˈ"})


@dataclass(frozen=True)
class Pronunciation:
    """One way to say the phrase.

    Attributes:
        ipa: IPA in NFD with stress marks, words parted by spaces; tones as espeak-ng writes them (digits).
        source: espeak-ng, or the user.
        voice: espeak-ng voice that says it so; for the user's own, the voice of the phrase's language.
    """

    ipa: str
    source: Literal["espeak", "user"]
    voice: str


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
    for character in unicodedata.normalize("NFD", ipa):
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


def pronounce(
    text: str, voice: EspeakVoice, say: tuple[str, ...] = (), region: bool = False
) -> tuple[Pronunciation, ...]:
    """Return the ways to say the text, equal ones once: the user's own, or else those of espeak-ng's accents.

    Raises:
        PhraseError: `say` holds characters that are not IPA, or nothing can be said.
    """
    if say:
        said = [Pronunciation(parse_ipa(ipa), "user", voice.id) for ipa in say]
    else:
        said = [Pronunciation(speak_ipa(text, v.id), "espeak", v.id) for v in find_accents(voice, region)]
    different = {split_sounds(p.ipa): p for p in reversed(said)}
    kept = tuple(p for p in said if different[split_sounds(p.ipa)] is p and split_sounds(p.ipa))
    if not kept:
        raise PhraseError(
            f"the voice {voice.id!r} ({voice.name}) has no sounds for {text!r}",
            hint="Spell it as it is spoken, choose the language with --lang, or give the IPA with --say.",
            code="phrase_unsayable",
        )
    return kept


def parse_ipa(ipa: str) -> str:
    """Return a user's IPA as the voices read it: NFD, without the slashes or brackets around.

    Raises:
        PhraseError: naming the characters that are not IPA.
    """
    text = unicodedata.normalize("NFD", ipa).strip().strip("/[]").strip().translate(_TYPED)
    wrong = sorted({c for c in text if not _is_ipa(c)})
    hint = "For example: --say 'heɪ ˈdʒɑːvɪs'. `wakesmith` prints the pronunciations that it would use."
    if wrong:
        named = ", ".join(f"{c} (U+{ord(c):04X} {unicodedata.name(c, 'unnamed')})" for c in wrong)
        raise PhraseError(
            f"--say takes IPA, and these characters are not: {named}. Received: {ipa!r}", hint=hint, code="ipa"
        )
    if not any(is_vowel(sound) for sound in split_sounds(text)):
        raise PhraseError(f"--say needs at least one vowel. Received: {ipa!r}", hint=hint, code="ipa")
    return " ".join(text.split())


def _is_ipa(character: str) -> bool:
    return (
        is_letter(character)
        or character in _BORDERS
        or character in _TONES
        or character in _TIES
        or character in _MODIFIERS
        or unicodedata.combining(character) > 0
    )
