"""Lessons: what a teacher said to the moments that a batch is made of, and what it costs to say otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.core.ragged import RaggedStore
from trainer.features.embedding import places_of
from trainer.training.sampler import Crop
from trainer.training.teacher import HIDDEN, LESSON, SURE


@dataclass(frozen=True)
class Lesson:
    """What the teacher said to a batch.

    Attributes:
        logits: float32 [batch, steps].
        hints: float32 [batch, steps, 96], of its last layer.
        known: float32 [batch], 1 where it has heard the clip, 0 where the clip has no sound.
    """

    logits: NDArray[np.float32]
    hints: NDArray[np.float32]
    known: NDArray[np.float32]


class Lessons:
    """The lessons of a folder, by set; none is no teaching."""

    def __init__(self, folder: Path | None) -> None:
        paths = sorted(path.parent for path in folder.glob("*/store.json")) if folder else []
        self._stores: dict[str, RaggedStore[np.float16]] = {path.name: RaggedStore(path) for path in paths}

    def __bool__(self) -> bool:
        return bool(self._stores)

    def look_up(self, crops: Sequence[Crop], slices: NDArray[np.floating[Any]]) -> Lesson:
        """Return what was said when the teacher had heard up to these slices of the crops, [batch, steps] each.

        Between two moments its answers are interpolated.
        """
        said = np.zeros((*slices.shape, LESSON), np.float32)
        for number, crop in enumerate(crops):
            if crop.set in self._stores:
                said[number] = self._read(crop, slices[number])
        known = np.array([crop.set in self._stores for crop in crops], np.float32)
        return Lesson(said[..., 0], said[..., 1:], known)

    def _read(self, crop: Crop, slices: NDArray[np.floating[Any]]) -> NDArray[np.float32]:
        store = self._stores[crop.set]
        row = store[crop.row]
        moments = places_of(slices + crop.start, int(store.meta["lead"])) - (int(store.meta["context"]) - 1)
        moments = np.clip(moments, 0, len(row) - 1)
        first = moments.astype(np.int64)
        share = (moments - first)[:, None].astype(np.float32)
        last = np.minimum(first + 1, len(row) - 1)
        between: NDArray[np.float32] = row[first] * (1 - share) + row[last] * share
        return between


def lesson_loss(tf: Any, logits: Any, told: Any, known: Any) -> Any:
    """Return how far logits [batch, steps] are from the teacher's, a scalar tensor.

    Huber's loss: near the mean squared, so that agreement is cheap, and farther linear. Beyond `SURE` all is agreed.
    """
    distance = tf.abs(tf.clip_by_value(logits, -SURE, SURE) - told)
    cost = tf.where(distance < 1.0, 0.5 * tf.square(distance), distance - 0.5)
    return tf.reduce_sum(known * tf.reduce_mean(cost, 1)) / tf.maximum(tf.reduce_sum(known), 1.0)


def hint_loss(tf: Any, guess: Any, hints: Any, known: Any) -> Any:
    """Return the mean square between a pupil's guess of the teacher's last layer and the layer, a scalar tensor.

    Args:
        guess, hints: float32 [batch, steps, HIDDEN].
    """
    cost = tf.reduce_mean(tf.square(guess - hints), [1, 2])
    return tf.reduce_sum(known * cost) / tf.maximum(tf.reduce_sum(known), 1.0)


def initial_hints(channels: int, rng: np.random.Generator) -> dict[str, NDArray[np.float32]]:
    """Draw the layer that guesses hints from what the classifier sees; no part of the model."""
    kernel = rng.standard_normal((channels, HIDDEN)).astype(np.float32) * np.float32(channels**-0.5)
    return {"hint/kernel": kernel, "hint/bias": np.zeros(HIDDEN, np.float32)}
