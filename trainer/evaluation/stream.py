"""The device twin on sound that is still coming: what `device.py` says of a whole file, piece by piece."""

import math
from collections import deque
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.core.audio import SAMPLE_RATE, read_audio, to_pcm16
from trainer.evaluation.device import IGNORED_SLICES, SLICE_SECONDS, Probabilities, Twin
from trainer.features.frontend import FrontEnd

QUIET_S = 1.0  # of silence before and after a file: the device hears a room, and judges nothing in its first second


@dataclass(frozen=True)
class Heard:
    """What the device made of some sound.

    Attributes:
        begin_s: where the first step begins; those that follow are `Stream.step_s` apart.
        probabilities: uint8 [steps].
        means: sliding means, which are compared with the cutoff, float32 [steps], 0..255.
        detections: seconds at which the device detects.
    """

    begin_s: float
    probabilities: Probabilities
    means: NDArray[np.float32]
    detections: tuple[float, ...]


class Stream:
    """A device that has just been switched on. Time begins at `begin_s`."""

    def __init__(self, twin: Twin, cutoff: int, window: int, begin_s: float = 0.0) -> None:
        self.step_s = twin.stride * SLICE_SECONDS
        self._front_end, self._run = FrontEnd(), twin.start()
        self._judge, self._means = Judge(cutoff, window, twin.stride), SlidingMean(window)
        self._begin_s, self._steps = begin_s, 0

    def feed(self, pcm: NDArray[np.int16]) -> Heard:
        """Hear the next piece, int16 [n] at 16 kHz, of any length."""
        probabilities = self._run.feed(self._front_end.feed(pcm))
        begin_s = self._begin_s + self._steps * self.step_s
        self._steps += len(probabilities)
        found = tuple(round(self._begin_s + s * SLICE_SECONDS, 3) for s in self._judge.feed(probabilities))
        return Heard(round(begin_s, 3), probabilities, self._means.feed(probabilities), found)


class Judge:
    """The firmware's loop as `device.detect` tells it, a step at a time."""

    def __init__(self, cutoff: int, window: int, stride: int) -> None:
        self._cutoff, self._window, self._stride = cutoff, window, stride
        self._recent: deque[int] = deque(maxlen=window)
        self._last, self._ignore, self._unjudged, self._slice = 0, -IGNORED_SLICES, False, 0

    def feed(self, probabilities: Probabilities) -> list[int]:
        """Return the slices, counted from the first of all, in which the device detects."""
        return [slice_ for p in probabilities.tolist() for slice_ in self._step(p)]

    def _step(self, probability: int) -> list[int]:
        found = []
        for place in range(self._stride):
            if place == self._stride - 1:
                self._recent.append(probability)
                self._last, self._unjudged = probability, True
            if self._last < self._cutoff:
                self._ignore = min(self._ignore + 1, 0)
            if self._unjudged and self._ignore == 0:
                self._unjudged = False
                if sum(self._recent) > self._cutoff * self._window:
                    found.append(self._slice)
                    self._recent.clear()
                    self._last, self._ignore = 0, -IGNORED_SLICES
            self._slice += 1
        return found


class SlidingMean:
    """The means of `device.window_means`, piece by piece."""

    def __init__(self, window: int) -> None:
        self._recent = np.zeros(window, np.int64)

    def feed(self, probabilities: Probabilities) -> NDArray[np.float32]:
        """Return the mean after each step, float32 [steps]."""
        window = len(self._recent)
        values = np.concatenate([self._recent, probabilities.astype(np.int64)])
        self._recent = values[-window:]
        total = np.cumsum(values)
        means: NDArray[np.float32] = ((total[window:] - total[:-window]) / window).astype(np.float32)
        return means


def hear_file(path: Path, twin: Twin, cutoff: int, window: int, longest_s: float) -> Heard:
    """Play a recording to a device, with a second of silence before and after.

    Time 0 is where the file begins. The silence is a whole number of steps, so that a step begins there too.

    Raises:
        AudioError: the file cannot be read, or is longer than `longest_s`.
    """
    quiet_s = round(math.ceil(QUIET_S / (step_s := twin.stride * SLICE_SECONDS)) * step_s, 2)
    quiet = np.zeros(round(quiet_s * SAMPLE_RATE), np.int16)
    pcm = np.concatenate([quiet, to_pcm16(read_audio(path, longest_s)), quiet])
    return Stream(twin, cutoff, window, -quiet_s).feed(pcm)
