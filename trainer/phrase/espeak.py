"""espeak-ng as piper-tts carries it: its voices, and text to IPA."""

import re
import threading
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

from trainer.errors import RecipeError

# espeak-ng marks where it reads a foreign word with another voice: "(en)kəmpjˈuːtə(de)".
_SWITCH = re.compile(r"\([^)]*\)")

# Where a language has several accents: those that people grow up with, the most widespread first.
_ACCENTS = {
    "en": ("en-us", "en-gb-x-rp", "en", "en-gb-scotland", "en-us-nyc", "en-gb-x-gbcwmd", "en-gb-x-gbclan", "en-029"),
    "es": ("es", "es-419"),
    "fr": ("fr", "fr-be", "fr-ch"),
    "pt": ("pt-br", "pt"),
    "ca": ("ca", "ca-va", "ca-ba", "ca-nw"),
    "vi": ("vi", "vi-vn-x-central", "vi-vn-x-south"),
    "ru": ("ru",),
    "hy": ("hy", "hyw"),
}
# Names that other catalogues give to languages which espeak-ng names otherwise.
_ALIASES = {"zh": "cmn", "no": "nb", "nn": "nb", "en-uk": "en-gb", "iw": "he", "in": "id", "fil": "id", "tl": "id"}

LANGUAGES = "https://github.com/espeak-ng/espeak-ng/blob/master/docs/languages.md"
_SPEAKING = threading.Lock()


@dataclass(frozen=True)
class EspeakVoice:
    """One voice of espeak-ng: `id` is what it is chosen by, `tags` the language tags that it declares."""

    id: str
    name: str
    tags: tuple[str, ...]

    @property
    def language(self) -> str:
        """The language without region, as others name it: "en", "zh" (not "cmn")."""
        primary = self.tags[0].split("-")[0]
        return "zh" if primary == "cmn" else primary


@lru_cache(maxsize=1)
def list_voices() -> dict[str, EspeakVoice]:
    """Return every espeak-ng voice by its id."""
    folder = _data_folder() / "lang"
    voices = (_read_voice(path) for path in sorted(folder.rglob("*")) if path.is_file())
    return {voice.id: voice for voice in voices if voice is not None}


def find_voice(language: str) -> EspeakVoice:
    """Return the voice for a language tag: "de", "en-gb", "zh", "en_US".

    Raises:
        RecipeError: espeak-ng does not know the language.
    """
    tag = language.strip().lower().replace("_", "-")
    tag = _ALIASES.get(tag, tag)
    primary = _ALIASES.get(tag.split("-")[0], tag.split("-")[0])
    voices = list_voices()
    if tag in _ACCENTS:
        return voices[_ACCENTS[tag][0]]
    if tag in voices:
        return voices[tag]
    for voice in voices.values():
        if tag in voice.tags:
            return voice
    for candidate in (*_ACCENTS.get(primary, ()), primary):
        if candidate in voices:
            return voices[candidate]
    named = {voice.name.lower(): voice.language for voice in voices.values()}
    codes = {voice.language for voice in voices.values()} | set(voices)
    near = dict.fromkeys(
        named.get(match, match) for match in get_close_matches(tag, [*sorted(codes), *named], 5, 0.5)
    )
    some = ", ".join(near or ("en", "de", "fr", "es", "zh"))
    raise RecipeError(
        f"phrase.language: a language of espeak-ng is allowed, such as {some}. Received: {language!r}",
        hint=f"{LANGUAGES} lists all codes. Left out, the language is found from the phrase.",
        code="language_unknown",
        values={"given": language, "near": some},
    )


def find_accents(voice: EspeakVoice, region: bool = False) -> list[EspeakVoice]:
    """Return the voice and then the other accents of its language; only those of its own region if `region`."""
    voices = list_voices()
    others = [voices[v] for v in _ACCENTS.get(voice.tags[0].split("-")[0], ()) if v in voices and v != voice.id]
    if region:
        others = [v for v in others if any(tag.startswith(voice.tags[0]) for tag in v.tags)]
    return [voice, *others]


def speak_ipa(text: str, voice: str) -> str:
    """Return what the voice would say as IPA: NFD, stress marks and tone digits kept, no punctuation."""
    return speak_words([text], voice)[0]


def speak_words(texts: Sequence[str], voice: str) -> list[str]:
    """Return the IPA of many texts: the voice, whose dictionary may be large, is loaded once."""
    from piper import espeakbridge

    with _SPEAKING:
        _start()
        # The voice is one for the whole process, and others may have chosen another since.
        espeakbridge.set_voice(voice)
        return [_join(espeakbridge.get_phonemes(text)) for text in texts]


def _join(clauses: list[tuple[str, str, bool]]) -> str:
    ipa = " ".join(phonemes.strip() for phonemes, _, _ in clauses)
    return unicodedata.normalize("NFD", _SWITCH.sub("", ipa)).strip()


@lru_cache(maxsize=1)
def _start() -> None:
    from piper import espeakbridge

    espeakbridge.initialize(str(_data_folder()))


def _data_folder() -> Path:
    from piper.phonemize_espeak import ESPEAK_DATA_DIR

    return Path(ESPEAK_DATA_DIR)


def _read_voice(path: Path) -> EspeakVoice | None:
    """Read a voice's file; None where its dictionary was left out of the package, as it could say nothing."""
    name, tags, dictionary = path.name, list[str](), ""
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        match line.split("//")[0].split():
            case ["name", *words]:
                name = " ".join(words)
            case ["language", tag, *_]:
                tags.append(tag.lower())
            case ["dictionary", word, *_]:
                dictionary = word
    tags = tags or [path.name.lower()]
    dictionary = dictionary or tags[0].split("-")[0]
    if not (_data_folder() / f"{dictionary}_dict").is_file():
        return None
    return EspeakVoice(path.name.lower(), name, tuple(tags))
