"""Groundwork: before the phrase, the network learns to tell what an ear that has heard many people makes of speech.

From random weights it is chance what so small a network comes to listen for in a few voices (see the lab log). From
weights that tell a speech embedding, phrases are learnt in fewer steps, and trainings differ less. Transfer from a
large set of words to one is the use that the embedding was made for (Lin, Kilgour, Roblek and Sharifi, 2020,
arXiv:2002.01322); the small network takes it over before its own word.

Weights that were made before (`training.groundwork`) go on learning from the run's own rows.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from trainer.core.ragged import write_ragged
from trainer.core.seeds import generator
from trainer.core.workers import ProgressClock
from trainer.model.shape import MixedNetShape
from trainer.model.weights import Weights, initial_weights, save_weights
from trainer.recipe import TrainingRecipe
from trainer.training.batches import Batches
from trainer.training.lessons import Lessons
from trainer.training.optimiser import Optimiser, rate_at
from trainer.training.sampler import POSITIVE, FeatureSet, Sampler
from trainer.training.teacher import LESSON, Heard

SHARES = {"speech": 0.75, "near_miss": 0.1, POSITIVE: 0.1, "noise": 0.05}  # of a batch: what is learnt is speech
START = "start.npz"  # the weights that the phrase is learnt from
_SPREAD_FLOOR = 0.01  # of a value that never changes


def pretrain(
    sets: Mapping[str, FeatureSet],
    heard: Mapping[str, Heard],
    shape: MixedNetShape,
    recipe: TrainingRecipe,
    slices: int,
    seed: int,
    folder: Path,
    clock: ProgressClock,
    start: Weights | None = None,
) -> None:
    """Train a network of this shape to tell the embeddings of the sets, and write it to `folder/start.npz`.

    Args:
        sets: feature sets; `heard`: their embeddings.
        slices: length of a clip.
        start: weights that it goes on from; None are random ones.
    """
    _write_lessons(heard, folder)
    shares = {name: share for name, share in SHARES.items() if name in heard}
    sampler = Sampler([sets[name] for name in shares], shares, recipe.batch, slices, seed, recipe.mixup)
    batches = Batches(sampler, shape, recipe, Lessons(folder))
    weights = start or initial_weights(shape, generator(seed, "weights"))
    optimiser = Optimiser(weights, shape, recipe, taught=True, hints_alone=True)
    for step, (features, windows, lesson) in batches.between(0, recipe.pretraining):
        rate = rate_at(step, recipe.pretraining, recipe.rates[0], recipe.warm_up)
        optimiser.step(features, windows, rate, lesson)
        clock.advance()
    save_weights(folder / START, optimiser.averaged())
    for name in heard:  # as large as the embeddings themselves
        shutil.rmtree(folder / name)


def _write_lessons(heard: Mapping[str, Heard], folder: Path) -> None:
    """Write the embeddings of every row as lessons without an answer, told by how they vary in speech."""
    speech = heard["speech" if "speech" in heard else POSITIVE].store.values.astype(np.float32)
    mean, spread = speech.mean(0), speech.std(0) + _SPREAD_FLOOR
    for name, one in heard.items():
        rows = (
            np.pad((np.asarray(row, np.float32) - mean) / spread, ((0, 0), (1, 0))).astype(np.float16)
            for row in one.store
        )
        write_ragged(folder / name, rows, np.float16, (LESSON,), {"lead": one.lead, "context": 1})
