"""Text as it was typed to a phrase: normalised, its language found, and a name for files."""

import re
import unicodedata
from math import log10

from anyascii import anyascii

from trainer.errors import PhraseError
from trainer.phrase.greetings import GREETINGS
from trainer.phrase.lexicon import has_words, read_frequencies
from trainer.phrase.scripts import SCRIPTS, find_script

_HINT = 'Type two or three words as they are spoken, for example "hey jarvis".'
# Joiners that Persian and the scripts of India spell with.
_JOINERS = "\u200c\u200d"
# Signs that are read in more than one way, or not at all.
_SYMBOLS = frozenset(("Sm", "Sc", "So", "Sk", "Me", "Co", "Cn", "Cs"))
_EMOJI_MARKS = "\u200d\ufe0f\u20e3"

# Letters that one language of a script has and its likelier neighbours lack.
_LETTERS = {"be": "ў", "kk": "әғқңұһ", "uk": "іїєґ", "mk": "ѓќѕ", "sr": "ђћј", "fa": "پچژگ", "ur": "ٹڈڑںےہ",
            "de": "ß", "es": "ñ", "pl": "łńśźż", "cs": "ěřů", "hu": "őű", "tr": "ğı", "ro": "țș", "is": "þð",
            "lv": "āēģķļņ", "lt": "ėįų", "cy": "ŵŷ", "eo": "ĉĝĥĵŝŭ",
            "vi": "ơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ"}  # fmt: skip
# Latin languages that are told by their words.
_LATIN = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "sv", "nb", "da", "fi", "cs", "hu", "ro", "ca", "tr", "id",
          "vi", "sl", "sk", "lt", "lv", "is", "sh")  # fmt: skip
# How much likelier each language is before any word is seen, in powers of ten.
_PRIOR = {
    "en": 1.5,
    "de": 0.5,
    "fr": 0.4,
    "es": 0.4,
    "it": 0.3,
    "pt": 0.2,
    "nl": 0.2,
    "pl": 0.1,
    "sv": 0.1,
    "ru": 1.0,
    "mk": -0.7,
}
# Letters with marks that languages write: another in a phrase tells against them.
_MARKED = {"en": "é", "de": "äöüß", "fr": "àâæçéèêëîïôœùûüÿ", "es": "áéíñóúü", "it": "àèéìíòóùú",
           "pt": "àáâãçéêíóôõúü", "nl": "éèëïóöüê", "pl": "ąćęłńóśźż", "sv": "åäöé", "nb": "åæøéòô", "da": "åæøé",
           "fi": "äöå", "cs": "áčďéěíňóřšťúůýž", "hu": "áéíóöőúüű", "ro": "ăâîșțşţ", "ca": "àçèéíïòóúü",
           "tr": "âçğıîöşüû", "sl": "čšž", "sk": "áäčďéíĺľňóôŕšťúýž", "lt": "ąčęėįšųūž", "is": "áðéíóúýþæö",
           "sh": "čćđšž"}  # fmt: skip
# What another letter and what a greeting of the language are worth, in powers of ten.
_STRANGE, _GREETING = -2.5, 1.5
# Share of running text that a word which stands in no list is counted with: the lists end at 1e-6.
_UNSEEN = 3e-7
# Words that wake words begin with in any language; they say nothing where others stand beside them.
_ANYWHERE = frozenset(("hey", "hi", "ok", "okay", "ок", "окей", "хей"))


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
        raise PhraseError(
            f"the phrase has accents but no letters. Received: {text!r}", hint=_HINT, code="phrase_empty"
        )
    return " ".join(words)


def _refuse_symbols(text: str, wrong: list[str]) -> None:
    named = ", ".join(
        f"{c.encode('utf-8', 'replace').decode()} ({unicodedata.name(c, 'unnamed').lower()})"
        for c in dict.fromkeys(wrong)
    )
    rest = "".join(c for c in text if c not in wrong and c not in _EMOJI_MARKS).strip()
    if any(unicodedata.category(c)[0] in "LN" for c in rest):
        hint = f"Leave them out ({rest!r}), or write them as the words that you will say."
    else:
        hint = "A wake word is spoken. " + _HINT
    raise PhraseError(
        f"the phrase holds signs that no voice reads: {named}",
        hint=hint,
        code="phrase_symbols",
        values={"signs": " ".join(dict.fromkeys(wrong)).encode("utf-8", "replace").decode()},
    )


def detect_language(text: str) -> str:
    """Return the likeliest language of a normalised phrase ("en", "ru", "zh").

    The script decides first, then letters that only one language has, then how frequent the words are in each.
    """
    script = find_script(text)
    candidates = SCRIPTS.get(script, _LATIN)
    for language, letters in _LETTERS.items():
        own = language in candidates or (script == "LATIN" and language in ("cy", "eo"))
        if own and set(text) & set(letters):
            return language
    scores = {language: _score(text, language) for language in candidates if has_words(language)}
    best = max(scores, key=lambda language: scores[language], default=candidates[0])
    return "hr" if best == "sh" else best


def _score(text: str, language: str) -> float:
    """Log share of the words in running text of the language, with the language's prior and what tells it."""
    frequencies = read_frequencies(language)
    told = _GREETING * (text.split()[0] in GREETINGS.get(language, ()))
    if language in _MARKED:
        told += _STRANGE * any(c.isalpha() and not c.isascii() and c not in _MARKED[language] for c in text)
    words = [word for word in text.split() if word not in _ANYWHERE] or text.split()
    return sum(log10(frequencies.get(word, 0.0) + _UNSEEN) for word in words) + _PRIOR.get(language, 0.0) + told


def make_id(text: str) -> str:
    """Return a name for files and models: [a-z0-9_], never empty, of at most 48 characters."""
    ascii_text = anyascii(re.sub(r"([\u3400-\u9fff])", r" \1 ", text)).lower().replace("'", "")
    name = re.sub(r"[^a-z0-9]+", "_", ascii_text).strip("_")[:48].strip("_")
    return name or "phrase"
