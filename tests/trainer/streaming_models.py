"""Small streaming models for tests: sound ones, and ones that a device refuses."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import flatbuffers
import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema
from numpy.typing import NDArray

from trainer.export.parity import probe_frames
from trainer.export.tflite import make_converter
from trainer.model import streaming
from trainer.model.shape import MixedNetShape
from trainer.model.streaming import StreamingModel
from trainer.model.weights import Weights, initial_weights

TINY = MixedNetShape(3, 8, 5, ((3,), (3, 5)), (8, 8), (False, False), 3, "flatten")
FRAMES = probe_frames(300)


def random_weights(shape: MixedNetShape, seed: int = 1) -> Weights:
    """Draw weights whose normalisation does something."""
    rng = np.random.default_rng(seed)
    weights = initial_weights(shape, rng)
    for name, array in weights.items():
        if "norm/" in name:
            weights[name] = (array + rng.uniform(-0.3, 0.3, array.shape)).astype(np.float32)
    return weights


def convert(shape: MixedNetShape = TINY, frames: NDArray[np.uint16] = FRAMES, **options: Any) -> bytes:
    """Convert in this process, with some of the converter's attributes changed."""
    converter = make_converter(StreamingModel(random_weights(shape), shape), frames)
    for name, value in options.items():
        setattr(converter, name, value)
    return bytes(converter.convert())


def edit(model: bytes, change: Callable[[Any], None]) -> bytes:
    """Return the model with its object form changed."""
    tree = schema.ModelT.InitFromObj(schema.Model.GetRootAs(model, 0))
    change(tree)
    builder = flatbuffers.Builder(len(model))
    builder.Finish(tree.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def int8_output() -> bytes:
    import tensorflow as tf

    return convert(inference_output_type=tf.int8)


def float_states() -> bytes:
    return convert(_experimental_variable_quantization=False)


def wide_input() -> bytes:
    """A front end of 64 mel channels."""
    weights = random_weights(TINY)
    rng = np.random.default_rng(2)
    weights["first/kernel"] = rng.normal(0, 0.1, (TINY.first_kernel, 64, TINY.first_filters)).astype(np.float32)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streaming, "FEATURES", 64)
        converter = make_converter(StreamingModel(weights, TINY), FRAMES)
        chunks = np.concatenate([FRAMES, FRAMES], 1)[:, :64].reshape(-1, 1, 3, 64).astype(np.float32) * 0.0390625
        chunks[0, 0, 0, :2] = 0, 26
        converter.representative_dataset = lambda: ([chunk] for chunk in chunks)
        return bytes(converter.convert())


def no_variable_subgraph(sound: bytes) -> bytes:
    return edit(sound, lambda tree: tree.subgraphs.pop())


def too_many_states() -> bytes:
    """One buffer before the first convolution and twenty in the blocks."""
    blocks = 20
    return convert(
        replace(TINY, kernels=((2,),) * blocks, filters=(4,) * blocks, residual=(False,) * blocks, final_steps=1)
    )


def official(name: str) -> Path:
    """Return a published model, from the test requirement that carries them."""
    package = pytest.importorskip("pymicro_wakeword", reason="needs the official models of pymicro-wakeword")
    return Path(package.__file__).parent / "models" / f"{name}.tflite"
