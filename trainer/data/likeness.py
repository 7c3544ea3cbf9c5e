"""A short fingerprint of how a clip sounds, by which copies at another level or in another codec are found.

A copy that was cut elsewhere is missed where its length differs by more than `LENGTHS`.
"""

import numpy as np
from numpy.typing import NDArray

from trainer.core.audio import SAMPLE_RATE
from trainer.data.speech import speech_span

COLUMNS, BANDS = 32, 9  # 31 x 8 bits in four words of 64
ALIKE_BITS = 50  # of 248: of 2,000 recordings of equal length the closest two that are no copies differ in 70
LENGTHS = 0.04  # copies are as long as one another to this share
_FFT = 512
_EDGES = np.geomspace(150, 6000, BANDS + 1) / (SAMPLE_RATE / _FFT)  # bins
_FLOOR = 1e-3
_LONGEST = 30 * SAMPLE_RATE  # samples: of longer clips the beginning is compared


def sketch(pcm: NDArray[np.int16]) -> tuple[NDArray[np.uint64], int]:
    """Return four words of bits and the number of samples that they describe: the loud part of the clip.

    A bit says whether the step of energy from one band to the next grows from one column of time to the next
    (Haitsma and Kalker, "A Highly Robust Audio Fingerprinting System", 2002); level and colour fall out.
    """
    pcm = pcm[:_LONGEST]
    start, end = speech_span(pcm)
    part = pcm[start:end]
    if len(part) < 2 * _FFT:
        part = np.pad(part, (0, 2 * _FFT - len(part)))
    hops = np.lib.stride_tricks.sliding_window_view(part, _FFT)[:: _FFT // 4]
    power = np.abs(np.fft.rfft(hops * np.hanning(_FFT), axis=1)) ** 2
    bands = np.add.reduceat(power, _EDGES[:-1].astype(np.int64), axis=1)
    bands += _FLOOR * bands.mean() + 1e-9  # what is far below the clip's own level says nothing
    parts = np.linspace(0, len(bands), COLUMNS + 1)
    sums = np.concatenate((np.zeros((1, BANDS)), np.cumsum(bands, axis=0)))
    at = np.stack([np.interp(parts, np.arange(len(sums)), sums[:, band]) for band in range(BANDS)], axis=1)
    energy = np.log(np.diff(at, axis=0))
    bits = np.diff(np.diff(energy, axis=1), axis=0) > 0
    return np.packbits(np.pad(bits.ravel(), (0, 256 - bits.size))).view(np.uint64), len(part)


def alike(words: NDArray[np.uint64], lengths: NDArray[np.int64], groups: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Return pairs of clips of different groups that sound alike.

    Args:
        words: uint64 [clips, 4], `sketch` of each. lengths: int64 [clips]. groups: int64 [clips], such as the split.
    """
    order = np.argsort(lengths, kind="stable")
    sizes = lengths[order]
    pairs: list[tuple[int, int]] = []
    ends = np.searchsorted(sizes, sizes * (1 + LENGTHS), side="right")
    for place, clip in enumerate(order):
        others = order[place + 1 : ends[place]]
        others = others[groups[others] != groups[clip]]
        bits = np.bitwise_count(words[others] ^ words[clip]).sum(axis=1)
        pairs += [(min(int(clip), int(o)), max(int(clip), int(o))) for o in others[bits < ALIKE_BITS]]
    return sorted(pairs)
