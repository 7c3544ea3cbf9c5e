"""Scripts, and the languages that are written in them."""

import unicodedata
from collections import Counter

from trainer.errors import PhraseError

# Scripts as Unicode names them, and the languages written in them, the likeliest first. All others are Latin.
SCRIPTS: dict[str, tuple[str, ...]] = {
    "CYRILLIC": ("ru", "uk", "bg", "sr", "mk", "be", "kk", "ky", "tt", "ba", "cv", "mn", "ab", "nog", "uz", "bs"),
    "GREEK": ("el", "grc"), "HANGUL": ("ko",), "HIRAGANA": ("ja",), "KATAKANA": ("ja",), "CJK": ("zh", "yue", "hak"),
    "ARABIC": ("ar", "fa", "ur", "ug", "sd", "ku"), "HEBREW": ("he",), "DEVANAGARI": ("hi", "mr", "ne", "kok"),
    "BENGALI": ("bn", "as", "bpy"), "GURMUKHI": ("pa",), "GUJARATI": ("gu",), "ORIYA": ("or",), "TAMIL": ("ta",),
    "TELUGU": ("te",), "KANNADA": ("kn",), "MALAYALAM": ("ml",), "SINHALA": ("si",), "THAI": ("th",),
    "MYANMAR": ("my", "shn"), "GEORGIAN": ("ka",), "ARMENIAN": ("hy", "hyw"), "ETHIOPIC": ("am", "ti"),
}  # fmt: skip
# Languages of two scripts that are more often written in Latin letters.
_LATIN_TOO = frozenset(("uz", "bs", "ku"))
_KANA = frozenset(("HIRAGANA", "KATAKANA"))


def find_script(text: str) -> str:
    """Return the script that decides how the phrase is read, as Unicode names it ("LATIN", "CYRILLIC", "CJK").

    Latin words may stand among others, and kanji among kana. Digits alone count as Latin.

    Raises:
        PhraseError: scripts are mixed that no voice reads together, or no voice reads the script.
    """
    found = Counter(script for c in text if (script := name_script(c)))
    scripts = [script for script, _ in found.most_common() if script != "LATIN"]
    if not scripts:
        return "LATIN"
    if _KANA & set(scripts):
        scripts = ["HIRAGANA"] + [s for s in scripts if s not in _KANA and s != "CJK"]
    if len(scripts) > 1 or scripts[0] not in SCRIPTS:
        named = " and ".join(s.capitalize() for s in scripts)
        raise PhraseError(
            f"no voice reads {named} letters{' together' if len(scripts) > 1 else ''}. Received: {text!r}",
            hint="Write it in one script that a voice reads, or as it sounds in Latin letters.",
            code="phrase_script",
        )
    return scripts[0]


def main_script(language: str) -> str:
    """Return the script that a language is usually written in."""
    if language in _LATIN_TOO:
        return "LATIN"
    return next((script for script, languages in SCRIPTS.items() if language in languages), "LATIN")


def name_script(character: str) -> str:
    """Return the script of a letter; empty for anything else."""
    if unicodedata.category(character)[0] != "L":
        return ""
    name = unicodedata.name(character, "").split(" ")[0]
    if name.startswith("KATAKANA"):
        return "KATAKANA"
    return "" if name in ("MODIFIER", "MASCULINE", "FEMININE") else name


def check_script(text: str, language: str) -> None:
    """Refuse a phrase in a script that the chosen language's voice would only spell out.

    Raises:
        PhraseError: naming the languages of that script.
    """
    script = find_script(text)
    if script != "LATIN" and language not in SCRIPTS[script]:
        raise PhraseError(
            f"{text!r} is written in {script.capitalize()} letters, which the voice for {language!r} cannot read",
            hint=f"Choose one of {', '.join(SCRIPTS[script])} with --lang, or write it in that language's letters.",
            code="phrase_script",
        )
    if language == "ja" and any(name_script(c) == "CJK" for c in text):
        raise PhraseError(
            f"espeak-ng reads no kanji. Received: {text!r}",
            hint="Write it in hiragana or katakana, or give the IPA with --say.",
            code="phrase_script",
        )
