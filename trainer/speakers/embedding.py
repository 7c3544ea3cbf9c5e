"""Recordings become vectors: what is said is cut out of the pauses and embedded. Runs in worker processes."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.core.audio import SAMPLE_RATE
from trainer.core.clips import ClipKind, Rejection
from trainer.core.workers import map_in_order
from trainer.data.decoding import WHOLE_S, decode, decode_long, probe_seconds
from trainer.data.listing import Recording
from trainer.data.speech import FRAME, speech_parts
from trainer.events import Report
from trainer.speakers import cepstra
from trainer.speakers.onnx_model import OnnxModel

Embed = Callable[[NDArray[np.int16]], NDArray[np.float32]]
LONGEST_S = 30.0  # of speech of one recording: more tells no more of the speaker
_MARGIN = 3 * FRAME  # kept around every part: the ends of sounds are weak and tell of the voice as well
_BATCH = 16


@dataclass(frozen=True)
class Voiced:
    """A recording that was embedded: its path below the folder, its vector (of length 1), and seconds of speech."""

    name: str
    vector: NDArray[np.float32]
    speech_s: float


@dataclass(frozen=True)
class Batch:
    """Work for a process: files, with the model that embeds them; None is the built-in one."""

    folder: Path
    names: tuple[str, ...]
    model: Path | None


def embed_files(
    folder: Path, names: Sequence[str], model: Path | None, executor: Executor, report: Report
) -> list[Voiced | Rejection]:
    """Embed recordings, in their order; those that cannot be read or are silent come back with the reason.

    Args:
        folder: that the names are paths below.
        model: an ONNX speaker model; None takes the built-in embedding.

    Raises:
        ModelError: the model cannot be used.
    """
    open_embedding(model)  # a wrong model is told before any work
    batches = [Batch(folder, tuple(names[i : i + _BATCH]), model) for i in range(0, len(names), _BATCH)]
    return [one for batch in map_in_order(executor, embed_batch, batches, report, "batches") for one in batch]


def embed_batch(batch: Batch) -> list[Voiced | Rejection]:
    """Decode and embed several files."""
    embed = open_embedding(batch.model)
    return [_embed_file(batch.folder, name, embed) for name in batch.names]


def open_embedding(model: Path | None) -> Embed:
    """Return what embeds int16 [n] at 16 kHz without pauses as float32 [size].

    Raises:
        ModelError: the model cannot be used.
    """
    return cepstra.embed if model is None else _session(model, os.getpid())


def embed_clips(model: Path | None) -> Embed:
    """Return what cuts the pauses out of int16 [n] and embeds it at length 1, float32 [size].

    Raises:
        ModelError: the model cannot be used.
    """
    embed = open_embedding(model)
    return lambda pcm: unit(embed(cut_speech(pcm)))


@lru_cache(maxsize=1)
def _session(model: Path, _process: int) -> Embed:
    """Return this process's model: a session does not survive a fork."""
    return OnnxModel(model).embed


def cut_speech(pcm: NDArray[np.int16]) -> NDArray[np.int16]:
    """Return the parts of int16 [n] that stand out of the background, joined; 30 s of them at most."""
    spoken = np.zeros(len(pcm), np.bool_)
    for start, end in speech_parts(pcm):
        spoken[max(0, start - _MARGIN) : end + _MARGIN] = True
    return pcm[spoken][: int(LONGEST_S * SAMPLE_RATE)]


def unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the vector at length 1; one of zeros stays."""
    length = float(np.linalg.norm(vector))
    return vector / np.float32(length) if length else vector


def _embed_file(folder: Path, name: str, embed: Embed) -> Voiced | Rejection:
    recording = Recording(folder / name, ClipKind.SPEECH, "", "", "", name)
    long = probe_seconds((recording.path,))[0] > WHOLE_S
    [piece] = islice(decode_long(recording) if long else decode(recording), 1)  # of a long one the first five minutes
    if isinstance(piece, Rejection):
        return piece
    speech = cut_speech(piece.pcm)
    return Voiced(name, unit(embed(speech)), round(len(speech) / SAMPLE_RATE, 2))
