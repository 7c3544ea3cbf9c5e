"""The dense form: every output of a clip at once, for training, validation and mining.

Depthwise convolutions are sums of shifted products and 1x1 convolutions are matrix products: on a CPU that is nearly
twice as fast as the convolution operators. The form is written once against the array functions it is given, so that
the NumPy reference and the TensorFlow training form cannot drift apart.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.model.backends import Backend, NumpyBackend
from trainer.model.shape import FEATURES, MixedNetShape
from trainer.model.weights import NORM_EPSILON, Weights


@dataclass
class Dense:
    """One evaluation of the dense form.

    Attributes:
        shape: the network's dimensions.
        weights: arrays by name, of the backend's kind.
        training: normalise by the batch's own statistics and collect them in `moments`.
        dropout: rate before the classifier, in training.
        seen: what the classifier saw last, [batch, steps, classifier's inputs], in training.
    """

    shape: MixedNetShape
    weights: Mapping[str, Any]
    backend: Backend
    training: bool = False
    dropout: float = 0.0
    moments: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    seen: Any = None

    def logits(self, features: Any) -> Any:
        """Return logits [batch, steps] for features [batch, slices, 40] in 0..26.

        Output j depends on slices j * stride ... j * stride + receptive_field - 1.
        """
        x = self.backend.relu(self._normalise("first/norm", self._first(features)))
        for i in range(len(self.shape.filters)):
            x = self._block(i, x)
        return self._classify(x)

    def _first(self, x: Any) -> Any:
        shape = self.shape
        count = (x.shape[1] - shape.first_kernel) // shape.stride + 1
        stop = (count - 1) * shape.stride + 1
        taps = [x[:, k : k + stop : shape.stride] for k in range(shape.first_kernel)]
        kernel = self.backend.reshape(
            self.weights["first/kernel"], [shape.first_kernel * FEATURES, shape.first_filters]
        )
        return self.backend.concat(taps, 2) @ kernel

    def _block(self, i: int, x: Any) -> Any:
        mixed = self._depthwise(i, x)
        out = self._normalise(f"block{i}/norm", mixed @ self.weights[f"block{i}/pointwise"])
        if self.shape.residual[i]:
            newest = x[:, x.shape[1] - out.shape[1] :]
            out = out + self._normalise(f"block{i}/residual_norm", newest @ self.weights[f"block{i}/residual"])
        return self.backend.relu(out)

    def _depthwise(self, i: int, x: Any) -> Any:
        longest = max(self.shape.kernels[i])
        count = x.shape[1] - longest + 1
        parts, channel = [], 0
        for g, size in enumerate(self.shape.kernels[i]):
            kernel = self.weights[f"block{i}/depthwise{g}"]
            group = x[:, :, channel : channel + kernel.shape[1]]
            first = longest - size
            total = group[:, first : first + count] * kernel[0]
            for k in range(1, size):
                total = total + group[:, first + k : first + k + count] * kernel[k]
            parts.append(total)
            channel += kernel.shape[1]
        return parts[0] if len(parts) == 1 else self.backend.concat(parts, 2)

    def _normalise(self, name: str, x: Any) -> Any:
        weights = self.weights
        if self.training:
            mean, variance = self.backend.moments(x)
            self.moments[name] = (mean, variance)
        else:
            mean, variance = weights[f"{name}/mean"], weights[f"{name}/variance"]
        scale = weights[f"{name}/gamma"] * self.backend.rsqrt(variance + NORM_EPSILON)
        return x * scale + (weights[f"{name}/beta"] - mean * scale)

    def _classify(self, x: Any) -> Any:
        final, backend = self.shape.final_steps, self.backend
        count = x.shape[1] - final + 1
        if self.training and self.dropout:
            x = backend.dropout(x, self.dropout)
        taps = [x[:, k : k + count] for k in range(final)]
        if self.training:
            self.seen = backend.concat(taps, 2)
        if self.shape.pooling == "flatten":
            # one product for each tap: the flattened vectors of all steps would be `final` copies of x
            kernel = backend.reshape(self.weights["dense/kernel"], [final, self.shape.filters[-1], 1])
            total = taps[0] @ kernel[0]
            for k in range(1, final):
                total = total + taps[k] @ kernel[k]
        else:
            pool = backend.mean if self.shape.pooling == "mean" else backend.maximum
            stacked = backend.concat([tap[None] for tap in taps], 0)
            total = pool(stacked, 0) @ backend.reshape(self.weights["dense/kernel"], [self.shape.filters[-1], 1])
        return total[..., 0] + self.weights["dense/bias"]


def forward_numpy(weights: Weights, shape: MixedNetShape, features: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return probabilities [steps] for features [slices, 40] in 0..26: the float reference of all other forms."""
    logits = Dense(shape, weights, NumpyBackend()).logits(features[None].astype(np.float32))[0]
    probabilities: NDArray[np.float32] = 1.0 / (1.0 + np.exp(-logits))
    return probabilities.astype(np.float32)
