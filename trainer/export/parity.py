"""Parity of device twin, TFLite-Micro and LiteRT's reference kernels on the same frames, and the gap to float."""

from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.core.seeds import generator
from trainer.core.workers import process_pool
from trainer.errors import ModelError
from trainer.evaluation.device import Twin
from trainer.export.arena import has_interpreter
from trainer.features.frontend import quantise
from trainer.model.dense import forward_numpy
from trainer.model.flatbuffer import read_structure
from trainer.model.shape import FEATURES, MixedNetShape
from trainer.model.streaming import alignment
from trainer.model.weights import FEATURE_SCALE, Weights

PROBE_SLICES = 3000  # 30 s: 1,000 steps of stride 3, five receptive fields of the default shape
_LARGEST = 666  # the front end's largest value (ESPHome micro_wake_word.cpp)
_MICRO_ARENA = 1 << 20  # bytes: more than any model needs; how much it needs is measured elsewhere


_Outputs = NDArray[np.int16]  # [steps, 2]: probability 0..255 and logit -128..127


@dataclass(frozen=True)
class Parity:
    """How the device twin and LiteRT's reference kernels differ from TFLite-Micro.

    Our exports do not differ at all. Models that end in a FULLY_CONNECTED, the official ones among them, may: there
    TFLite-Micro rounds twice and LiteRT once, so that 3 to 6 logits of 10,000 differ by one. Most vanish in the
    sigmoid; hey_mycroft keeps 4, of up to 8 / 256.

    On a machine without TFLite-Micro, LiteRT stands in its place: the twin is compared with it alone.

    Attributes:
        steps: compared.
        twin, reference: steps whose probability differs from TFLite-Micro's.
        largest: difference of a probability, of 256.
        logit_differences: steps whose logit, before the sigmoid, differs between TFLite-Micro and LiteRT.
        logits: different values the logit took: a comparison of one value alone would say nothing.
        micro: TFLite-Micro was among those compared.
    """

    steps: int
    twin: int
    reference: int
    largest: int
    logit_differences: int
    logits: int
    micro: bool = True

    @property
    def exact(self) -> bool:
        """All that were compared give the same probabilities, bit for bit."""
        return self.steps > 0 and self.twin == self.reference == 0


@dataclass(frozen=True)
class Gap:
    """Distance of the quantised model's probabilities from the float model's, 0..1."""

    mean: float
    p99: float
    largest: float


def parity(model: bytes, frames: NDArray[np.uint16]) -> Parity:
    """Compare them over front-end frames [slices, 40], from a fresh state, in a process of its own.

    Raises:
        ModelError: an interpreter does not run the model.
    """
    asked = has_interpreter()
    with process_pool(1) as pool:
        try:
            micro, reference, twin = pool.submit(_run_all, model, frames, asked).result()
        except BrokenProcessPool as error:
            raise ModelError("an interpreter crashed on the model", code="parity") from error
    of_twin, of_reference = np.abs(twin - micro[:, 0]), np.abs(reference - micro)
    return Parity(
        steps=len(micro),
        twin=int(np.count_nonzero(of_twin)),
        reference=int(np.count_nonzero(of_reference[:, 0])),
        largest=int(max(of_twin.max(initial=0), of_reference[:, 0].max(initial=0))),
        logit_differences=int(np.count_nonzero(of_reference[:, 1])),
        logits=len(np.unique(micro[:, 1])),
        micro=asked,
    )


def gap(model: bytes, weights: Weights, shape: MixedNetShape, frames: NDArray[np.uint16]) -> Gap:
    """Compare the quantised model with the float one over frames [slices, 40], once both are warm.

    Raises:
        ModelError: the frames are shorter than the receptive field and one step.
    """
    begin, warm = alignment(shape)
    quantised = Twin(model).probabilities(frames[begin:])[warm:] / np.float32(256.0)
    if not len(quantised):
        raise ModelError(
            f"at least {shape.receptive_field + shape.stride} slices are needed. Received: {len(frames)}"
        )
    expected = forward_numpy(weights, shape, frames.astype(np.float32) * FEATURE_SCALE)[1:]
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


def _run_all(model: bytes, frames: NDArray[np.uint16], asked: bool) -> tuple[_Outputs, _Outputs, NDArray[np.uint8]]:
    """Return what TFLite-Micro, or LiteRT if it is not to be asked, then LiteRT and the twin say."""
    twin = Twin(model)
    steps = len(frames) // twin.stride
    chunks = quantise(frames[: steps * twin.stride]).reshape(steps, 1, twin.stride, FEATURES)
    logit = _logit_tensor(model)
    reference = _run_reference(model, chunks, logit)
    micro = _run_micro(model, chunks, logit) if asked else reference
    return micro, reference, twin.probabilities(frames)


def _logit_tensor(model: bytes) -> int:
    """Return the index of the tensor before the sigmoid: it still differs where probabilities are all 0 or 255."""
    main = read_structure(model).subgraphs[0]
    return next((op.inputs[0] for op in main.operators if op.name == "LOGISTIC"), main.outputs[0])


def _run_micro(model: bytes, chunks: NDArray[np.int8], logit: int) -> _Outputs:
    from tflite_micro import runtime

    def step(chunk: NDArray[np.int8]) -> tuple[int, int]:
        interpreter.set_input(chunk, 0)
        interpreter.invoke()
        return interpreter.get_output(0)[0, 0], interpreter.GetTensor(logit, 0)["tensor_data"].flat[0]

    try:
        preserve = runtime.InterpreterConfig.kPreserveAllTensors
        interpreter = runtime.Interpreter.from_bytes(model, arena_size=_MICRO_ARENA, intrepreter_config=preserve)
        return np.array([step(chunk) for chunk in chunks], np.int16)
    except (RuntimeError, ValueError) as error:
        raise ModelError(f"TFLite-Micro does not run the model: {error}", code="parity") from error


def _run_reference(model: bytes, chunks: NDArray[np.int8], logit: int) -> _Outputs:
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    def step(chunk: NDArray[np.int8]) -> tuple[int, int]:
        interpreter.set_tensor(source, chunk)
        interpreter.invoke()
        return interpreter.get_tensor(output)[0, 0], interpreter.get_tensor(logit).flat[0]

    try:
        kernels = OpResolverType.BUILTIN_REF
        interpreter = Interpreter(
            model_content=model, experimental_op_resolver_type=kernels, experimental_preserve_all_tensors=True
        )
        interpreter.allocate_tensors()
        source, output = interpreter.get_input_details()[0]["index"], interpreter.get_output_details()[0]["index"]
        return np.array([step(chunk) for chunk in chunks], np.int16)
    except (RuntimeError, ValueError) as error:
        raise ModelError(f"LiteRT does not run the model: {error}", code="parity") from error
