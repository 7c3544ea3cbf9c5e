"""The few array functions in which NumPy and TensorFlow differ; both bear NumPy's names and meanings."""

# ruff: noqa: D102

from typing import Any, Protocol

import numpy as np


class Backend(Protocol):
    """What the dense form asks of an array library."""

    def concat(self, parts: list[Any], axis: int) -> Any: ...
    def relu(self, x: Any) -> Any: ...
    def reshape(self, x: Any, shape: list[int]) -> Any: ...
    def mean(self, x: Any, axis: int) -> Any: ...
    def maximum(self, x: Any, axis: int) -> Any: ...
    def moments(self, x: Any) -> tuple[Any, Any]: ...
    def rsqrt(self, x: Any) -> Any: ...
    def dropout(self, x: Any, rate: float) -> Any: ...


class NumpyBackend:
    """The reference."""

    def concat(self, parts: list[Any], axis: int) -> Any:
        return np.concatenate(parts, axis)

    def relu(self, x: Any) -> Any:
        return np.maximum(x, 0)

    def reshape(self, x: Any, shape: list[int]) -> Any:
        return np.reshape(x, shape)

    def mean(self, x: Any, axis: int) -> Any:
        return np.mean(x, axis)

    def maximum(self, x: Any, axis: int) -> Any:
        return np.max(x, axis)

    def moments(self, x: Any) -> tuple[Any, Any]:
        return np.mean(x, (0, 1)), np.var(x, (0, 1))

    def rsqrt(self, x: Any) -> Any:
        return 1.0 / np.sqrt(x)

    def dropout(self, x: Any, rate: float) -> Any:
        raise NotImplementedError("the reference does not train")


class TensorFlowBackend:
    """TensorFlow, imported when the first instance is made."""

    def __init__(self) -> None:
        import tensorflow as tf

        self.tf = tf

    def concat(self, parts: list[Any], axis: int) -> Any:
        return self.tf.concat(parts, axis)

    def relu(self, x: Any) -> Any:
        return self.tf.nn.relu(x)

    def reshape(self, x: Any, shape: list[int]) -> Any:
        return self.tf.reshape(x, shape)

    def mean(self, x: Any, axis: int) -> Any:
        return self.tf.reduce_mean(x, axis)

    def maximum(self, x: Any, axis: int) -> Any:
        return self.tf.reduce_max(x, axis)

    def moments(self, x: Any) -> tuple[Any, Any]:
        mean = self.tf.reduce_mean(x, [0, 1])
        return mean, self.tf.reduce_mean(self.tf.square(x), [0, 1]) - self.tf.square(mean)

    def rsqrt(self, x: Any) -> Any:
        return self.tf.math.rsqrt(x)

    def dropout(self, x: Any, rate: float) -> Any:
        return self.tf.nn.dropout(x, rate)
