"""Reading and writing audio: any format that FFmpeg knows in, 16 kHz mono float32 out."""

import wave
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from trainer.errors import AudioError

SAMPLE_RATE = 16_000  # Hz, the rate of the device's microphone front end
_BAD_PACKETS = 1  # of a file that may be undecodable, and `_BAD_SHARE` of its packets on top
_BAD_SHARE = 0.02
MAX_SECONDS = 3 * 3600  # longer files would not fit in a small machine's memory

Samples = NDArray[np.float32]


def read_audio(path: Path, longest_s: float = MAX_SECONDS) -> Samples:
    """Decode a file to 16 kHz mono, float32 [n] in -1..1 (floats beyond are kept as they are).

    PyAV decodes what libsndfile refuses, such as FLAC streams whose length is unknown in their header.

    Raises:
        AudioError: with code `missing`, `not_audio`, `unreadable`, `zero_length`, `not_finite` or `too_long`.
    """
    blocks: list[Samples] = []
    total = 0
    for block in decode_blocks(path):
        blocks.append(block)
        total += block.size
        if total > longest_s * SAMPLE_RATE:
            most = f"{longest_s / 3600:g} hours" if longest_s >= 3600 else f"{longest_s / 60:g} minutes"
            raise AudioError(f"{path} is longer than {most}", code="too_long", hint="Cut it into parts.")
    if not blocks:
        raise AudioError(f"{path} holds no sound", code="zero_length")
    samples = np.concatenate(blocks)
    if not np.isfinite(samples).all():
        raise AudioError(
            f"{path} holds samples that are not numbers (NaN or infinite)",
            code="not_finite",
            hint="Export it again from the program that made it.",
        )
    return samples


def decode_blocks(path: Path) -> Iterator[Samples]:
    """Decode a file of any length piece by piece, as `read_audio` does but without its checks of the sound.

    Raises:
        AudioError: with code `missing`, `zero_length`, `not_audio` or `unreadable`, where the fault lies.
    """
    if not path.is_file():
        what = "is a folder; a file is expected" if path.is_dir() else "does not exist"
        raise AudioError(f"{path} {what}", code="missing")
    if path.stat().st_size == 0:
        raise AudioError(f"{path} is empty", code="zero_length")
    try:
        with av.open(str(path), metadata_errors="ignore") as container:
            if not container.streams.audio:
                raise AudioError(f"{path} has no sound track", code="not_audio")
            # Channels are kept here and averaged below: FFmpeg's own mix to mono adds them, and clips.
            resampler = av.AudioResampler(format="fltp", rate=SAMPLE_RATE)
            for frame in _frames(container, path):
                frame.pts = None  # lying time stamps must not make the resampler insert or drop sound
                yield from _mono(resampler.resample(frame))
            yield from _mono(resampler.resample(None))
    except av.error.InvalidDataError as error:
        raise AudioError(
            f"{path} is not sound in any format that FFmpeg knows",
            code="not_audio",
            hint="Convert it to WAV, FLAC, Opus or MP3.",
        ) from error
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise AudioError(f"{path} cannot be decoded: {error}", code="unreadable") from error


def _frames(container: Any, path: Path) -> Iterator[Any]:
    """Decode packet by packet, and pass over the few bad ones that cuts and tags leave at the ends of real files."""
    good = bad = 0
    for packet in container.demux(audio=0):
        try:
            frames = packet.decode()
        except av.error.InvalidDataError:
            bad += 1
            continue
        good += len(frames) > 0
        yield from frames
    if bad and not good:
        raise AudioError(f"{path} is damaged: nothing in it can be decoded", code="unreadable")
    if bad > _BAD_PACKETS + good * _BAD_SHARE:
        raise AudioError(f"{path} is damaged: {bad} of {good + bad} packets cannot be decoded", code="unreadable")


def _mono(frames: Iterable[Any]) -> Iterator[Samples]:
    for frame in frames:
        if frame.samples:
            channels = frame.to_ndarray()
            yield channels[0] if len(channels) == 1 else channels.mean(axis=0, dtype=np.float32)


def write_wav(path: Path, samples: Samples | NDArray[np.int16]) -> None:
    """Write 16 kHz mono 16-bit PCM."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pcm = samples if samples.dtype == np.int16 else to_pcm16(samples.astype(np.float32, copy=False))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(pcm.astype("<i2").tobytes())


def to_pcm16(samples: Samples) -> NDArray[np.int16]:
    """Round float32 in -1..1 to int16, clipping what lies beyond."""
    pcm: NDArray[np.int16] = np.clip(np.rint(samples * 32767.0), -32768, 32767).astype(np.int16)
    return pcm


def from_pcm16(pcm: NDArray[np.int16]) -> Samples:
    """Return int16 as float32 in -1..1."""
    return pcm.astype(np.float32) / np.float32(32767.0)
