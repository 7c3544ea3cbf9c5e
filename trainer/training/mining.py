"""Hard negatives: the moments of the training negatives at which the network so far would wake (T17, T18)."""

from collections.abc import Sequence

import numpy as np

from trainer.core.seeds import generator
from trainer.model.weights import Weights
from trainer.training.sampler import Crop, FeatureSet
from trainer.training.scorer import Scorer

SPACING_S = 1.0  # between two moments of one row


def mine(
    scorer: Scorer, weights: Weights, sets: Sequence[FeatureSet], slices: int, above: float, most: int, seed: int
) -> tuple[Crop, ...]:
    """Return crops of `slices` that end a moment after the worst moments of negative sets, worst first.

    Moments above the probability `above` are taken; where more than `most` are found, the worst.
    """
    shape = scorer.shape
    spacing = round(SPACING_S / (shape.stride * 0.01))
    found: list[tuple[float, Crop]] = []
    for feature_set in sets:
        rows = scorer.probabilities(weights, feature_set.store)
        for index, row in enumerate(rows):
            rng = generator(seed, "mine", feature_set.name, index)
            longest = len(feature_set.store[index]) - slices
            for step in _peaks(row, above, spacing):
                newest = step * shape.stride + shape.receptive_field - 1
                start = newest - slices + 1 + int(rng.integers(0, 60))
                if longest >= 0:
                    found.append((float(row[step]), Crop(feature_set.name, index, min(max(start, 0), longest))))
    found.sort(key=lambda item: -item[0])
    return tuple(crop for _, crop in found[:most])


def _peaks(row: np.ndarray[tuple[int], np.dtype[np.float32]], above: float, spacing: int) -> list[int]:
    """Return the highest step of every stretch of `spacing` steps that exceeds `above`."""
    peaks = []
    for first in range(0, len(row), spacing):
        step = first + int(np.argmax(row[first : first + spacing]))
        if row[step] > above:
            peaks.append(step)
    return peaks
