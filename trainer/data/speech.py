"""Where speech begins and ends in a recording of the phrase, by energy."""

import numpy as np
from numpy.typing import NDArray

from trainer.core.audio import SAMPLE_RATE

FRAME = SAMPLE_RATE // 100  # samples: levels are taken every 10 ms
MARGIN_S = 0.05  # kept on both sides: a closing stop or fricative is weaker than any threshold
SHORTEST_RUN = 4  # frames: a shorter burst is a click


def levels(pcm: NDArray[np.int16]) -> NDArray[np.float64]:
    """Return the RMS level of every whole 10 ms frame, dBFS, float64 [n // 160]; -100 is digital silence."""
    frames = pcm[: len(pcm) // FRAME * FRAME].reshape(-1, FRAME).astype(np.float64) / 32768.0
    dbfs: NDArray[np.float64] = 20 * np.log10(np.sqrt(np.mean(frames**2, axis=1)) + 1e-5)
    return dbfs


def speech_parts(pcm: NDArray[np.int16]) -> list[tuple[int, int]]:
    """Return first and last sample of every run that stands out of the background, without margin.

    The threshold lies a third of the way from the background (10th percentile) to the loud parts (95th), and at
    most 30 dB below these. A recording that is cut close has no background to find, and is kept nearly whole.
    """
    smooth = np.convolve(levels(pcm), np.ones(3) / 3, "same")
    if smooth.size == 0:
        return [(0, len(pcm))]
    loud, background = np.percentile(smooth, 95), np.percentile(smooth, 10)
    threshold = max(loud - 30.0, background + (loud - background) / 3)
    above = np.concatenate(([0], (smooth >= min(threshold, loud)).astype(np.int8), [0]))
    starts, ends = np.flatnonzero(np.diff(above) == 1), np.flatnonzero(np.diff(above) == -1)
    long = ends - starts >= SHORTEST_RUN
    runs = zip(starts[long], ends[long], strict=True)
    return [(int(a) * FRAME, min(int(b) * FRAME, len(pcm))) for a, b in runs] or [(0, len(pcm))]


def speech_span(pcm: NDArray[np.int16]) -> tuple[int, int]:
    """Return first and last sample of what stands out of the background, without margin; see `speech_parts`."""
    parts = speech_parts(pcm)
    return parts[0][0], parts[-1][1]


def trim_speech(pcm: NDArray[np.int16]) -> tuple[NDArray[np.int16], float]:
    """Return the recording cut to speech with a small margin, and where speech ends in it, seconds."""
    start, end = speech_span(pcm)
    margin = int(MARGIN_S * SAMPLE_RATE)
    first, last = max(0, start - margin), min(len(pcm), end + margin)
    return pcm[first:last], (end - first) / SAMPLE_RATE
