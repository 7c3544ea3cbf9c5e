"""The device's microphone front end, as pymicro-features carries it: 40 mel channels every 10 ms.

Frame i of a signal looks at samples [160 i, 160 i + 480): it is there once 160 i + 480 samples have been heard, and
its newest 10 ms are samples [160 i + 320, 160 i + 480). n samples give `frame_count(n)` frames. The front end carries
a noise estimate from frame to frame, so a frame depends on all that was heard before it.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.core.audio import to_pcm16

FRONT_END_VERSION = 1  # raise it when the values change: feature sets made before are then made again
CHANNELS = 40
HOP = 160  # samples, 10 ms
WINDOW = 480  # samples, 30 ms
FRAMES_PER_SECOND = 100
_SCALE = 25.6  # pymicro-features returns the firmware's uint16 times 10 / 256; this undoes it exactly
_SPAN = 666  # the uint16 value that the firmware maps to the top of int8 (micro_wake_word's 26.0 * 25.6)


def features_of(samples: NDArray[np.float32] | NDArray[np.int16]) -> NDArray[np.uint16]:
    """Return what a freshly started front end makes of a signal: uint16 [frame_count(n), 40].

    Args:
        samples: [n] at 16 kHz; float32 in -1..1, or int16.
    """
    pcm = samples if samples.dtype == np.int16 else to_pcm16(samples.astype(np.float32, copy=False))
    return FrontEnd().feed(pcm.astype(np.int16, copy=False))


class FrontEnd:
    """A front end that goes on from piece to piece: fed in any pieces, it gives what it gives for the whole."""

    def __init__(self) -> None:
        from pymicro_features import MicroFrontend

        self._process = MicroFrontend().process_samples
        self._rest = b""

    def feed(self, pcm: NDArray[np.int16]) -> NDArray[np.uint16]:
        """Return the frames that this piece completes: int16 [n] at 16 kHz in, uint16 [frames, 40] out."""
        sound = self._rest + np.ascontiguousarray(pcm, dtype="<i2").tobytes()
        step = 2 * HOP
        end = len(sound) // step * step
        values: list[float] = []
        for at in range(0, end, step):
            values += self._process(sound[at : at + step]).features
        self._rest = sound[end:]
        frames: NDArray[np.uint16] = np.rint(np.asarray(values, np.float32) * _SCALE).astype(np.uint16)
        return frames.reshape(-1, CHANNELS)


def frame_count(samples: int) -> int:
    """Return how many frames a signal of so many samples has."""
    return max(0, (samples - WINDOW) // HOP + 1)


def samples_for(frames: int) -> int:
    """Return the least number of samples that have so many frames."""
    return (frames - 1) * HOP + WINDOW if frames > 0 else 0


def frame_of(sample: int) -> int:
    """Return the frame in which a sample is heard first, as one of its newest 10 ms (0 for the first 30 ms)."""
    return max(0, (sample - (WINDOW - HOP)) // HOP)


def quantise(features: NDArray[np.uint16]) -> NDArray[np.int8]:
    """Return the model's input by the firmware's formula, clamp((v * 256 + 333) // 666 - 128), same shape."""
    wide: NDArray[Any] = (features.astype(np.int32) * 256 + _SPAN // 2) // _SPAN - 128
    quantised: NDArray[np.int8] = np.clip(wide, -128, 127).astype(np.int8)
    return quantised
