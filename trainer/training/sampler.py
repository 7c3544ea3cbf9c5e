"""Batches: clips drawn from the feature sets by their shares. Batch n depends on the seed and n alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.core.ragged import RaggedStore
from trainer.core.seeds import generator
from trainer.errors import TrainingError

POSITIVE = "positive"
MINED = "mined"


@dataclass(frozen=True)
class FeatureSet:
    """Feature clips of one kind.

    Attributes:
        name: the kind, as in the sampler's shares.
        store: rows of uint16 [slices, 40].
        ends: int32 [rows], the slice in which the phrase ends, -1 in negatives.
    """

    name: str
    store: RaggedStore[np.uint16]
    ends: NDArray[np.int32]


@dataclass(frozen=True)
class Crop:
    """A piece of a feature set: its first slice in a row."""

    set: str
    row: int
    start: int


@dataclass(frozen=True)
class Batch:
    """Clips for one step.

    Attributes:
        features: uint16 [batch, slices, 40].
        ends: int32 [batch], -1 in negatives.
        crops: where the clips lie.
    """

    features: NDArray[np.uint16]
    ends: NDArray[np.int32]
    crops: tuple[Crop, ...]


def open_set(folder: Path, name: str) -> FeatureSet:
    """Open one feature set of the features stage."""
    return FeatureSet(name, RaggedStore(folder), np.load(folder / "ends.npy", allow_pickle=False))


class Sampler:
    """Draws batches with a fixed number of clips of every kind (T8).

    Args:
        sets: feature sets; positives under the name "positive".
        shares: relative share of a batch by name; kinds without clips are left out.
        batch: clips a step.
        slices: length of a clip.
        seed: of the run.
        mixup: share of clips that another negative is laid over (A6).
    """

    def __init__(
        self,
        sets: Sequence[FeatureSet],
        shares: Mapping[str, float],
        batch: int,
        slices: int,
        seed: int,
        mixup: float = 0.0,
    ) -> None:
        self.sets = {s.name: s for s in sets}
        self.shares, self.size, self.slices, self.seed, self.mixup = shares, batch, slices, seed, mixup
        self._starts = {s.name: _starts(s, slices) for s in sets}
        self.mined: tuple[Crop, ...] = ()
        if not len(self._starts.get(POSITIVE, ())):
            raise TrainingError("there is no positive clip to train on", hint="Look at the samples' rejections.")
        if len([name for name, starts in self._starts.items() if len(starts)]) < 2:
            raise TrainingError(
                "there is no negative clip to train on", hint="Give some speech_minutes or --negatives."
            )

    def counts(self) -> dict[str, int]:
        """Return how many clips of each kind a batch holds, summing to the batch size."""
        at_hand = {name for name, starts in self._starts.items() if len(starts)} | ({MINED} if self.mined else set())
        shares = {name: share for name, share in self.shares.items() if share > 0 and name in at_hand}
        total = sum(shares.values())
        counts = {name: int(self.size * share / total) for name, share in shares.items()}
        counts[POSITIVE] += self.size - sum(counts.values())
        return counts

    def batch(self, step: int) -> Batch:
        """Return the batch of a step."""
        rng = generator(self.seed, "batch", step)
        crops = [crop for name, count in self.counts().items() for crop in self._draw(name, count, rng)]
        features = np.stack([self._cut(crop) for crop in crops])
        ends = np.array([self._end(crop) for crop in crops], np.int32)
        if self.mixup:
            self._lay_over(features, ends, rng)
        return Batch(features, ends, tuple(crops))

    def _draw(self, name: str, count: int, rng: np.random.Generator) -> list[Crop]:
        if name == MINED:
            return [self._shift(self.mined[i], rng) for i in rng.integers(0, len(self.mined), count)]
        cumulative = self._starts[name]
        places = rng.integers(0, cumulative[-1], count)
        rows = np.searchsorted(cumulative, places, side="right")
        before = np.concatenate([[0], cumulative])[rows]
        return [Crop(name, int(row), int(place - b)) for row, place, b in zip(rows, places, before, strict=True)]

    def _shift(self, crop: Crop, rng: np.random.Generator) -> Crop:
        """Move a mined crop, so that its worst moment is not always in the same window."""
        longest = int(self.sets[crop.set].store.lengths()[crop.row]) - self.slices
        start = crop.start + int(rng.integers(-30, 60))
        return Crop(crop.set, crop.row, min(max(start, 0), max(longest, 0)))

    def _cut(self, crop: Crop) -> NDArray[np.uint16]:
        return self.sets[crop.set].store[crop.row][crop.start : crop.start + self.slices]

    def _end(self, crop: Crop) -> int:
        end = int(self.sets[crop.set].ends[crop.row])
        return end - crop.start if end >= 0 else -1

    def _lay_over(self, features: NDArray[np.uint16], ends: NDArray[np.int32], rng: np.random.Generator) -> None:
        """Lay a negative over some clips: the louder of both in every feature, as two sounds in one room."""
        negatives = np.flatnonzero(ends < 0)
        chosen = np.flatnonzero(rng.random(len(ends)) < self.mixup)
        others = rng.choice(negatives, len(chosen))
        levels = rng.uniform(0.3, 0.9, len(chosen)).astype(np.float32)
        quiet = (features[others] * levels[:, None, None]).astype(np.uint16)
        features[chosen] = np.maximum(features[chosen], quiet)


def _starts(feature_set: FeatureSet, slices: int) -> NDArray[np.int64]:
    """Return, cumulated over rows, how many crops of `slices` each row holds."""
    lengths = feature_set.store.lengths()
    return np.cumsum(np.maximum(lengths - slices + 1, 0)) if len(lengths) else np.zeros(0, np.int64)
