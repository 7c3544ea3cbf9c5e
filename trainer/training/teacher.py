"""A teacher: a small network on speech embeddings, which have heard many people, and its lessons for another (T14).

Trained on the very clips that the pupil learns from, it finds people that the pupil would miss, for in the embedding
a word by a voice and by a person lie close together. Its answers to every moment of the training sound, and what its
last layer makes of it, are the lessons: what another network learns beside the labels (Hinton, Vinyals and Dean,
2015, arXiv:1503.02531; the layer: "hints" of Romero et al., 2015, arXiv:1412.6550).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.core.ragged import RaggedStore, write_ragged
from trainer.core.seeds import generator
from trainer.core.workers import ProgressClock
from trainer.features.embedding import EMBEDDING, HEARD, STEP_SLICES, places_of
from trainer.recipe import TrainingRecipe
from trainer.training.sampler import POSITIVE, FeatureSet

CONTEXT = 10  # embeddings that an answer depends on: 1.5 s of sound
HIDDEN = EMBEDDING  # values of each hidden layer: as many, so that a lesson has room for either
LESSON = 1 + HIDDEN  # values a moment: the logit, and the last layer's
SURE = 12.0  # a logit beyond it is as good as it
_BATCH = 128
_RATE, _DECAY, _CLIP = 1e-3, 1e-2, 1.0
_EMA = 0.998
_DROPOUTS = (0.2, 0.4, 0.2)  # of the embeddings, the first and the last layer
_BEST = 2  # moments after the word's end that must detect
_AFTER_SLICES = 32  # within which they lie
_HARDEST = 3.0  # weight of a negative's worst moment beside the mean of all
_FIRST_BIAS = -3.0  # it begins near "no"
_SPREAD_FLOOR = 0.05  # of a hidden value that never changes


@dataclass(frozen=True)
class Heard:
    """Embeddings of a training set.

    Attributes:
        store: rows of float16 [n, 96].
        ends: int32 [rows], the slice in which the phrase ends, -1 in negatives.
        lead: slices of every row that were embedded before those that the pupil gets.
    """

    store: RaggedStore[np.float16]
    ends: NDArray[np.int32]
    lead: int


class Teacher:
    """Two hidden layers over the last embeddings, for every moment of a row.

    Args:
        mean, spread: float32 [96] of the embeddings of speech, by which they are normalised.
    """

    def __init__(self, mean: NDArray[np.float32], spread: NDArray[np.float32], rng: np.random.Generator) -> None:
        import tensorflow as tf

        self.tf, self.mean, self.spread = tf, mean, spread
        sizes = ((CONTEXT * EMBEDDING, HIDDEN), (HIDDEN, HIDDEN), (HIDDEN, 1))
        drawn = [rng.standard_normal(size).astype(np.float32) * np.float32((2 / sum(size)) ** 0.5) for size in sizes]
        biases = [np.zeros(HIDDEN, np.float32), np.zeros(HIDDEN, np.float32), np.full(1, _FIRST_BIAS, np.float32)]
        self.variables = [tf.Variable(value) for pair in zip(drawn, biases, strict=True) for value in pair]
        self.average = [value.numpy() for value in self.variables]
        self._optimiser = tf.keras.optimizers.AdamW(_RATE, weight_decay=_DECAY, clipnorm=_CLIP)
        self._step = tf.function(self._compiled_step, reduce_retracing=True)

    def train(self, sets: Mapping[str, Heard], recipe: TrainingRecipe, seed: int, clock: ProgressClock) -> None:
        """Take the recipe's steps, with a cosine from the first rate to nothing."""
        draw = _Crops(sets, {str(name): share for name, share in recipe.shares.items()})
        for step in range(recipe.teacher_steps):
            rng = generator(seed, "teacher_batch", step)
            heard, detect = draw.batch(rng)
            rate = _RATE * 0.5 * (1 + np.cos(np.pi * step / recipe.teacher_steps))
            self._optimiser.learning_rate = float(rate)
            self._step(heard, detect, detect.any(1), rng.integers(2**31, size=2))
            kept = min(_EMA, (1 + step) / (10 + step))
            self.average = [
                kept * a + (1 - kept) * v.numpy() for a, v in zip(self.average, self.variables, strict=True)
            ]
            clock.advance()

    def answer(self, row: NDArray[np.floating[Any]]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return logits [m] and the last hidden layer [m, 96] of a row's embeddings [n, 96]; m = n - CONTEXT + 1."""
        first, first_bias, second, second_bias, last, last_bias = self.average
        x = (np.asarray(row, np.float32) - self.mean) / self.spread
        if len(x) < CONTEXT:
            x = np.pad(x, ((CONTEXT - len(x), 0), (0, 0)), mode="edge" if len(x) else "constant")
        count = len(x) - CONTEXT + 1
        seen = np.concatenate([x[k : k + count] for k in range(CONTEXT)], 1)
        hidden = np.maximum(np.maximum(seen @ first + first_bias, 0) @ second + second_bias, 0)
        return (hidden @ last + last_bias)[:, 0], hidden

    def _compiled_step(self, heard: Any, detect: Any, positive: Any, seed: Any) -> None:
        tf = self.tf
        with tf.GradientTape() as tape:
            logits = self._logits((tf.cast(heard, tf.float32) - self.mean) / self.spread, seed)
            best = tf.math.top_k(tf.where(detect, logits, -100.0), _BEST).values
            found = tf.reduce_mean(tf.nn.softplus(-tf.boolean_mask(best, positive)))
            wrong = tf.nn.softplus(tf.boolean_mask(logits, ~positive))
            stay = tf.reduce_mean(wrong) + _HARDEST * tf.reduce_mean(tf.reduce_max(wrong, 1))
            loss = found + stay
        gradients = tape.gradient(loss, self.variables)
        self._optimiser.apply_gradients(zip(gradients, self.variables, strict=True))

    def _logits(self, x: Any, seed: Any) -> Any:
        tf = self.tf
        first, first_bias, second, second_bias, last, last_bias = self.variables

        def drop(value: Any, layer: int) -> Any:
            return tf.nn.experimental.stateless_dropout(value, _DROPOUTS[layer], seed + layer)

        x = drop(x, 0)
        count = x.shape[1] - CONTEXT + 1
        seen = tf.concat([x[:, k : k + count] for k in range(CONTEXT)], 2)
        hidden = drop(tf.nn.relu(seen @ first + first_bias), 1)
        hidden = drop(tf.nn.relu(hidden @ second + second_bias), 2)
        return (hidden @ last + last_bias)[..., 0]


def open_heard(sets: Mapping[str, FeatureSet]) -> dict[str, Heard]:
    """Return the embeddings of the sets that have any: none where rows have no sound, or none was embedded."""
    heard = {}
    for name, one in sets.items():
        folder = one.store.folder / HEARD
        if len(one.store) and (folder / "store.json").is_file():
            store: RaggedStore[np.float16] = RaggedStore(folder)
            heard[name] = Heard(store, one.ends, int(store.meta["lead"]))
    return heard if POSITIVE in heard and len(heard) > 1 else {}


def teach(sets: Mapping[str, Heard], recipe: TrainingRecipe, seed: int, folder: Path, clock: ProgressClock) -> None:
    """Train a teacher on the embeddings and write its lessons for every row to `folder/<set>`."""
    values = np.concatenate([one.store.values for name, one in sets.items() if name != POSITIVE]).astype(np.float32)
    mean, spread = values.mean(0), values.std(0) + 1e-3
    teacher = Teacher(mean, spread, generator(seed, "teacher"))
    teacher.train(sets, recipe, seed, clock)
    answers = {name: [teacher.answer(row) for row in one.store] for name, one in sets.items()}
    layers = {name: np.concatenate([hidden for _, hidden in rows]) for name, rows in answers.items()}
    # Told by how they vary in the phrase and in other speech: values that never change there teach nothing.
    speech = layers.get("speech", layers[POSITIVE])
    usual, variance = speech.mean(0), (speech.var(0) + layers[POSITIVE].var(0)) / 2
    scale = np.sqrt(variance) + _SPREAD_FLOOR
    for name, rows in answers.items():
        lessons = (
            np.column_stack([np.clip(logits, -SURE, SURE), (hidden - usual) / scale]).astype(np.float16)
            for logits, hidden in rows
        )
        write_ragged(folder / name, lessons, np.float16, (LESSON,), {"lead": sets[name].lead, "context": CONTEXT})


class _Crops:
    """Draws batches of embeddings, by the shares that the pupil's batches have."""

    def __init__(self, sets: Mapping[str, Heard], shares: Mapping[str, float]) -> None:
        self.length = int(sets[POSITIVE].store.lengths().min())
        fit = {name: one for name, one in sets.items() if (one.store.lengths() >= self.length).any()}
        total = sum(shares.get(name, 0.0) for name in fit)
        self.counts = {name: max(1, round(_BATCH * shares.get(name, 0.0) / total)) for name in fit}
        self.sets = fit
        rooms = {name: np.maximum(one.store.lengths() - self.length + 1, 0) for name, one in fit.items()}
        self.places = {name: np.cumsum(room) for name, room in rooms.items()}

    def batch(self, rng: np.random.Generator) -> tuple[NDArray[np.float16], NDArray[np.bool_]]:
        """Return embeddings [batch, length, 96], and which of their moments [batch, m] may detect."""
        rows, detect = [], []
        for name, count in self.counts.items():
            one, places = self.sets[name], self.places[name]
            for place in rng.integers(places[-1], size=count):
                row = int(np.searchsorted(places, place, side="right"))
                start = int(place - (places[row - 1] if row else 0))
                rows.append(one.store[row][start : start + self.length])
                detect.append(self._detects(int(one.ends[row]), start, one.lead))
        return np.stack(rows), np.stack(detect)

    def _detects(self, end: int, start: int, lead: int) -> NDArray[np.bool_]:
        moments = np.arange(start + CONTEXT - 1, start + self.length)
        if end < 0:
            return np.zeros(len(moments), bool)
        first = float(places_of(np.array([float(end)]), lead)[0])
        detects: NDArray[np.bool_] = (moments >= first) & (moments < first + _AFTER_SLICES / STEP_SLICES)
        return detects
