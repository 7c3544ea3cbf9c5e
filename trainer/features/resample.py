"""Playing a clip faster or slower, as a tape would: pitch, formants and tempo together."""

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from trainer.features.scenes import resampled_sizes


def change_speed(samples: NDArray[np.float32], speed: float) -> NDArray[np.float32]:
    """Return float32 [resampled_sizes(n, speed)[2]]: the band-limited signal at `speed` times its pace."""
    if speed == 1.0:
        return samples
    padded, out, length = resampled_sizes(samples.size, speed)
    spectrum = fft.rfft(samples, padded)[: out // 2 + 1]
    played: NDArray[np.float32] = fft.irfft(spectrum, out)[:length] * np.float32(out / padded)
    return played
