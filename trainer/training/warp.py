"""Other people's ways of saying the same: the time and the frequency of a clip are bent a little (A5).

Voices that speak a phrase all time its syllables alike; people do not. Time warping is SpecAugment's first policy
(Park et al., 2019, arXiv:1904.08779), here with a knot every quarter of a second; frequency warping is vocal tract
length perturbation (Jaitly and Hinton, 2013), over mel channels. Both keep the clip's length and its two ends.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.core.arrays import Arrays
from trainer.recipe import TrainingRecipe

KNOT_SLICES = 25
_CENTRE = 0.4  # of the channels: above it a frequency warp stretches, below it shrinks, so that both edges stay


def warp(
    features: NDArray[np.uint16],
    ends: NDArray[np.int32],
    recipe: TrainingRecipe,
    rng: np.random.Generator,
    arrays: Arrays,
) -> tuple[Any, NDArray[np.int32], NDArray[np.float32]]:
    """Return bent clips float32 [batch, slices, 40], the slices in which their words end now, and the slice, between
    two, that every slice of theirs was read from, [batch, slices].

    Args:
        features: uint16 [batch, slices, 40].
        ends: int32 [batch], -1 in negatives.
    """
    batch, slices, channels = features.shape
    bent = arrays.from_host(features).astype(arrays.xp.float32)
    times = np.tile(np.arange(slices, dtype=np.float32), (batch, 1))
    if recipe.time_warp:
        times = draw_times(batch, slices, recipe.time_warp, rng)
        bent = _read_times(bent, times, arrays)
        ends = _move(ends, times)
    if recipe.frequency_warp:
        bent = _read_channels(bent, draw_channels(batch, channels, recipe.frequency_warp, rng), arrays)
    return bent, ends, times


def draw_times(batch: int, slices: int, spread: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return the slice, between two, that every slice of the bent clip is read from; [batch, slices], rising.

    The speed is log-normal at every knot, of standard deviation `spread`, linear between them and 1 on average.
    """
    knots = slices // KNOT_SLICES + 2
    speeds = np.exp(spread * rng.standard_normal((batch, knots)))
    places = np.arange(slices - 1) / KNOT_SLICES
    left = places.astype(np.int64)
    share = places - left
    fine = speeds[:, left] * (1 - share) + speeds[:, left + 1] * share
    times = np.concatenate([np.zeros((batch, 1)), np.cumsum(fine, 1)], 1)
    return (times * ((slices - 1) / times[:, -1:])).astype(np.float32)


def draw_channels(batch: int, channels: int, spread: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return the channel that every channel of the bent clip is read from; [batch, channels], rising.

    A clip's factor on the channels is log-normal, of standard deviation `spread`; the edges stay where they are.
    """
    factors = np.exp(np.clip(spread * rng.standard_normal((batch, 1)), -2 * spread, 2 * spread))
    top = channels - 1
    knee = _CENTRE * top
    plain = np.arange(channels, dtype=np.float32)[None]
    low = plain * factors
    high = top - (top - plain) * (top - knee * factors) / (top - knee)
    return np.where(plain <= knee, low, high).astype(np.float32)


def _read_times(clips: Any, times: NDArray[np.float32], arrays: Arrays) -> Any:
    """Return clips [batch, slices, channels] read at [batch, slices], by linear interpolation."""
    batch, slices, channels = clips.shape
    left = np.minimum(times.astype(np.int64), slices - 2)
    share = arrays.from_host((times - left).astype(np.float32)[:, :, None])
    rows = arrays.from_host(left + np.arange(batch)[:, None] * slices)
    flat = clips.reshape(batch * slices, channels)
    first = arrays.xp.take(flat, rows, axis=0)
    return first + (arrays.xp.take(flat, rows + 1, axis=0) - first) * share


def _read_channels(clips: Any, places: NDArray[np.float32], arrays: Arrays) -> Any:
    """Return clips [batch, slices, channels] read at [batch, channels]: a product with each clip's interpolation."""
    channels = places.shape[1]
    distance = np.abs(np.arange(channels, dtype=np.float32)[None, :, None] - places[:, None, :])
    return clips @ arrays.from_host(np.maximum(0, 1 - distance))


def _move(ends: NDArray[np.int32], times: NDArray[np.float32]) -> NDArray[np.int32]:
    """Return the first slice of each bent clip that is read from its old end or later; -1 stays."""
    moved = (times < ends[:, None]).sum(1)
    return np.where(ends >= 0, np.minimum(moved, times.shape[1] - 1), -1).astype(np.int32)
