"""Export: from weights to the int8 streaming model that ESPHome runs.

Pinned to what the official models have and `micro_wake_word.cpp` of ESPHome assumes: input int8 with scale 26 / 255
and zero point -128, output uint8 with scale 1 / 256 and zero point 0, and ring buffers as int8 resource variables.
"""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.core.workers import process_pool
from trainer.errors import ModelError
from trainer.model.shape import FEATURES, MixedNetShape
from trainer.model.streaming import StreamingModel
from trainer.model.weights import FEATURE_SCALE, Weights

FEATURE_LIMIT = np.float32(26.0)  # the largest feature that ESPHome's int8 covers: 255 * 26 / 255


def export_tflite(weights: Weights, shape: MixedNetShape, representative: NDArray[np.uint16]) -> bytes:
    """Return the quantised streaming model. The same input gives the same bytes.

    The work is done in a process of its own, so that TensorFlow's memory and its log end with it.

    Args:
        weights: as trained, with their normalisation.
        shape: the network's dimensions.
        representative: front-end frames [slices, 40] of one continuous stream, by which ranges are chosen.

    Raises:
        ModelError: the frames are too few or of another kind, or the converter failed.
    """
    if representative.dtype != np.uint16 or representative.ndim != 2 or representative.shape[1] != FEATURES:
        raise ModelError(
            f"representative frames must be uint16 [slices, {FEATURES}]. "
            f"Received: {representative.dtype} {list(representative.shape)}"
        )
    if len(representative) < shape.receptive_field:
        raise ModelError(
            f"at least {shape.receptive_field} representative slices are needed, the receptive field. "
            f"Received: {len(representative)}"
        )
    with process_pool(1) as pool:
        try:
            return pool.submit(_convert, weights, shape, representative).result()
        except BrokenProcessPool as error:
            raise ModelError("the converter's process ended early", hint="It may have lacked memory.") from error


def representative_chunks(frames: NDArray[np.uint16], stride: int) -> Iterator[list[NDArray[np.float32]]]:
    """Yield float chunks [1, stride, 40] in order; the first holds 0 and 26, which pins the input's scale."""
    features = np.minimum(frames[: len(frames) // stride * stride] * FEATURE_SCALE, FEATURE_LIMIT)
    features[0, 0], features[0, -1] = 0, FEATURE_LIMIT
    for chunk in features.reshape(-1, 1, stride, FEATURES):
        yield [chunk]


def make_converter(model: StreamingModel, frames: NDArray[np.uint16]) -> Any:
    """Return TensorFlow's converter with everything set that ESPHome asks for."""
    import tensorflow as tf

    step = model.step.get_concrete_function()
    converter = tf.lite.TFLiteConverter.from_concrete_functions([step], model.module)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: representative_chunks(frames, model.shape.stride)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = tf.int8
    converter.inference_output_type = tf.uint8
    # without it the ring buffers stay float and the device would need DEQUANTIZE, which it lacks
    converter._experimental_variable_quantization = True
    return converter


def _convert(weights: Weights, shape: MixedNetShape, frames: NDArray[np.uint16]) -> bytes:
    with _quiet():
        return bytes(make_converter(StreamingModel(weights, shape), frames).convert())


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Hold back what TensorFlow's C++ writes to standard error; show it when the block fails."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    with tempfile.TemporaryFile() as log:
        sys.stderr.flush()
        kept = os.dup(2)
        os.dup2(log.fileno(), 2)
        try:
            yield
        except BaseException:
            log.seek(0)
            os.write(kept, log.read())
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)
