"""The streaming form: one output for each `stride` new slices, the past kept in ring buffers.

Batch normalisation is folded into the convolutions, and every operator is one that ESPHome's resolver holds. This is
the form that is quantised for the device; in float it equals the dense form once its buffers have filled.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.model.shape import FEATURES, MixedNetShape, groups
from trainer.model.weights import NORM_EPSILON, Weights


def fold(weights: Weights, shape: MixedNetShape) -> Weights:
    """Return the weights without normalisation: "first/kernel", "first/bias", and for each block "depthwise{g}",
    "pointwise", "bias" and, where it has a residual, "residual" and "residual_bias"; the classifier as it is.
    """
    folded: Weights = {}

    def convolution(kernel: str, norm: str, bias: str) -> None:
        scale = weights[f"{norm}/gamma"] / np.sqrt(weights[f"{norm}/variance"] + np.float32(NORM_EPSILON))
        folded[kernel] = weights[kernel] * scale
        folded[bias] = weights[f"{norm}/beta"] - weights[f"{norm}/mean"] * scale

    convolution("first/kernel", "first/norm", "first/bias")
    for i, kernels in enumerate(shape.kernels):
        for g in range(len(kernels)):
            folded[f"block{i}/depthwise{g}"] = weights[f"block{i}/depthwise{g}"]
        convolution(f"block{i}/pointwise", f"block{i}/norm", f"block{i}/bias")
        if shape.residual[i]:
            convolution(f"block{i}/residual", f"block{i}/residual_norm", f"block{i}/residual_bias")
    return folded | {"dense/kernel": weights["dense/kernel"], "dense/bias": weights["dense/bias"]}


class StreamingModel:
    """The network as the device runs it.

    Attributes:
        shape: its dimensions.
        module: the `tf.Module` that owns the ring buffers, for the converter.
        step: a `tf.function` from features [1, stride, 40] in 0..26 to a probability [1, 1]. It moves the buffers.
    """

    def __init__(self, weights: Weights, shape: MixedNetShape) -> None:
        import tensorflow as tf

        self.shape = shape
        self.module = tf.Module()
        self.module.states = {
            name: tf.Variable(tf.zeros([1, steps, 1, channels]), trainable=False, name=f"state/{name}")
            for name, (steps, channels) in state_sizes(shape).items()
        }
        network = _Network(tf, shape, fold(weights, shape), self.module.states)
        signature = [tf.TensorSpec([1, shape.stride, FEATURES], tf.float32, name="features")]
        self.step = tf.function(network.step, input_signature=signature)

    def run(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return probabilities [slices // stride] for features [slices, 40], going on from the present buffers.

        Output i depends on the slices before (i + 1) * stride. Before the receptive field is full, it also depends on
        what the buffers held: zeros, in a new model.
        """
        stride = self.shape.stride
        chunks = features[: len(features) // stride * stride].reshape(-1, 1, stride, FEATURES)
        return np.array([self.step(chunk).numpy()[0, 0] for chunk in chunks.astype(np.float32)], np.float32)


def alignment(shape: MixedNetShape) -> tuple[int, int]:
    """Return (slice, step): a stream that begins at `slice` of a clip gives the dense form's output 1 in `step`.

    The dense form's output j covers slices j * stride ... j * stride + receptive_field - 1. Output 0 may need slices
    before the stream's begin; from output 1 on, step for step, both forms see the same.
    """
    step, begin = divmod(shape.receptive_field, shape.stride)
    return begin, step


def state_sizes(shape: MixedNetShape) -> dict[str, tuple[int, int]]:
    """Return steps and channels of every ring buffer by name, in the order of the network."""
    sizes = {"first": (shape.first_kernel - shape.stride, FEATURES)}
    for i, (context, channels) in enumerate(zip(shape.block_context, shape.block_inputs, strict=True)):
        sizes[f"block{i}"] = (context, channels)
    sizes["final"] = (shape.final_steps - 1, shape.filters[-1])
    return {name: size for name, size in sizes.items() if size[0] > 0}


class _Network:
    """The graph of one step; `tf` is handed in, so that importing this file costs nothing."""

    def __init__(self, tf: Any, shape: MixedNetShape, weights: Weights, states: Mapping[str, Any]) -> None:
        self.tf, self.shape, self.weights, self.states = tf, shape, weights, states

    def step(self, features: Any) -> Any:
        tf, shape = self.tf, self.shape
        x = self._remember("first", tf.reshape(features, [1, shape.stride, 1, FEATURES]))
        x = tf.nn.relu(self._convolve(x, "first/kernel", "first/bias"))
        for i in range(len(shape.filters)):
            x = self._block(i, x)
        return tf.sigmoid(tf.reshape(self._classify(self._remember("final", x)), [1, 1]))

    def _remember(self, name: str, x: Any) -> Any:
        """Join the buffer's past steps and the new ones, and keep the newest for the next time."""
        if name not in self.states:
            return x
        state = self.states[name]
        whole = self.tf.concat([state, x], 1)
        state.assign(whole[:, -state.shape[1] :])
        return whole

    def _convolve(self, x: Any, kernel: str, bias: str) -> Any:
        weights = self.weights[kernel]
        # [time, in, out] or [in, out] to Conv2D's [time, 1, in, out]
        weights = weights.reshape(-1, 1, *weights.shape[-2:])
        return self.tf.nn.conv2d(x, weights, 1, "VALID") + self.weights[bias]

    def _block(self, i: int, newest: Any) -> Any:
        mixed = self._depthwise(i, self._remember(f"block{i}", newest))
        out = self._convolve(mixed, f"block{i}/pointwise", f"block{i}/bias")
        if self.shape.residual[i]:
            out = out + self._convolve(newest, f"block{i}/residual", f"block{i}/residual_bias")
        return self.tf.nn.relu(out)

    def _depthwise(self, i: int, x: Any) -> Any:
        kernels, longest = self.shape.kernels[i], x.shape[1]
        parts = self.tf.split(x, groups(x.shape[3], len(kernels)), 3) if len(kernels) > 1 else [x]
        outputs = []
        for g, (part, size) in enumerate(zip(parts, kernels, strict=True)):
            newest = part if size == longest else part[:, longest - size :]
            kernel = self.weights[f"block{i}/depthwise{g}"][:, None, :, None]
            outputs.append(self.tf.nn.depthwise_conv2d(newest, kernel, [1, 1, 1, 1], "VALID"))
        return outputs[0] if len(outputs) == 1 else self.tf.concat(outputs, 3)

    def _classify(self, x: Any) -> Any:
        """Return the logit, [1, 1, 1, 1], of the final steps.

        It is a convolution, not a FULLY_CONNECTED: there TFLite-Micro rounds twice where LiteRT rounds once, so that
        some logits differ by one (3 of 1,000 steps here); in convolutions both round alike.
        """
        if self.shape.pooling == "mean":
            x = self.tf.reduce_mean(x, [1], keepdims=True)
        elif self.shape.pooling == "max":
            x = self.tf.nn.max_pool2d(x, [self.shape.final_steps, 1], 1, "VALID")
        kernel = self.weights["dense/kernel"].reshape(x.shape[1], 1, x.shape[3], 1)
        return self.tf.nn.conv2d(x, kernel, 1, "VALID") + self.weights["dense/bias"]
