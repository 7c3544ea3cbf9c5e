"""Sources of many unnamed people are told from those of one voice, whatever is said in them."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from trainer.core.audio import SAMPLE_RATE, write_wav
from trainer.core.clips import ClipKind
from trainer.data.listing import Recording
from trainer.speakers.crowds import FEWEST, find_crowds


def hum(path: Path, person: int, take: int) -> None:
    """Write a person who hums: a buzz at a pitch of their own through resonances of their own."""
    own, rng = np.random.default_rng([7, person]), np.random.default_rng([8, person, take])
    t = np.arange(round(1.2 * SAMPLE_RATE)) / SAMPLE_RATE
    pitch = own.uniform(80, 280) * (1 + 0.05 * np.sin(2 * np.pi * rng.uniform(1, 4) * t))
    phase = 2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE
    size, tilt = own.uniform(0.75, 1.35), own.uniform(0.2, 1.4)
    formants = size * np.array([500, 1500, 2500]) * rng.uniform(0.9, 1.1, 3)
    buzz = np.zeros_like(t)
    for k in range(1, 30):
        gain = sum(np.exp(-(((k * pitch.mean() - f) / 200) ** 2)) for f in formants) + 0.03
        buzz += gain * np.sin(k * phase) / k**tilt
    syllables = 0.3 + 0.7 * np.abs(np.sin(2 * np.pi * rng.uniform(1.5, 3) * t))
    sound = buzz * syllables / np.abs(buzz).max() * 0.3 + 0.001 * rng.standard_normal(len(t))
    path.parent.mkdir(exist_ok=True)
    write_wav(path, np.pad((sound * 32767).astype(np.int16), 3000))


def recordings(folder: Path, source: str, people: int, count: int, speaker: str = "") -> list[Recording]:
    made = []
    for take in range(count):
        path = folder / source / f"{take}.wav"
        hum(path, take % people, take)
        made.append(Recording(path, ClipKind.SPEECH, source, speaker, "CC0-1.0", path.name))
    return made


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> list[Recording]:
    folder = tmp_path_factory.mktemp("sources")
    return [
        *recordings(folder, "many", 24, 24),
        *recordings(folder, "one", 1, 24),
        *recordings(folder, "few", 10, FEWEST - 1),
        *recordings(folder, "named", 24, 24, speaker="anna"),
    ]


def test_crowds_are_found(sources: list[Recording]) -> None:
    with ThreadPoolExecutor(2) as executor:
        assert find_crowds(sources, executor) == {"many"}


def test_what_cannot_be_read_or_says_nothing_is_passed_over(sources: list[Recording], tmp_path: Path) -> None:
    broken, silent = tmp_path / "broken.wav", tmp_path / "silent.wav"
    broken.write_bytes(b"no sound")
    write_wav(silent, np.zeros(SAMPLE_RATE, np.int16))
    useless = [
        Recording(p, ClipKind.SPEECH, s, "", "", p.name) for p in (broken, silent) for s in ["many"] + ["x"] * 30
    ]
    with ThreadPoolExecutor(2) as executor:
        assert find_crowds([*sources[:24], *useless], executor) == {"many"}
        assert find_crowds([], executor) == frozenset()
