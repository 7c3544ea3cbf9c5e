"""Where the takes of a recording lie, and files made of them. Originals are only read (D18)."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.core.audio import SAMPLE_RATE, read_audio, to_pcm16, write_wav
from trainer.data.speech import FRAME, levels
from trainer.errors import AudioError, DataError

MARGIN_S = 0.2  # kept on both sides of a take: what a device hears before and after it
PAUSE_S = 0.5  # a shorter pause is one within the phrase
SHORTEST_S = 0.2  # of speech: what is shorter is a knock
LONGEST_FILE_S = 3600.0
_LOUDEST_FRAMES = 20  # the level of speech is that of the loudest 0.2 s: takes may be rare in a long recording
_STANDS_OUT_DB = 10.0
_SHARE = 1 / 3  # of the way from the background to speech lies the threshold


def find_takes(pcm: NDArray[np.int16]) -> list[tuple[int, int]]:
    """Return first and last sample (exclusive) of every take with its margins, in order; none overlap."""
    if len(pcm) < FRAME:
        return []
    smooth = np.convolve(levels(pcm), np.ones(3) / 3, "same")
    speech = float(np.sort(smooth)[-min(_LOUDEST_FRAMES, smooth.size)])
    background = float(np.percentile(smooth, 20))
    if speech - background < _STANDS_OUT_DB:
        return []
    threshold = max(background + _SHARE * (speech - background), speech - 35.0)
    active = np.concatenate(([0], (smooth > threshold).astype(np.int8), [0]))
    runs = zip(np.flatnonzero(np.diff(active) == 1), np.flatnonzero(np.diff(active) == -1), strict=True)
    joined: list[list[int]] = []
    for start, end in ((int(a) * FRAME, int(b) * FRAME) for a, b in runs):
        if joined and start - joined[-1][1] < PAUSE_S * SAMPLE_RATE:
            joined[-1][1] = end
        else:
            joined.append([start, end])
    margin = int(MARGIN_S * SAMPLE_RATE)
    takes = [(start, end) for start, end in joined if end - start >= SHORTEST_S * SAMPLE_RATE]
    return [(max(0, start - margin), min(len(pcm), end + margin)) for start, end in takes]


def cut_takes(path: Path, folder: Path, split: bool) -> list[tuple[Path, float]]:
    """Write the takes of a file as 16 kHz WAV into a folder; return each new file with its seconds.

    Args:
        split: each take becomes `<name>_take<n>.wav`; else all from the first to the last is `<name>.wav`.

    Raises:
        AudioError: the file cannot be read, or holds nothing that stands out of its background.
        DataError: a file of that name is there already.
    """
    pcm = to_pcm16(read_audio(path, LONGEST_FILE_S))
    takes = find_takes(pcm)
    if not takes:
        raise AudioError(f"{path}: nothing stands out of the background", code="silent")
    if not split:
        return [_write(folder / f"{path.stem}.wav", pcm[takes[0][0] : takes[-1][1]])]
    return [_write(folder / f"{path.stem}_take{n}.wav", pcm[a:b]) for n, (a, b) in enumerate(takes, 1)]


def _write(path: Path, pcm: NDArray[np.int16]) -> tuple[Path, float]:
    if path.exists():
        raise DataError(f"{path} is there already", hint="Name a new folder: nothing is overwritten.", code="exists")
    write_wav(path, pcm)
    return path, round(len(pcm) / SAMPLE_RATE, 3)
