"""What scenes are heard in: the rooms and noises of one split, made once and kept as arrays (A4, A7)."""

import json
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.core.audio import SAMPLE_RATE, from_pcm16, to_pcm16
from trainer.core.clips import Clip, ClipKind, Rejection, Split
from trainer.core.ragged import RaggedStore, write_ragged
from trainer.core.seeds import generator
from trainer.errors import AudioError
from trainer.features.noise import NOISES, make_noise
from trainer.features.rooms import ROOMS, shape_response, simulate_room

_NOISE_ROWS = {Split.TRAIN: 12, Split.VALIDATION: 4}  # of every kind
_NOISE_SECONDS = 10
_VOICES = 200  # clips that babble is made of, at most
_GIVEN_ROOMS = 200  # A4


@dataclass(frozen=True)
class Bank:
    """Rooms and noises, as mapped arrays.

    Attributes:
        rooms: float32 responses in the form of `trainer.features.rooms`.
        noises: int16 rows of generated noise; `kinds` names them.
        recorded, speech: rows of the audio store that may be heard in the background.
        audio: the audio store of the samples.
    """

    rooms: RaggedStore[np.float32]
    noises: RaggedStore[np.int16]
    kinds: tuple[str, ...]
    recorded: tuple[int, ...]
    speech: tuple[int, ...]
    audio: RaggedStore[np.int16]

    def background(self, length: int, rng: np.random.Generator) -> NDArray[np.float32]:
        """Return something that goes on behind the speech, float32 [length], each of its parts at RMS 0.1.

        Recordings where there are any, half of the time; else generated noise; now and then somebody who talks.
        """
        dice = rng.random()
        if self.speech and dice < 0.12:
            return _fill(self.audio, self.speech, length, rng)
        if self.recorded and dice < 0.62:
            return _fill(self.audio, self.recorded, length, rng)
        return _fill(self.noises, range(len(self.noises)), length, rng)

    def floor(self, length: int, rng: np.random.Generator) -> NDArray[np.float32]:
        """Return the noise of a microphone by itself, white or pink, float32 [length] at RMS 0.1."""
        rows = [i for i, kind in enumerate(self.kinds) if kind in ("white", "pink")]
        return _fill(self.noises, rows, length, rng)


def _fill(
    store: RaggedStore[np.int16], rows: Sequence[int], length: int, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Fill a row with random stretches of stored sound, one after another."""
    filled, at = np.zeros(length, np.float32), 0
    while at < length:
        source = store[rows[int(rng.integers(len(rows)))]]
        start = int(rng.integers(max(1, source.size - SAMPLE_RATE)))
        part = from_pcm16(source[start : start + length - at])
        level = float(np.sqrt(np.dot(part, part) / max(part.size, 1)))
        filled[at : at + part.size] = part * np.float32(0.1 / max(level, 1e-4))
        at += max(part.size, SAMPLE_RATE // 10)
    return filled


def make_bank(
    folder: Path, samples: Path, clips: Sequence[Clip], split: Split, seed: int, executor: Executor
) -> list[Rejection]:
    """Write `rooms/`, `noises/` and `bank.json`; return the given rooms that were refused.

    Rooms are those given for the split, and simulated ones (others for each split) beside them if they are
    fewer than half of `ROOMS`.
    """
    audio: RaggedStore[np.int16] = RaggedStore(samples / "audio")
    rooms, refused = _given_rooms(audio, clips, split)
    if len(rooms) < ROOMS // 2:
        train = split is Split.TRAIN
        indices = range(ROOMS // 5, ROOMS) if train else range(ROOMS // 5)
        rooms += [response for pair in executor.map(partial(simulate_room, seed), indices) for response in pair]
    write_ragged(folder / "rooms", rooms, np.float32)
    speech = _rows(clips, split, (ClipKind.SPEECH,))
    voices = tuple(speech[:: max(1, len(speech) // _VOICES)][:_VOICES])
    kinds = [kind for kind in NOISES for _ in range(_NOISE_ROWS[split])]
    noises = executor.map(partial(_noise, samples, voices, seed, split), range(len(kinds)), kinds)
    write_ragged(folder / "noises", noises, np.int16)
    header = {
        "kinds": kinds,
        "recorded": _rows(clips, split, (ClipKind.NOISE, ClipKind.MUSIC)),
        "speech": speech,
        "refused": [asdict(r) for r in refused],
    }
    (folder / "bank.json").write_text(json.dumps(header))
    return refused


def _noise(samples: Path, voices: Sequence[int], seed: int, split: Split, index: int, kind: str) -> NDArray[np.int16]:
    audio: RaggedStore[np.int16] = RaggedStore(samples / "audio")
    rng = generator(seed, "noise", split, index)
    return to_pcm16(make_noise(kind, _NOISE_SECONDS * SAMPLE_RATE, rng, [audio[row] for row in voices]))


def _given_rooms(
    audio: RaggedStore[np.int16], clips: Sequence[Clip], split: Split
) -> tuple[list[NDArray[np.float32]], list[Rejection]]:
    """Return the usable responses of a split, each once, and why others are not."""
    rooms: dict[bytes, NDArray[np.float32]] = {}
    refused = []
    for row in _rows(clips, split, (ClipKind.ROOM,))[:_GIVEN_ROOMS]:
        try:
            response = shape_response(from_pcm16(audio[row]))
            rooms.setdefault(response.tobytes(), response)
        except AudioError as error:
            refused.append(Rejection(clips[row].origin or f"row {row}", error.code, error.message))
    return list(rooms.values()), refused


def _rows(clips: Sequence[Clip], split: Split, kinds: tuple[ClipKind, ...]) -> list[int]:
    return [i for i, clip in enumerate(clips) if clip.split is split and clip.kind in kinds]


@lru_cache(maxsize=4)
def open_bank(folder: Path, samples: Path) -> Bank:
    """Map a bank and the audio that it refers to; once in every process."""
    header = json.loads((folder / "bank.json").read_text())
    return Bank(
        RaggedStore(folder / "rooms"),
        RaggedStore(folder / "noises"),
        tuple(header["kinds"]),
        tuple(header["recorded"]),
        tuple(header["speech"]),
        RaggedStore(samples / "audio"),
    )
