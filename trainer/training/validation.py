"""Checkpoints are measured here by continuous streaming, and compared by one score (T3).

The score is the mean recall over several false-accept rates and near-miss shares, and not recall at the target alone:
see docs/decisions/0004-checkpoints.md.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.model.shape import SLICE_S, MixedNetShape
from trainer.model.weights import Weights
from trainer.training.sampler import FeatureSet
from trainer.training.scorer import Scorer

WINDOW = 5  # steps averaged, ESPHome's usual sliding window
BLOCK_S = 1.0  # after a detection the device ignores a second: more than one accept a second cannot happen
EARLY_SLICES, LATE_SLICES = 10, 90  # a detection counts from just before the word's end until so long after
NEAR_MISS_SHARE = 0.02  # of near misses accepted, at which the strict recall is taken
# False accepts per hour and shares of near misses at which recall is taken for the score. Single rates would hang a
# checkpoint's fate on the one loudest moment of the streams.
SCORED_RATES = (2.0, 5.0, 10.0)
SCORED_SHARES = (0.02, 0.05, 0.1)


@dataclass(frozen=True)
class Figures:
    """What a checkpoint does on the validation sets.

    Attributes:
        recall: share of positives found at the threshold that meets the false-accept target.
        strict_recall: the same at the threshold that lets 2 % of near misses pass.
        threshold: the first of both, a probability.
        false_accepts_per_hour: on the ambient streams at `threshold`.
        false_accepts_at_half: the same at a threshold of 0.5, whatever the target: it shows how quiet the network is.
        near_misses: share of near misses accepted at `threshold`.
        score: what checkpoints are compared by: mean recall over rates of false accepts and shares of near misses.
    """

    recall: float
    strict_recall: float
    threshold: float
    false_accepts_per_hour: float
    false_accepts_at_half: float
    near_misses: float
    score: float

    def values(self) -> dict[str, float]:
        """Return the figures by name, for events and the history."""
        return {name: round(float(value), 5) for name, value in vars(self).items()}


class Validator:
    """Measures weights on the validation sets.

    Args:
        positives, near_misses, ambient: the validation feature sets; near misses may be empty.
        target: false accepts per hour.
    """

    def __init__(
        self,
        scorer: Scorer,
        positives: FeatureSet,
        near_misses: FeatureSet,
        ambient: FeatureSet,
        target: float,
    ) -> None:
        self.scorer, self.shape = scorer, scorer.shape
        self.positives, self.near_misses, self.ambient, self.target = positives, near_misses, ambient, target
        self.hours = float(ambient.store.lengths().sum()) * SLICE_S / 3600

    def measure(self, weights: Weights) -> Figures:
        """Stream the validation sets through the float network and return the figures."""
        found = np.array(
            [
                _peak_near(row, int(end), self.shape)
                for row, end in zip(self._stream(weights, self.positives), self.positives.ends, strict=True)
            ]
        )
        accepts = np.concatenate([_blocks(row, self.shape) for row in self._stream(weights, self.ambient)])
        near = np.array([row.max(initial=0.0) for row in self._stream(weights, self.near_misses)])
        rates = [_threshold(accepts, int(rate * self.hours)) for rate in (self.target, *SCORED_RATES)]
        shares = [_threshold(near, int(share * len(near))) for share in SCORED_SHARES]
        threshold, strict = rates[0], max(rates[0], _threshold(near, int(NEAR_MISS_SHARE * len(near))))
        recall, strict_recall = float(np.mean(found > threshold)), float(np.mean(found > strict))
        score = float(np.mean([np.mean(found > t) for t in (*rates, *shares)]))
        return Figures(
            recall=recall,
            strict_recall=strict_recall,
            threshold=threshold,
            false_accepts_per_hour=self._hourly(accepts, threshold),
            false_accepts_at_half=self._hourly(accepts, 0.5),
            near_misses=float(np.mean(near > threshold)) if len(near) else 0.0,
            score=score,
        )

    def _hourly(self, accepts: NDArray[np.float32], threshold: float) -> float:
        return float(np.sum(accepts > threshold)) / max(self.hours, 1e-9)

    def _stream(self, weights: Weights, feature_set: FeatureSet) -> list[NDArray[np.float32]]:
        return [sliding_mean(row) for row in self.scorer.probabilities(weights, feature_set.store)]


def sliding_mean(probabilities: NDArray[np.float32], window: int = WINDOW) -> NDArray[np.float32]:
    """Return the mean of each step and those before it, `window` in all; steps before the first count as zero."""
    total = np.cumsum(np.concatenate([np.zeros(window, np.float64), probabilities]))
    means: NDArray[np.float32] = ((total[window:] - total[:-window]) / window).astype(np.float32)
    return means


def _peak_near(row: NDArray[np.float32], end: int, shape: MixedNetShape) -> float:
    newest = np.arange(len(row)) * shape.stride + shape.receptive_field - 1
    near = (newest >= end - EARLY_SLICES) & (newest <= end + LATE_SLICES)
    return float(row[near].max(initial=0.0))


def _blocks(row: NDArray[np.float32], shape: MixedNetShape) -> NDArray[np.float32]:
    """Return the highest value of every second."""
    size = round(BLOCK_S / (shape.stride * SLICE_S))
    padded = np.concatenate([row, np.zeros(-len(row) % size, np.float32)])
    peaks: NDArray[np.float32] = padded.reshape(-1, size).max(1, initial=0.0)
    return peaks


def _threshold(scores: NDArray[np.float32], allowed: int) -> float:
    """Return the lowest threshold that at most `allowed` scores exceed."""
    if len(scores) <= allowed:
        return 0.0
    return float(np.partition(scores, len(scores) - allowed - 1)[len(scores) - allowed - 1])
