"""Speaking a shard: in a worker, once; the result lies in the cache and is found there by every later run."""

import io
import os
import zipfile
import zlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import platformdirs
from numpy.typing import NDArray

from trainer.core.audio import SAMPLE_RATE, Samples, to_pcm16
from trainer.core.clips import Rejection
from trainer.core.folders import write_whole
from trainer.errors import AudioError
from trainer.samples.checks import check_clip, expected_seconds, trim_clip
from trainer.samples.kokoro import KokoroEngine, kokoro_model
from trainer.samples.pauses import speak_apart
from trainer.samples.piper import PiperEngine
from trainer.samples.utterances import Shard, Utterance
from trainer.samples.voices import Voice

PEAK = 0.7  # of every stored clip: its level is a matter of augmentation
CACHE_BYTES = 4 << 30  # what spoken shards may fill; those not used for longest go first


@dataclass(frozen=True)
class Spoken:
    """A clip as a voice said it: int16 [n] at 16 kHz trimmed to speech, and where speech ends in it, seconds."""

    pcm: NDArray[np.int16]
    end_s: float


def cache_folder() -> Path:
    """Return where spoken shards are kept between runs."""
    return platformdirs.user_cache_path("wakesmith") / "shards"


def speak_shard(shard: Shard) -> Path:
    """Speak the shard unless the cache holds it; return its file there."""
    path = cache_folder() / f"{shard.key}.npz"
    if _is_readable(path):
        path.touch()
        return path
    speaker = Speaker(shard)
    _write(path, [_attempt(speaker, utterance) for utterance in shard.utterances])
    return path


def read_shard(path: Path) -> list[Spoken | Rejection]:
    """Return a shard's clips in the order of its utterances."""
    with np.load(path, allow_pickle=False) as data:
        pcm, offsets, ends = data["pcm"], data["offsets"], data["ends"]
        faults, messages = data["faults"].tolist(), data["messages"].tolist()
    return [
        Rejection("", fault, message) if fault else Spoken(pcm[offsets[i] : offsets[i + 1]], float(ends[i]))
        for i, (fault, message) in enumerate(zip(faults, messages, strict=True))
    ]


def prune_cache(limit: int = CACHE_BYTES) -> None:
    """Remove the shards that were used longest ago, until the rest is within the limit."""
    folder = cache_folder()
    files = sorted(folder.glob("*.npz"), key=lambda path: path.stat().st_mtime, reverse=True)
    total = 0
    for path in files:
        total += path.stat().st_size
        if total > limit:
            path.unlink(missing_ok=True)


class Speaker:
    """The engines that a shard needs, ready to speak its utterances in order."""

    def __init__(self, shard: Shard) -> None:
        self._voices: dict[str, Voice] = {voice.name: voice for voice in shard.voices}
        # Piper's session is new for each shard, since its random numbers go on from call to call; Kokoro's is kept.
        self._piper = PiperEngine(shard.voices[0], shard.seed) if shard.engine == "piper" else None

    def speak(self, utterance: Utterance) -> Samples:
        """Return the utterance as float32 [n] at 16 kHz, as the voice says it, with its pauses."""
        return speak_apart(utterance, self._say) if utterance.pauses else self._say(utterance)

    def _say(self, utterance: Utterance) -> Samples:
        voices = tuple(self._voices[name] for name in utterance.voices)
        if self._piper is not None:
            return self._piper.speak(utterance, voices[0])
        return _kokoro(os.getpid()).speak(utterance, voices)


@lru_cache(maxsize=1)
def _kokoro(_process: int) -> KokoroEngine:
    """Return this process's engine: a session does not survive a fork."""
    return KokoroEngine(kokoro_model())


def _attempt(speaker: Speaker, utterance: Utterance) -> Spoken | AudioError:
    try:
        trimmed, end_s = trim_clip(speaker.speak(utterance))
        check_clip(trimmed, expected_seconds(utterance))
    except AudioError as error:
        return error
    return Spoken(to_pcm16(trimmed * np.float32(PEAK / np.abs(trimmed).max())), end_s)


def _write(path: Path, results: list[Spoken | AudioError]) -> None:
    clips = [r.pcm if isinstance(r, Spoken) else np.zeros(0, np.int16) for r in results]
    file = io.BytesIO()
    np.savez(
        file,
        pcm=np.concatenate(clips),
        offsets=np.cumsum([0, *map(len, clips)]),
        ends=np.array([r.end_s if isinstance(r, Spoken) else np.nan for r in results]),
        faults=np.array(["" if isinstance(r, Spoken) else r.code for r in results], np.str_),
        messages=np.array(["" if isinstance(r, Spoken) else r.message for r in results], np.str_),
        rate=np.array(SAMPLE_RATE),
    )
    write_whole(path, file.getvalue())


def _is_readable(path: Path) -> bool:
    try:
        read_shard(path)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
        return False
    return True
