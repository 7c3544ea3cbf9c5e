"""One file becomes checked pieces of 16-bit sound, or a named rejection. Runs in worker processes."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from trainer.core.audio import SAMPLE_RATE, Samples, decode_blocks, read_audio, to_pcm16
from trainer.core.clips import ClipKind, Rejection
from trainer.data.listing import Recording
from trainer.data.rooms import trim_room
from trainer.data.speech import levels, trim_speech
from trainer.errors import AudioError

SHORTEST_S = 0.05
SILENT_DBFS = -65.0  # loudest 10 ms of a recording that holds nothing
LONGEST_POSITIVE_S = 10.0  # longest training clip of a recipe
WHOLE_S = 600.0  # longer recordings are cut, so that memory stays bounded
PART_S = 300.0
CUT_SHARE = 0.9  # of the length that a header states: less was decoded from a file that was cut off
STREAMED_BYTES = 0x7FFF_0000  # stated sizes above it are stand-ins of programs that wrote to a pipe
CLIPPED_SHARE = 1e-3  # of samples at full scale: more is heard as distortion
FULL_SCALE = 32_700


@dataclass(frozen=True)
class Decoded:
    """A piece of a recording.

    Attributes:
        pcm: 16 kHz mono int16 [n].
        heard_s: seconds that were decoded, before any trimming.
        part: number within a long recording, from 1; 0 where it is whole.
        end_s: where the phrase ends, in positives.
        digest: hash of the samples.
        clipped: whether samples stand at full scale.
    """

    pcm: NDArray[np.int16]
    heard_s: float
    part: int
    end_s: float | None
    digest: bytes
    clipped: bool


def probe_seconds(paths: tuple[Path, ...]) -> list[float]:
    """Return the lengths that the headers state; where they do not, what 16-bit sound of that size would have."""
    return [_probe(path) for path in paths]


def is_cut(heard_s: float, promised_s: float) -> bool:
    """Say whether a file holds less sound than its header states."""
    return 0 < heard_s < CUT_SHARE * promised_s


def _probe(path: Path) -> float:
    try:
        with av.open(str(path), metadata_errors="ignore") as container:
            if container.duration and container.duration > 0:
                return float(container.duration / av.time_base) * _cut_factor(path)
    except (av.error.FFmpegError, OSError, ValueError):
        pass  # decoding will say what is wrong
    return path.stat().st_size / (2 * SAMPLE_RATE) if path.is_file() else 0.0


def _cut_factor(path: Path) -> float:
    """Return how many times its own size a WAV file states; FFmpeg goes by what is there. 1 for other formats."""
    with path.open("rb") as file:
        head = file.read(12)
    stated, size = 8 + int.from_bytes(head[4:8], "little"), path.stat().st_size
    is_wav = head[:4] == b"RIFF" and head[8:] == b"WAVE"
    return stated / size if is_wav and size < stated < STREAMED_BYTES else 1.0


def decode_batch(recordings: tuple[Recording, ...]) -> list[list[Decoded | Rejection]]:
    """Decode several files, each to its pieces or one rejection."""
    return [list(decode(recording)) for recording in recordings]


def decode(recording: Recording) -> Iterator[Decoded | Rejection]:
    """Decode one file whole."""
    try:
        samples = read_audio(recording.path)
        heard_s = len(samples) / SAMPLE_RATE
        if recording.kind is ClipKind.ROOM:
            samples = trim_room(samples, recording.origin)
        step = int(PART_S * SAMPLE_RATE)
        if len(samples) <= WHOLE_S * SAMPLE_RATE:
            yield _piece(recording, to_pcm16(samples), 0, heard_s)
            return
    except AudioError as error:
        yield _rejection(recording, error)
        return
    for part, start in enumerate(range(0, len(samples), step), 1):
        yield _checked(recording, samples[start : start + step], part)


def decode_long(recording: Recording) -> Iterator[Decoded | Rejection]:
    """Decode a long file part by part; no more than one part is in memory. Parts before a fault are kept."""
    part, waiting, count = 1, list[Samples](), 0
    try:
        for block in decode_blocks(recording.path):
            waiting.append(block)
            count += block.size
            if count >= PART_S * SAMPLE_RATE:
                yield _checked(recording, np.concatenate(waiting), part)
                part, waiting, count = part + 1, [], 0
    except AudioError as error:
        yield _rejection(recording, error)
    if waiting:
        yield _checked(recording, np.concatenate(waiting), part)


def _checked(recording: Recording, samples: Samples, part: int) -> Decoded | Rejection:
    try:
        if not np.isfinite(samples).all():
            raise AudioError(f"{recording.origin} holds samples that are not numbers", code="not_finite")
        return _piece(recording, to_pcm16(samples), part, len(samples) / SAMPLE_RATE)
    except AudioError as error:
        return _rejection(recording, error)


def _piece(recording: Recording, pcm: NDArray[np.int16], part: int, heard_s: float) -> Decoded:
    name = recording.origin
    if len(pcm) <= SHORTEST_S * SAMPLE_RATE:
        raise AudioError(f"{name} is {len(pcm) / SAMPLE_RATE:.3f} s long", code="too_short")
    if recording.kind is not ClipKind.ROOM and levels(pcm).max() < SILENT_DBFS:
        raise AudioError(f"{name} is silent: nothing is louder than {SILENT_DBFS:g} dBFS", code="silent")
    end_s = None
    if recording.kind is ClipKind.POSITIVE:
        pcm, end_s = trim_speech(pcm)
        if len(pcm) > LONGEST_POSITIVE_S * SAMPLE_RATE:
            raise AudioError(
                f"{name} has {len(pcm) / SAMPLE_RATE:.1f} s of sound; the phrase alone is expected",
                code="too_long",
                hint="Cut it so that every file holds the phrase once.",
            )
    clipped = float(np.mean(np.abs(pcm.astype(np.int32)) >= FULL_SCALE)) > CLIPPED_SHARE
    digest = hashlib.blake2b(np.ascontiguousarray(pcm).data, digest_size=16).digest()
    return Decoded(pcm, heard_s, part, end_s, digest, clipped and recording.kind is not ClipKind.ROOM)


def _rejection(recording: Recording, error: AudioError) -> Rejection:
    return Rejection(recording.origin, error.code, error.message)
