"""espeak-ng's own spelling of sounds, as the IPA that other readers mean.

Voices that learnt from espeak-ng want its spelling; all others (voices of other languages, people) take the letters
at their word. Where the two differ, this table holds what is said: German as the Handbook of the International
Phonetic Association (1999) describes it, Russian as Yanushevskaya and Bunčić, "Russian" (JIPA, 2015).
"""

import re

_V = "aɑɐæeɛəɜiɪɨoɔøœuʊʉyʏʌɵ"
_SPELLINGS = {
    "de": [
        ("ɜ", "ɐ"),  # the end of "Wasser"
        (f"[rɾ](?=[ˈˌ]?[{_V}])", "ʁ"),
        (f"(?<=[{_V}ː])[rɾ]", "ɐ"),  # "Morgen", "Tür": a vowel closes the syllable
        ("[rɾ]", "ʁ"),
        ("ɔø", "ɔɪ"),
        ("ɑː", "aː"),
    ],
    "ru": [
        ("y", "ɨ"),  # "мы"
        ("ɭʲ", "lʲ"),
        ("ɭ", "ɫ"),
        ('u"', "ʉ"),  # "люблю"
        ('"', ""),
        ("ʌ", "ɐ"),
    ],
}


def phonetic(ipa: str, language: str) -> str:
    """Return IPA of the espeak-ng voice of a language ("de", "ru", "en-us") with its letters at their usual value."""
    for pattern, letters in _SPELLINGS.get(language.partition("-")[0], ()):
        ipa = re.sub(pattern, letters, ipa)
    return ipa
