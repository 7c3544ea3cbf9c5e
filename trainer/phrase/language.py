"""Text as it was typed to a phrase: normalised, its language found, and a name for files."""

import re
import unicodedata
from collections import Counter
from math import log10

from anyascii import anyascii

from trainer.errors import PhraseError
from trainer.phrase.lexicon import has_words, read_frequencies

_HINT = 'Type two or three words as they are spoken, for example "hey jarvis".'
# Joiners that Persian and the scripts of India spell with.
_JOINERS = "\u200c\u200d"
# Signs that are read in more than one way, or not at all.
_SYMBOLS = frozenset(("Sm", "Sc", "So", "Sk", "Me", "Co", "Cn", "Cs"))
_EMOJI_MARKS = "\u200d\ufe0f\u20e3"

# Scripts (as Unicode names them) and the languages written in them, the likeliest first.
_SCRIPTS: dict[str, tuple[str, ...]] = {
    "CYRILLIC": ("ru", "uk", "bg", "sr", "mk", "be", "kk", "ky", "tt", "ba", "cv", "mn", "ab", "nog", "uz", "bs", "kaa"),
    "GREEK": ("el", "grc"), "HANGUL": ("ko",), "HIRAGANA": ("ja",), "KATAKANA": ("ja",), "CJK": ("zh", "yue", "hak"),
    "ARABIC": ("ar", "fa", "ur", "ug", "sd", "ku"), "HEBREW": ("he",), "DEVANAGARI": ("hi", "mr", "ne", "kok"),
    "BENGALI": ("bn", "as", "bpy"), "GURMUKHI": ("pa",), "GUJARATI": ("gu",), "ORIYA": ("or",), "TAMIL": ("ta",),
    "TELUGU": ("te",), "KANNADA": ("kn",), "MALAYALAM": ("ml",), "SINHALA": ("si",), "THAI": ("th",),
    "MYANMAR": ("my", "shn"), "GEORGIAN": ("ka",), "ARMENIAN": ("hy", "hyw"), "ETHIOPIC": ("am", "ti"),
    "CHEROKEE": ("chr",),
}  # fmt: skip
# Letters that one language of a script has and its likelier neighbours lack.
_LETTERS = {"be": "ў", "kk": "әғқңұһ", "uk": "іїєґ", "mk": "ѓќѕ", "sr": "ђћ", "fa": "پچژگ", "ur": "ٹڈڑںےہ", "de": "ß",
            "es": "ñ¿¡", "pl": "łńśźż", "cs": "ěřů", "hu": "őű", "tr": "ğı", "ro": "țș", "is": "þð", "lv": "āēģķļņ",
            "lt": "ėįų", "vi": "ơưđạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ", "cy": "ŵŷ", "eo": "ĉĝĥĵŝŭ"}  # fmt: skip
# Latin languages that are told by their words, and how much likelier each is before any word is seen (tens).
_LATIN = {"en": 1.5, "de": 0.5, "fr": 0.4, "es": 0.4, "it": 0.3, "pt": 0.2, "nl": 0.2, "pl": 0.1, "sv": 0.1}
_LATIN_OTHERS = ("nb", "da", "fi", "cs", "hu", "ro", "ca", "tr", "id", "vi", "sl", "sk", "lt", "lv", "is", "sh")
# Share of running text that a word which stands in no list is counted with.
_UNSEEN = 1e-8


def normalise_text(text: str, language: str = "auto") -> str:
    """Return the phrase in NFKC, lower case, words parted by single spaces, without punctuation.

    Raises:
        PhraseError: nothing is left, or it holds emoji or other signs that no voice reads.
    """
    plain = unicodedata.normalize("NFKC", text.replace("\u2019", "'"))
    wrong = [c for c in plain if unicodedata.category(c) in _SYMBOLS]
    if wrong:
        _refuse_symbols(plain, wrong)
    if language.lower()[:2] in ("tr", "az"):
        plain = plain.replace("I", "ı").replace("İ", "i")
    plain = unicodedata.normalize("NFKC", plain.lower())
    kept = "".join(c if unicodedata.category(c)[0] in "LMN" or c in "'" + _JOINERS else " " for c in plain)
    words = [stripped for word in kept.split() if (stripped := word.strip("'" + _JOINERS))]
    if not words:
        what = "it is punctuation only" if plain.strip() else "it is empty"
        raise PhraseError(f"there is no phrase: {what}. Received: {text!r}", hint=_HINT, code="phrase_empty")
    if all(unicodedata.category(c)[0] == "M" for c in "".join(words)):
        raise PhraseError(f"the phrase has accents but no letters. Received: {text!r}", hint=_HINT, code="phrase_empty")
    return " ".join(words)


