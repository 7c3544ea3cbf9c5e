"""Changing the rate of speech, and with it the size of the speaker."""

from fractions import Fraction

import numpy as np
from scipy.signal import resample_poly

from trainer.core.audio import SAMPLE_RATE, Samples

# Largest factor of the polyphase filter: 16000 / 22050 = 320 / 441 is exact, a tract is met to 0.1 %.
_LARGEST_FACTOR = 500


def to_device_rate(samples: Samples, rate: int, tract: float = 1.0) -> Samples:
    """Return sound of `rate` Hz at 16 kHz, pitch and formants multiplied by `tract`, as is the tempo.

    A voice that shall keep its tempo is asked to speak at `tempo / tract` before. A shorter vocal tract raises all
    formants by one factor, and small bodies have high voices: so one factor on both makes another speaker (N17).
    """
    ratio = Fraction(SAMPLE_RATE / (rate * tract)).limit_denominator(_LARGEST_FACTOR)
    out: Samples = resample_poly(samples, ratio.numerator, ratio.denominator).astype(np.float32)
    return out
