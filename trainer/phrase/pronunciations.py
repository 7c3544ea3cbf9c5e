"""How the phrase is said: by espeak-ng's accents, with the vowels that people reduce, or as the user has it."""

import unicodedata
from dataclasses import dataclass
from typing import Literal

from trainer.errors import PhraseError
from trainer.phrase.espeak import EspeakVoice, find_accents, speak_ipa
from trainer.phrase.loans import speak_loans
from trainer.phrase.phonemes import is_ipa, split_sounds
from trainer.phrase.reduction import reduce_sounds, regional_ways
from trainer.phrase.sounds import is_vowel

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


def pronounce(
    text: str, voice: EspeakVoice, say: tuple[str, ...] = (), region: bool = False
) -> tuple[Pronunciation, ...]:
    """Return the ways to say the text, equal ones once: the user's own, or else those of espeak-ng's accents.

    English words in another language come first as its speakers say them. Each accent's way is followed by the
    reduced one; those of regions that espeak-ng has no voice for come last.

    Raises:
        PhraseError: `say` holds characters that are not IPA, or nothing can be said.
    """
    if say:
        said = [Pronunciation(parse_ipa(ipa), "user", voice.id) for ipa in say]
    else:
        read = [
            (v, way) for v in find_accents(voice, region) for way in (*speak_loans(text, v), speak_ipa(text, v.id))
        ]
        ways = [(v, ipa) for v, way in read for ipa in (way, reduce_sounds(way, v.language))]
        ways += [(v, ipa) for v, way in read for ipa in regional_ways(way, v.language)]
        said = [Pronunciation(ipa, "espeak", v.id) for v, ipa in ways]
    different = {split_sounds(p.ipa): p for p in reversed(said)}
    kept = tuple(p for p in said if different[split_sounds(p.ipa)] is p and split_sounds(p.ipa))
    if not kept:
        raise PhraseError(
            f"the voice {voice.id!r} ({voice.name}) has no sounds for {text!r}",
            hint="Spell it as it is spoken, choose the language with --lang, or give the IPA with --say.",
            code="phrase_unsayable",
            values={"phrase": text, "voice": voice.name},
        )
    return kept


def parse_ipa(ipa: str) -> str:
    """Return a user's IPA as the voices read it: NFD, without the slashes or brackets around.

    Raises:
        PhraseError: naming the characters that are not IPA.
    """
    text = unicodedata.normalize("NFD", ipa).strip().strip("/[]").strip().translate(_TYPED)
    wrong = sorted({c for c in text if not is_ipa(c)})
    hint = "For example: --say 'heɪ ˈdʒɑːvɪs'. `wakesmith` prints the pronunciations that it would use."
    if wrong:
        named = ", ".join(f"{c} (U+{ord(c):04X} {unicodedata.name(c, 'unnamed')})" for c in wrong)
        raise PhraseError(
            f"--say takes IPA, and these characters are not: {named}. Received: {ipa!r}",
            hint=hint,
            code="ipa",
            values={"ipa": ipa},
        )
    if not any(is_vowel(sound) for sound in split_sounds(text)):
        raise PhraseError(
            f"--say needs at least one vowel. Received: {ipa!r}", hint=hint, code="ipa", values={"ipa": ipa}
        )
    return " ".join(text.split())