def _refuse_symbols(text: str, wrong: list[str]) -> None:
    named = ", ".join(f"{c.encode('utf-8', 'replace').decode()} ({unicodedata.name(c, 'unnamed').lower()})" for c in dict.fromkeys(wrong))
    rest = "".join(c for c in text if c not in wrong and c not in _EMOJI_MARKS).strip()
    if any(unicodedata.category(c)[0] in "LN" for c in rest):
        hint = f"Leave them out ({rest!r}), or write them as the words that you will say."
    else:
        hint = "A wake word is spoken. " + _HINT
    raise PhraseError(f"the phrase holds signs that no voice reads: {named}", hint=hint, code="phrase_symbols")


def find_script(text: str) -> str:
    """Return the script that decides how the phrase is read, as Unicode names it ("LATIN", "CYRILLIC", "CJK").

    Latin words may stand among others. Digits alone count as Latin.

    Raises:
        PhraseError: scripts are mixed that no voice reads together, or no voice reads the script.
    """
    found = Counter(s for c in text if unicodedata.category(c)[0] == "L" if (s := _script(c)))
    scripts = [script for script, _ in found.most_common() if script != "LATIN"]
    if not scripts:
        return "LATIN"
    if {"HIRAGANA", "KATAKANA"} & set(scripts):
        scripts = ["HIRAGANA"] + [s for s in scripts if s not in ("HIRAGANA", "KATAKANA", "CJK")]
    if len(scripts) > 1 or scripts[0] not in _SCRIPTS:
        named = " and ".join(s.capitalize() for s in scripts)
        raise PhraseError(
            f"no voice reads {named} letters{' together' if len(scripts) > 1 else ''}. Received: {text!r}",
            hint="Write it in one script that a voice reads, or as it sounds in Latin letters.",
            code="phrase_script",
        )
    return scripts[0]


def _script(character: str) -> str:
    name = unicodedata.name(character, "").split(" ")[0]
    if name.startswith("KATAKANA"):
        return "KATAKANA"
    return "" if name in ("MODIFIER", "MASCULINE", "FEMININE", "") else name


def detect_language(text: str) -> str:
    """Return the likeliest language of a normalised phrase ("en", "ru", "zh").

    The script decides first, then letters that only one language has, then how frequent the words are in each.
    """
    script = find_script(text)
    candidates = _SCRIPTS.get(script, (*_LATIN, *_LATIN_OTHERS))
    for language, letters in _LETTERS.items():
        own = language in candidates or (script == "LATIN" and language in ("cy", "eo"))
        if own and set(text) & set(letters):
            return language
    scores = {language: _score(text, language) for language in candidates if has_words(language)}
    best = max(scores, key=lambda language: scores[language], default=candidates[0])
    return "hr" if best == "sh" else best


def _score(text: str, language: str) -> float:
    """Log share of the words in running text of the language, with the prior of Latin languages."""
    frequencies = read_frequencies(language)
    return sum(log10(frequencies.get(word, 0.0) + _UNSEEN) for word in text.split()) + _LATIN.get(language, 0.0)


def check_script(text: str, language: str) -> None:
    """Refuse a phrase in a script that the chosen language's voice would only spell out.

    Raises:
        PhraseError: naming the languages of that script.
    """
    script = find_script(text)
    if script != "LATIN" and language not in _SCRIPTS[script]:
        raise PhraseError(
            f"{text!r} is written in {script.capitalize()} letters, which the voice for {language!r} cannot read",
            hint=f"Choose one of {', '.join(_SCRIPTS[script])} with --lang, or write it in the letters of {language!r}.",
            code="phrase_script",
        )
    if language == "ja" and any("\u4e00" <= c <= "\u9fff" for c in text):
        raise PhraseError(
            f"espeak-ng reads no kanji. Received: {text!r}",
            hint="Write it in hiragana or katakana, or give the IPA with --say.",
            code="phrase_script",
        )


def make_id(text: str) -> str:
    """Return a name for files and models: [a-z0-9_], never empty, of at most 48 characters."""
    ascii_text = anyascii(re.sub(r"([\u3400-\u9fff])", r" \1 ", text)).lower().replace("'", "")
    name = re.sub(r"[^a-z0-9]+", "_", ascii_text).strip("_")[:48].strip("_")
    return name or "phrase"
