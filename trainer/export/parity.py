"""Parity: the same frames through the device twin, TFLite-Micro and LiteRT's reference kernels, and the gap to float."""

from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.core.seeds import generator
from trainer.core.workers import process_pool
from trainer.errors import ModelError
from trainer.evaluation.device import Twin
from trainer.features.frontend import quantise
from trainer.model.dense import forward_numpy
from trainer.model.shape import FEATURES, MixedNetShape
from trainer.model.streaming import alignment
from trainer.model.weights import FEATURE_SCALE, Weights

PROBE_SLICES = 3000  # 30 s: 1,000 steps of stride 3, five receptive fields of the default shape
_LARGEST = 666  # the front end's largest value (ESPHome micro_wake_word.cpp)
_MICRO_ARENA = 1 << 20  # bytes: more than any model needs; how much it needs is measured elsewhere


@dataclass(frozen=True)
class Parity:
    """How many of `steps` probabilities differ from TFLite-Micro's, and by how many of 255 at most."""

    steps: int
    twin: int
    reference: int
    largest: int

    @property
    def exact(self) -> bool:
        """All three agree bit for bit."""
        return self.steps > 0 and self.twin == self.reference == 0


@dataclass(frozen=True)
class Gap:
    """Distance of the quantised model's probabilities from the float model's, 0..1."""

    mean: float
    p99: float
    largest: float


def parity(model: bytes, frames: NDArray[np.uint16]) -> Parity:
    """Compare the three over front-end frames [slices, 40], from a fresh state, in a process of its own.

    Raises:
        ModelError: an interpreter does not run the model.
    """
    with process_pool(1) as pool:
        try:
            micro, reference, twin = pool.submit(_run_all, model, frames).result()
        except BrokenProcessPool as error:
            raise ModelError("an interpreter crashed on the model", code="parity") from error
    wide = micro.astype(np.int16)
    largest = max(int(np.abs(other - wide).max(initial=0)) for other in (reference, twin))
    return Parity(
        len(micro), int(np.count_nonzero(twin != micro)), int(np.count_nonzero(reference != micro)), largest
    )


def gap(model: bytes, weights: Weights, shape: MixedNetShape, frames: NDArray[np.uint16]) -> Gap:
    """Compare the quantised model with the float one over frames [slices, 40], once both are warm.

    Raises:
        ModelError: the frames are shorter than the receptive field and one step.
    """
    begin, warm = alignment(shape)
    quantised = Twin(model).probabilities(frames[begin:])[warm:] / np.float32(256.0)
    if not len(quantised):
        raise ModelError(f"more than {shape.receptive_field} slices are needed. Received: {len(frames)}")
    expected = forward_numpy(weights, shape, frames.astype(np.float32) * FEATURE_SCALE)
    distance = np.abs(quantised - expected[: len(quantised)])
    return Gap(float(distance.mean()), float(np.quantile(distance, 0.99)), float(distance.max()))


def probe_frames(slices: int = PROBE_SLICES) -> NDArray[np.uint16]:
    """Return made-up front-end frames, uint16 [slices, 40], always the same: bursts of coloured sound, silence, and
    the front end's extremes, so that every code path of the quantised kernels is taken.
    """
    rng = generator(0, "probe frames")
    level = np.repeat(rng.uniform(-200, 500, (slices + 24) // 25), 25)[:slices, None]
    colour = np.repeat(rng.normal(0, 120, ((slices + 7) // 8, 10)), 8, 0)[:slices].repeat(4, 1)
    frames = level + colour + rng.normal(0, 40, (slices, FEATURES))
    loud = slice(slices // 3, slices // 3 + 20)
    frames[loud] = rng.integers(0, 2, (len(frames[loud]), FEATURES)) * _LARGEST
    return np.clip(np.rint(frames), 0, _LARGEST).astype(np.uint16)


def _run_all(model: bytes, frames: NDArray[np.uint16]) -> tuple[NDArray[np.uint8], ...]:
    twin = Twin(model)
    steps = len(frames) // twin.stride
    chunks = quantise(frames[: steps * twin.stride]).reshape(steps, 1, twin.stride, FEATURES)
    return _run_micro(model, chunks), _run_reference(model, chunks), twin.probabilities(frames)


def _run_micro(model: bytes, chunks: NDArray[np.int8]) -> NDArray[np.uint8]:
    from tflite_micro import runtime

    try:
        interpreter = runtime.Interpreter.from_bytes(model, arena_size=_MICRO_ARENA)
        return np.array([_micro_step(interpreter, chunk) for chunk in chunks], np.uint8)
    except (RuntimeError, ValueError) as error:
        raise ModelError(f"TFLite-Micro does not run the model: {error}", code="parity") from error


def _micro_step(interpreter: Any, chunk: NDArray[np.int8]) -> int:
    interpreter.set_input(chunk, 0)
    interpreter.invoke()
    return int(interpreter.get_output(0)[0, 0])


def _run_reference(model: bytes, chunks: NDArray[np.int8]) -> NDArray[np.uint8]:
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    try:
        interpreter = Interpreter(model_content=model, experimental_op_resolver_type=OpResolverType.BUILTIN_REF)
        run = interpreter.get_signature_runner()
        name = next(iter(run.get_input_details()))
        return np.array([next(iter(run(**{name: chunk}).values()))[0, 0] for chunk in chunks], np.uint8)
    except (RuntimeError, ValueError) as error:
        raise ModelError(f"LiteRT does not run the model: {error}", code="parity") from error
