"""One step of AdamW (Loshchilov and Hutter, 2019, arXiv:1711.05101) with clipped gradients and averaged weights.

Written here because a Keras optimiser cannot be compiled into one XLA function with the loss on a CPU without losing
half the speed.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.errors import TrainingError
from trainer.model.backends import TensorFlowBackend
from trainer.model.dense import Dense
from trainer.model.shape import MixedNetShape
from trainer.model.weights import Weights, is_decayed, is_statistic
from trainer.recipe import TrainingRecipe
from trainer.training.lessons import Lesson, hint_loss, initial_hints, lesson_loss
from trainer.training.loss import Windows, detection_loss

BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-7  # Adam's defaults
NORM_MOMENTUM = 0.99  # of running statistics, Keras' default
FINAL_RATE = 0.01  # of the peak, at the end of a phase


def rate_at(step: int, steps: int, peak: float, warm_up: int) -> float:
    """Return the learning rate: linear warm-up, then a cosine to a hundredth (T11)."""
    if step < warm_up:
        return peak * (step + 1) / warm_up
    done = (step - warm_up) / max(1, steps - warm_up)
    return peak * (FINAL_RATE + (1 - FINAL_RATE) * 0.5 * (1 + math.cos(math.pi * min(done, 1.0))))


class Optimiser:
    """Holds weights, moments and the average, and moves them.

    Args:
        weights: where to begin.
        shape: the network's dimensions.
        recipe: loss, decay, clip, average.
        taught: a teacher's lessons come with every batch.
        hints_alone: their hints are all that is learnt: no phrase yet.
    """

    def __init__(
        self,
        weights: Weights,
        shape: MixedNetShape,
        recipe: TrainingRecipe,
        taught: bool = False,
        hints_alone: bool = False,
    ) -> None:
        self.backend = TensorFlowBackend()
        self.tf, self.shape, self.recipe = self.backend.tf, shape, recipe
        self.taught, self.hints_alone = taught, hints_alone
        self.names = tuple(weights)
        if taught:
            channels = shape.filters[-1] * shape.final_steps
            weights = weights | initial_hints(channels, np.random.default_rng(0))
        variable = self.tf.Variable
        self.weights = {name: variable(value, trainable=False) for name, value in weights.items()}
        self.average = {name: variable(value, trainable=False) for name, value in weights.items()}
        moved = [name for name in weights if not is_statistic(name)]
        self.first = {name: variable(np.zeros_like(weights[name]), trainable=False) for name in moved}
        self.second = {name: variable(np.zeros_like(weights[name]), trainable=False) for name in moved}
        self.count = variable(0.0, trainable=False)
        self._step = self.tf.function(self._compiled_step, jit_compile=True)

    def step(
        self, features: NDArray[np.float32], windows: Windows, rate: float, lesson: Lesson | None = None
    ) -> tuple[float, float]:
        """Take one step; return the loss and the gradient's norm before clipping.

        Args:
            features: float32 [batch, slices, 40] in 0..26.
            lesson: what the teacher said, where there is one.

        Raises:
            TrainingError: the loss is no longer a number.
        """
        tf = self.tf
        told = tuple(tf.constant(part) for part in (lesson.logits, lesson.hints, lesson.known)) if lesson else ()
        loss, norm = self._step(
            tf.constant(features),
            tf.constant(windows.positive),
            tf.constant(windows.negative),
            tf.constant(rate),
            told,
        )
        if not math.isfinite(float(loss)):
            raise TrainingError(
                f"the loss is {float(loss)} after {int(self.count.numpy())} steps",
                code="diverged",
                hint="Lower training.rates, or look for broken recordings with `wakesmith data check`.",
            )
        return float(loss), float(norm)

    def averaged(self) -> Weights:
        """Return the averaged weights (T7)."""
        return {name: self.average[name].numpy() for name in self.names}

    def state(self) -> dict[str, NDArray[np.float32]]:
        """Return everything that a checkpoint must hold."""
        groups = {"weights": self.weights, "average": self.average, "first": self.first, "second": self.second}
        state = {f"{group}:{name}": v.numpy() for group, values in groups.items() for name, v in values.items()}
        return state | {"count:": np.float32(self.count.numpy()).reshape(1)}

    def restore(self, state: dict[str, NDArray[np.float32]]) -> None:
        """Go back to a checkpoint."""
        groups = {"weights": self.weights, "average": self.average, "first": self.first, "second": self.second}
        for group, values in groups.items():
            for name, variable in values.items():
                variable.assign(state[f"{group}:{name}"])
        self.count.assign(float(state["count:"][0]))

    def _compiled_step(
        self, features: Any, positive: Any, negative: Any, rate: Any, told: tuple[Any, ...]
    ) -> tuple[Any, Any]:
        tf = self.tf
        names = list(self.first)
        with tf.GradientTape() as tape:
            moved = {name: self.weights[name] for name in names}
            tape.watch(list(moved.values()))
            dense = Dense(self.shape, self.weights, self.backend, training=True, dropout=self.recipe.dropout)
            logits = dense.logits(features)
            if self.hints_alone:
                loss = self._hint_loss(dense.seen, told)
            else:
                loss = detection_loss(tf, logits, positive, negative, self.recipe)
                if self.taught:
                    answers, _, known = told
                    loss = self.recipe.labels * loss + lesson_loss(tf, logits, answers, known)
                    loss += self.recipe.hints * self._hint_loss(dense.seen, told)
        zero = tf.UnconnectedGradients.ZERO  # hints alone leave the classifier where it is
        gradients = tape.gradient(loss, [self.weights[name] for name in names], unconnected_gradients=zero)
        norm = tf.linalg.global_norm(gradients)
        shrink = tf.minimum(1.0, self.recipe.clip_norm / (norm + 1e-6))
        self.count.assign_add(1.0)
        for name, gradient in zip(names, gradients, strict=True):
            self._move(name, gradient * shrink, rate)
        momentum = tf.minimum(NORM_MOMENTUM, self.count / (10 + self.count))
        for name, (mean, variance) in dense.moments.items():
            for part, value in (("mean", mean), ("variance", variance)):
                kept = self.weights[f"{name}/{part}"]
                kept.assign(momentum * kept + (1 - momentum) * value)
        self._average()
        return loss, norm

    def _hint_loss(self, seen: Any, told: tuple[Any, ...]) -> Any:
        _, hints, known = told
        return hint_loss(self.tf, seen @ self.weights["hint/kernel"] + self.weights["hint/bias"], hints, known)

    def _move(self, name: str, gradient: Any, rate: Any) -> None:
        weight, first, second = self.weights[name], self.first[name], self.second[name]
        first.assign(BETA_1 * first + (1 - BETA_1) * gradient)
        second.assign(BETA_2 * second + (1 - BETA_2) * gradient * gradient)
        step = first / (1 - BETA_1**self.count) / (self.tf.sqrt(second / (1 - BETA_2**self.count)) + EPSILON)
        decay = self.recipe.weight_decay if is_decayed(name) else 0.0
        weight.assign_sub(rate * (step + decay * weight))

    def _average(self) -> None:
        """Move the average; early on it follows closely, or it would remember the initial weights."""
        decay = self.tf.minimum(self.recipe.ema, (1 + self.count) / (10 + self.count))
        for name, value in self.average.items():
            value.assign(decay * value + (1 - decay) * self.weights[name])
