"""Teachers: networks of the same shape from other random beginnings, whose mean answer another learns (T14).

Networks that agree on the voices of training differ on real people, and their mean is right more often than any one
of them. A network that learns this mean beside the labels keeps most of it, in the size of one (Hinton, Vinyals and
Dean, 2015, arXiv:1503.02531).
"""

from collections.abc import Sequence
from typing import Any

from trainer.model.backends import TensorFlowBackend
from trainer.model.dense import Dense
from trainer.model.shape import MixedNetShape
from trainer.model.weights import Weights

SURE = 6.0  # a logit beyond it is as good as it: .9975
HEARD = -3.0  # a logit above it is no plain silence: .05
HEARD_WEIGHT = 4.0  # of windows in which teachers or pupil hear anything, beside those of plain silence


class Teachers:
    """Trained networks, asked for their mean answer.

    Args:
        weights: of each; none is no teaching.
    """

    def __init__(self, weights: Sequence[Weights], shape: MixedNetShape, backend: TensorFlowBackend) -> None:
        self.shape, self.backend = shape, backend
        self.weights = weights

    def __bool__(self) -> bool:
        return bool(self.weights)

    def loss(self, features: Any, logits: Any) -> Any:
        """Return how far a pupil's logits [batch, steps] are from the teachers' mean, a scalar tensor.

        Huber's loss on logits within `SURE`: near the mean squared, so that agreement is cheap, and farther linear.
        """
        tf = self.backend.tf
        answers = [Dense(self.shape, weights, self.backend).logits(features) for weights in self.weights]
        taught = tf.stop_gradient(tf.clip_by_value(tf.add_n(answers) / len(answers), -SURE, SURE))
        given = tf.clip_by_value(logits, -SURE, SURE)
        distance = tf.abs(given - taught)
        cost = tf.where(distance < 1.0, 0.5 * tf.square(distance), distance - 0.5)
        weight = tf.where((taught > HEARD) | (given > HEARD), HEARD_WEIGHT, 1.0)
        return tf.reduce_sum(weight * cost) / tf.reduce_sum(weight)
