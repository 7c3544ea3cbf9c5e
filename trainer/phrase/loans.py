"""English words in phrases of other languages ("hey", "jarvis"): as their speakers say them, not as they spell."""

from trainer.phrase.espeak import EspeakVoice, speak_ipa
from trainer.phrase.lexicon import has_words, read_frequencies
from trainer.phrase.scripts import find_script
from trainer.phrase.substitutes import learnt_letters, substitute

# A word that is so much more frequent in English than in the language is English to who says it.
_FOREIGN = 5.0
_KNOWN = 1e-6  # share of running text of English that a word has to be known
_EVERYWHERE = ("hey", "hi")  # said so by whoever writes them so
_ENGLISH = "en-us"


def speak_loans(text: str, voice: EspeakVoice) -> tuple[str, ...]:
    """Return the IPA with its English words said in English by the sounds of the language; nothing without any."""
    if voice.language == "en" or not has_words(voice.language) or find_script(text) != "LATIN":
        return ()
    words = text.split()
    foreign = [_is_english(word, voice.language) for word in words]
    said = speak_ipa(text, voice.id).split(" ")
    if not any(foreign) or len(said) != len(words):
        return ()
    known = learnt_letters(voice.id) - set("ɹʲ")
    for place in [place for place, english in enumerate(foreign) if english]:
        said[place] = substitute(speak_ipa(words[place], _ENGLISH), known)
    return (" ".join(said),)


def _is_english(word: str, language: str) -> bool:
    if word in _EVERYWHERE:
        return True
    share = read_frequencies("en").get(word, 0.0)
    return share > max(_KNOWN, _FOREIGN * read_frequencies(language).get(word, 0.0))
