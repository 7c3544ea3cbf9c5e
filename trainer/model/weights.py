"""The weights of a MixedNet: named float32 arrays, from initialisation to the file.

first/kernel              [k, 40, f0]
first/norm/{gamma,beta,mean,variance}   [f0]
block{i}/depthwise{g}     [k_g, channels of group g]; a smaller kernel sees the newest steps
block{i}/pointwise        [c_in, c_out]
block{i}/norm/...         [c_out]
block{i}/residual         [c_in, c_out], and block{i}/residual_norm/..., where the block has a residual
dense/kernel              [n]; flattened time-major, oldest step first
dense/bias                [1]
"""

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.core.folders import write_whole
from trainer.errors import ModelError
from trainer.model.shape import FEATURES, MixedNetShape, groups

Weights = dict[str, NDArray[np.float32]]

NORM_EPSILON = 1e-3  # Keras' BatchNormalization default
FEATURE_SCALE = np.float32(0.0390625)  # 10 / 256: the front end's uint16 to the 0..26 that the device's int8 covers
_STATISTICS = ("mean", "variance")


def initial_weights(shape: MixedNetShape, rng: np.random.Generator) -> Weights:
    """Draw weights: He initialisation before ReLU (He et al., 2015), a classifier that starts near `no`."""
    weights: Weights = {}

    def draw(name: str, size: tuple[int, ...], fan_in: int) -> None:
        weights[name] = (rng.standard_normal(size) * np.sqrt(2.0 / fan_in)).astype(np.float32)

    def normalise(name: str, channels: int) -> None:
        for part, value in (("gamma", 1), ("beta", 0), ("mean", 0), ("variance", 1)):
            weights[f"{name}/{part}"] = np.full(channels, value, np.float32)

    draw("first/kernel", (shape.first_kernel, FEATURES, shape.first_filters), shape.first_kernel * FEATURES)
    normalise("first/norm", shape.first_filters)
    for i, (c_in, c_out) in enumerate(zip(shape.block_inputs, shape.filters, strict=True)):
        for g, (kernel, channels) in enumerate(
            zip(shape.kernels[i], groups(c_in, len(shape.kernels[i])), strict=True)
        ):
            draw(f"block{i}/depthwise{g}", (kernel, channels), kernel)
        draw(f"block{i}/pointwise", (c_in, c_out), c_in)
        normalise(f"block{i}/norm", c_out)
        if shape.residual[i]:
            draw(f"block{i}/residual", (c_in, c_out), c_in)
            normalise(f"block{i}/residual_norm", c_out)
    draw("dense/kernel", (shape.classifier_inputs,), 8 * shape.classifier_inputs)
    weights["dense/bias"] = np.full(1, -1.0, np.float32)
    return weights


def is_statistic(name: str) -> bool:
    """Say whether an array is a running statistic, which no gradient moves."""
    return name.rsplit("/", 1)[-1] in _STATISTICS


def is_decayed(name: str) -> bool:
    """Say whether weight decay applies: to kernels, not to biases and normalisation."""
    return "norm/" not in name and name != "dense/bias"


def save_weights(path: Path, weights: Weights) -> None:
    """Write an `.npz` whose bytes depend on the values alone."""
    buffer = io.BytesIO()
    np.savez(buffer, **{name: weights[name] for name in sorted(weights)})  # type: ignore[arg-type]
    write_whole(path, buffer.getvalue())


def load_weights(path: Path, shape: MixedNetShape | None = None) -> Weights:
    """Read weights; with a shape, check that they are those of such a network.

    Raises:
        ModelError: the file is not a weights archive, or of another shape.
    """
    try:
        with np.load(path, allow_pickle=False) as archive:
            weights: Weights = {name: archive[name].astype(np.float32) for name in archive.files}
    except (OSError, ValueError, EOFError) as error:
        raise ModelError(f"{path} is not a weights file: {error}", hint="Pass the run's weights.npz.") from error
    if shape is not None:
        expected = {name: array.shape for name, array in initial_weights(shape, np.random.default_rng(0)).items()}
        received = {name: array.shape for name, array in weights.items()}
        if expected != received:
            wrong = sorted(name for name in expected | received if expected.get(name) != received.get(name))
            raise ModelError(f"{path} holds another network: {', '.join(wrong[:5])} differ")
    return weights
