"""SpecAugment (Park et al., 2019, arXiv:1904.08779): blocks of time and of frequency are silenced (A5)."""

from typing import Any

import numpy as np

from trainer.core.arrays import Arrays
from trainer.recipe import TrainingRecipe


def mask(features: Any, recipe: TrainingRecipe, rng: np.random.Generator, arrays: Arrays) -> Any:
    """Return features [batch, slices, 40] with random blocks set to zero.

    The blocks are drawn on the host, so that both array modules mask alike.
    """
    batch, slices, bins = features.shape
    keep = _keep(batch, slices, recipe.time_masks, recipe.time_mask, rng, arrays)[:, :, None]
    keep = keep & _keep(batch, bins, recipe.frequency_masks, recipe.frequency_mask, rng, arrays)[:, None, :]
    return features * keep


def _keep(batch: int, length: int, count: int, widest: int, rng: np.random.Generator, arrays: Arrays) -> Any:
    """Return bool [batch, length], False within the masked blocks."""
    widths = rng.integers(0, widest + 1, (batch, count, 1))
    starts = (rng.random((batch, count, 1)) * (length - widths + 1)).astype(np.int64)
    widths, starts = arrays.from_host(widths), arrays.from_host(starts)
    places = arrays.xp.arange(length)[None, None, :]
    return ~((places >= starts) & (places < starts + widths)).any(1)
