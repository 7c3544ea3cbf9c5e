"""The loss: which windows of a clip must detect, which must not, and what a mistake costs.

Dense (N18): all windows of a clip share nearly all their computation, so all take part. Of the windows that end
within `end_slices` after the word's end the best `positive_windows` must detect: the network chooses when. Windows
that have heard most of the word, or heard it a moment ago, are left alone. All others must not detect, and the worst
of every clip counts once more, since one window is enough to wake the house.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.model.shape import MixedNetShape
from trainer.recipe import TrainingRecipe

BEFORE_SLICES = 30  # the word is nearly whole: neither a detection nor a silence is wrong
AFTER_SLICES = 70  # the word is still within the receptive field


@dataclass(frozen=True)
class Windows:
    """Which windows count, bool [batch, steps] each."""

    positive: NDArray[np.bool_]
    negative: NDArray[np.bool_]


def choose_windows(ends: NDArray[np.int32], steps: int, shape: MixedNetShape, recipe: TrainingRecipe) -> Windows:
    """Say for every window whether it is a candidate for detection, must be silent, or neither.

    Args:
        ends: int32 [batch], the slice in which the word ends, -1 in negatives.
        steps: windows a clip.
    """
    newest = np.arange(steps) * shape.stride + shape.receptive_field - 1
    after = newest[None, :] - ends[:, None]
    is_positive = (ends >= 0)[:, None]
    positive = is_positive & (after >= 0) & (after < recipe.end_slices)
    negative = ~is_positive | (after < -BEFORE_SLICES) | (after >= AFTER_SLICES)
    if recipe.loss == "clip":
        return _one_window(after, is_positive, recipe)
    return Windows(positive, negative)


def _one_window(after: NDArray[np.int64], is_positive: NDArray[np.bool_], recipe: TrainingRecipe) -> Windows:
    """Keep one window a clip, as clip-wise trainers do: the middle of the target, or the last."""
    last = np.zeros(after.shape, bool)
    last[:, -1] = True
    target = np.abs(after - recipe.end_slices // 2)
    middle = target == target.min(1, keepdims=True)
    first = np.cumsum(middle, 1) == 1
    return Windows(is_positive & middle & first, ~is_positive & last)


def detection_loss(tf: Any, logits: Any, positive: Any, negative: Any, recipe: TrainingRecipe) -> Any:
    """Return the mean loss of a batch, a scalar tensor.

    Args:
        tf: TensorFlow.
        logits: float32 [batch, steps].
        positive, negative: bool [batch, steps] of `Windows`.
    """
    low, high = recipe.smoothing / 2, 1 - recipe.smoothing / 2
    cost_yes = _cross_entropy(tf, logits, high)
    cost_no = _cross_entropy(tf, logits, low)
    detect = _best_windows(tf, logits, cost_yes, positive, 1 if recipe.loss == "clip" else recipe.positive_windows)
    count = tf.reduce_sum(tf.cast(negative, tf.float32), 1)
    silent = tf.where(negative, cost_no, 0.0)
    stay = tf.reduce_sum(silent, 1) / tf.maximum(count, 1.0) + recipe.hardest * tf.reduce_max(silent, 1)
    yes, no = recipe.class_weights
    return tf.reduce_mean(yes * detect + no * stay)


def _best_windows(tf: Any, logits: Any, cost: Any, positive: Any, windows: int) -> Any:
    """Return the mean cost of the best candidates of each clip, [batch]; zero where there is none."""
    best, places = tf.math.top_k(tf.where(positive, logits, -1e9), min(windows, logits.shape[1]))
    chosen = tf.gather(cost, places, batch_dims=1)
    real = tf.cast(best > -1e8, tf.float32)
    return tf.reduce_sum(chosen * real, 1) / tf.maximum(tf.reduce_sum(real, 1), 1.0)


def _cross_entropy(tf: Any, logits: Any, target: float) -> Any:
    return tf.nn.softplus(logits) - target * logits
