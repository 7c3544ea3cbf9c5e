"""Weights to `model.tflite`: the stage around the export."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.core.folders import write_whole
from trainer.core.ragged import RaggedStore
from trainer.core.seeds import generator
from trainer.export.tflite import export_tflite
from trainer.model.shape import shape_of
from trainer.model.weights import load_weights
from trainer.recipe import Recipe

EXPORT_VERSION = 1  # raise it when the same weights become another file: runs made before are then exported again
REPRESENTATIVE_SETS = ("train_positive", "train_near_miss", "train_speech", "train_noise")
ROW_SLICES = 300  # of each row at most, so that many rows are heard


def export_model(recipe: Recipe, training: Path, features: Path, folder: Path) -> None:
    """Write the quantised streaming model of the trained weights."""
    shape = shape_of(recipe.model)
    weights = load_weights(training / "weights.npz", shape)
    slices = max(recipe.export.representative_steps * shape.stride, shape.receptive_field)
    write_whole(
        folder / "model.tflite", export_tflite(weights, shape, representative_frames(features, slices, recipe.seed))
    )


def representative_frames(features: Path, slices: int, seed: int) -> NDArray[np.uint16]:
    """Return frames [slices, 40] from all training sets in turn, by which the quantiser chooses its ranges."""
    rng = generator(seed, "representative")
    stores = [
        store for store in (RaggedStore[np.uint16](features / name) for name in REPRESENTATIVE_SETS) if len(store)
    ]
    rows: list[NDArray[np.uint16]] = []
    while sum(map(len, rows)) < slices:
        store = stores[len(rows) % len(stores)]
        rows.append(store[int(rng.integers(len(store)))][:ROW_SLICES])
    return np.concatenate(rows)[:slices]
