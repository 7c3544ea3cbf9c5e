"""Batches as the network gets them: drawn, bent in time and frequency, masked, with what the teacher said of them."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from trainer.core.arrays import NUMPY
from trainer.core.seeds import generator
from trainer.model.shape import MixedNetShape
from trainer.model.weights import FEATURE_SCALE
from trainer.recipe import TrainingRecipe
from trainer.training.lessons import Lesson, Lessons
from trainer.training.loss import Windows, choose_windows
from trainer.training.masks import mask
from trainer.training.sampler import Sampler
from trainer.training.warp import warp

Prepared = tuple[NDArray[np.float32], Windows, Lesson | None]


class Batches:
    """The batches of a training. Batch n depends on the sampler's seed and n alone."""

    def __init__(self, sampler: Sampler, shape: MixedNetShape, recipe: TrainingRecipe, lessons: Lessons) -> None:
        self.sampler, self.shape, self.recipe, self.lessons = sampler, shape, recipe, lessons

    def between(self, first: int, stop: int) -> Iterator[tuple[int, Prepared]]:
        """Yield the batches of steps; the next is made while the network works on this one."""
        with ThreadPoolExecutor(1) as thread:
            waiting: Future[Prepared] | None = None
            for step in range(first, stop):
                ready = (waiting or thread.submit(self._prepare, step)).result()
                waiting = thread.submit(self._prepare, step + 1) if step + 1 < stop else None
                yield step, ready

    def _prepare(self, step: int) -> Prepared:
        batch, seed = self.sampler.batch(step), self.sampler.seed
        bent, ends, times = warp(batch.features, batch.ends, self.recipe, generator(seed, "warp", step), NUMPY)
        masked = mask(bent, self.recipe, generator(seed, "mask", step), NUMPY)
        steps = self.shape.steps(self.sampler.slices)
        windows = choose_windows(ends, steps, self.shape, self.recipe)
        newest = np.arange(steps) * self.shape.stride + self.shape.receptive_field - 1
        lesson = self.lessons.look_up(batch.crops, times[:, newest]) if self.lessons else None
        return masked * np.float32(FEATURE_SCALE), windows, lesson
