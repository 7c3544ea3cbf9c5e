"""The voices that there are, and how one of them says the phrase."""

from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from trainer.cli.answers.files import write_sound
from trainer.cli.answers.params import Params, refuse
from trainer.core.audio import SAMPLE_RATE, Samples
from trainer.core.clips import ClipKind, Split
from trainer.phrase.espeak import find_voice
from trainer.phrase.language import detect_language, normalise_text
from trainer.phrase.pronunciations import parse_ipa
from trainer.phrase.pronunciations import pronounce as say_ways
from trainer.recipe import SampleRecipe
from trainer.samples.catalogue import CatalogueVoice, fetch_catalogue, read_catalogue
from trainer.samples.checks import trim_clip
from trainer.samples.kokoro import KokoroEngine, kokoro_model
from trainer.samples.piper import PiperEngine
from trainer.samples.synthesis import PEAK
from trainer.samples.utterances import Utterance
from trainer.samples.voices import Voice, every_voice, installed_voices, voices_folder

LONGEST_PREVIEW = 200  # characters
_OWN_LICENCES = "see its model card"


def voices(params: Params) -> dict[str, Any]:
    """Answer `voices`: those installed, then those of the catalogue, which is fetched only if `refresh` is true."""
    installed = every_voice()
    models = {voice.path.stem for voice in installed}
    listed = fetch_catalogue() if params.flag("refresh") else voices_folder() / "catalogue.json"
    catalogue = read_catalogue(listed) if listed.is_file() else {}
    return {
        "voices": [_installed(voice) for voice in installed]
        + [_to_be_had(voice) for voice in catalogue.values() if voice.name not in models]
    }


def preview(params: Params) -> dict[str, Any]:
    """Answer `preview`: the phrase by one voice as a WAV, level and ends as in the training clips."""
    text, path = params.text("text"), params.path("path")
    if len(text) > LONGEST_PREVIEW:
        raise refuse("text", f"at most {LONGEST_PREVIEW} characters", text)
    voice = installed_voices(SampleRecipe(voices=(params.text("voice"),)))[0]
    samples, _ = trim_clip(
        _speak(_utterance(text, params.text("language", "auto"), params.text("ipa", ""), voice), voice)
    )
    write_sound(path, samples * np.float32(PEAK / np.abs(samples).max()))
    return {"path": str(path), "seconds": round(len(samples) / SAMPLE_RATE, 3)}


def _utterance(text: str, language: str, ipa: str, voice: Voice) -> Utterance:
    """Return the likeliest pronunciation, or the one that is given, at the voice's own pace."""
    plain = normalise_text(text, language)
    espeak = find_voice(detect_language(plain) if language == "auto" else language)
    way = parse_ipa(ipa) if ipa else say_ways(plain, espeak)[0].ipa
    return Utterance(ClipKind.POSITIVE, Split.TRAIN, plain, way + ".", espeak.id, (voice.name,))


def _speak(utterance: Utterance, voice: Voice) -> Samples:
    if voice.engine == "piper":
        return _piper(replace(voice, name=voice.name.partition("/")[0], speaker=None)).speak(utterance, voice)
    return _kokoro().speak(utterance, (voice,))


@lru_cache(maxsize=2)
def _piper(model: Voice) -> PiperEngine:
    """Return the engine of a model, whichever of its speakers is to speak."""
    return PiperEngine(model, seed=1)


@lru_cache(maxsize=1)
def _kokoro() -> KokoroEngine:
    return KokoroEngine(kokoro_model())


def _installed(voice: Voice) -> dict[str, Any]:
    return {
        "id": voice.name,
        "engine": voice.engine,
        "name": _readable(voice.name),
        "language": voice.language,
        "gender": voice.gender,
        "installed": True,
        "licence": voice.licence,
        "size_mb": round(voice.path.stat().st_size / 1e6, 1),
    }


def _to_be_had(voice: CatalogueVoice) -> dict[str, Any]:
    return {
        "id": f"piper:{voice.name}",
        "engine": "piper",
        "name": _readable(voice.name),
        "language": voice.language.lower().replace("_", "-"),
        "gender": "",
        "installed": False,
        "licence": _OWN_LICENCES,
        "size_mb": round(voice.size / 1e6, 1),
    }


def _readable(name: str) -> str:
    """Return a voice's own name: "Joe" of "piper:en_US-joe-medium", "Emma" of "kokoro:bf_emma"."""
    model, _, speaker = name.partition(":")[2].partition("/")
    parts = model.split("-")
    own = parts[1] if len(parts) > 2 else model.partition("_")[2] or model
    return own.replace("_", " ").title() + (f" {speaker}" if speaker else "")
