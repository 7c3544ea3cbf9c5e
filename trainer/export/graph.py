"""A streaming model computed in NumPy, many recordings at once, with every rounding to be switched on or off.

With all roundings it computes what the device does, save for ties in the last digit; with none, what the float model
does. In between lies the answer to which rounding costs how much.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.errors import ModelError
from trainer.features.frontend import quantise
from trainer.model.flatbuffer import Operator, Subgraph, Tensor, read_structure
from trainer.model.shape import FEATURES
from trainer.model.weights import FEATURE_SCALE

Values = NDArray[np.float32]
Observer = Callable[[int, Values], None]  # an operator's index, and what it put out
WEIGHTED = ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED")  # input, weights, bias
ROUNDED = (*WEIGHTED, "ADD", "MUL", "MEAN", "LOGISTIC")  # operators that compute, and so round what they put out
_PASSED_ON = ("CALL_ONCE", "VAR_HANDLE")


@dataclass(frozen=True)
class Rounding:
    """What is rounded: the features that come in, weights and outputs of operators by index, the ring buffers."""

    features: bool = False
    weights: frozenset[int] = frozenset()
    outputs: frozenset[int] = frozenset()
    states: bool = False


@dataclass
class Graph:
    """A model's graph.

    Attributes:
        main: its structure.
        constants: values of the constant tensors, int8 and int32 ones in real numbers, as the file rounds them.
        floats: the same before they were rounded, of those that are known.
        stride: slices a step.
    """

    main: Subgraph
    constants: dict[int, NDArray[Any]]
    strides: dict[int, int]
    relu: frozenset[int]
    floats: dict[int, Values] = field(default_factory=dict)

    @property
    def stride(self) -> int:
        """Slices that one step takes."""
        return self.main.tensors[self.main.inputs[0]].shape[1]

    @property
    def everything(self) -> Rounding:
        """All that the device rounds."""
        return Rounding(True, self.of(WEIGHTED), self.of(ROUNDED), True)

    def of(self, kinds: Sequence[str]) -> frozenset[int]:
        """Return the indices of operators of these kinds."""
        return frozenset(i for i, op in enumerate(self.main.operators) if op.name in kinds)

    def run(self, frames: NDArray[np.uint16], rounding: Rounding, observe: Observer | None = None) -> Values:
        """Return probabilities 0..1 [recordings, steps] for front-end frames [recordings, slices, 40]."""
        if rounding.features:
            sound = dequantise(quantise(frames), self.main.tensors[self.main.inputs[0]])
        else:
            sound = frames.astype(np.float32) * FEATURE_SCALE
        steps = sound.shape[1] // self.stride
        chunks = sound[:, : steps * self.stride].reshape(-1, steps, self.stride, FEATURES)
        states: dict[str, Values] = {}
        work = _Step(self, rounding, states, observe)
        return np.stack([work.step(chunks[:, i]) for i in range(steps)], 1)


def read_graph(model: bytes) -> Graph:
    """Read a model's first subgraph with its constants.

    Raises:
        ModelError: it is no model, or has an operator that is not known here.
    """
    from ai_edge_litert import schema_py_generated as schema

    main = read_structure(model).subgraphs[0]
    unknown = {op.name for op in main.operators} - set(_COMPUTED) - set(_PASSED_ON)
    if unknown:
        raise ModelError(f"the model has operators that cannot be looked into: {', '.join(sorted(unknown))}")
    tree = schema.ModelT.InitFromPackedBuf(model, 0)
    tensors, operators = tree.subgraphs[0].tensors, tree.subgraphs[0].operators
    constants = {
        i: _constant(tree.buffers[tensors[i].buffer].data, tensor)
        for i, tensor in enumerate(main.tensors)
        if tensor.constant
    }
    options = [op.builtinOptions for op in operators]
    return Graph(
        main,
        constants,
        {i: int(getattr(o, "strideH", 1)) for i, o in enumerate(options)},
        frozenset(
            i
            for i, o in enumerate(options)
            if getattr(o, "fusedActivationFunction", 0) == schema.ActivationFunctionType.RELU
        ),
    )


def dequantise(values: NDArray[Any], tensor: Tensor) -> Values:
    """Return the real numbers that a tensor's integers stand for."""
    axis = 3 if len(tensor.scales) > 1 and tensor.shape[0] == 1 and len(tensor.shape) == 4 else 0  # depthwise: last
    shape = [1] * values.ndim
    if len(tensor.scales) > 1:
        shape[axis] = len(tensor.scales)
    scale = np.reshape(np.array(tensor.scales, np.float32), shape if len(tensor.scales) > 1 else ())
    zero = tensor.zero_points[0] if tensor.zero_points else 0
    real: Values = ((values.astype(np.float32) - np.float32(zero)) * scale).astype(np.float32)
    return real


def limits(tensor: Tensor) -> tuple[float, float]:
    """Return the least and the greatest number that an activation's tensor can hold."""
    low, high = (0, 255) if tensor.type == "UINT8" else (-128, 127)
    scale, zero = tensor.scales[0], tensor.zero_points[0]
    return (low - zero) * scale, (high - zero) * scale


def round_to(values: Values, tensor: Tensor) -> Values:
    """Return the numbers that a tensor holds instead of these."""
    low, high = limits(tensor)
    scale = np.float32(tensor.scales[0])
    rounded: Values = np.clip(np.rint(values / scale) * scale, low, high).astype(np.float32)
    return rounded


class _Step:
    """One pass through the graph, again and again: the states go on."""

    def __init__(self, graph: Graph, rounding: Rounding, states: dict[str, Values], observe: Observer | None) -> None:
        self.graph, self.rounding, self.states, self.observe = graph, rounding, states, observe
        self.names = {op.outputs[0]: op.state for op in graph.main.operators if op.name == "VAR_HANDLE"}
        self.given: dict[int, NDArray[Any]] = dict(graph.constants)
        for index in graph.of(WEIGHTED) - rounding.weights:
            for place in graph.main.operators[index].inputs[1:]:
                if place in graph.floats:
                    self.given[place] = graph.floats[place]

    def step(self, chunk: Values) -> Values:
        main, rounding = self.graph.main, self.rounding
        values: dict[int, NDArray[Any]] = {**self.given, main.inputs[0]: chunk}
        for index, op in enumerate(main.operators):
            if op.name in _PASSED_ON:
                continue
            if op.name == "READ_VARIABLE":
                shape = main.tensors[op.outputs[0]].shape
                empty = np.zeros((len(chunk), *shape[1:]), np.float32)
                values[op.outputs[0]] = self.states.get(self.names[op.inputs[0]], empty)
            elif op.name == "ASSIGN_VARIABLE":
                kept = values[op.inputs[1]]
                tensor = main.tensors[op.inputs[1]]
                self.states[self.names[op.inputs[0]]] = round_to(kept, tensor) if rounding.states else kept
            else:
                found = _COMPUTED[op.name](self.graph, index, op, values)
                if index in self.graph.relu:
                    found = [np.maximum(f, 0) for f in found]
                if index in rounding.outputs:
                    found = [round_to(f, main.tensors[t]) for f, t in zip(found, op.outputs, strict=True)]
                values.update(zip(op.outputs, found, strict=True))
                if self.observe is not None and op.name in ROUNDED:
                    self.observe(index, found[0])
        return np.asarray(values[main.outputs[0]].reshape(len(chunk)), np.float32)


_Inputs = dict[int, NDArray[Any]]


def _constant(data: Any, tensor: Tensor) -> NDArray[Any]:
    kinds = {"INT8": np.int8, "INT32": np.int32, "FLOAT32": np.float32, "INT64": np.int64}
    values = np.frombuffer(bytes(data), kinds[tensor.type]).reshape(tensor.shape)
    return dequantise(values, tensor) if tensor.scales else values


def _convolve(graph: Graph, index: int, op: Operator, values: _Inputs) -> list[Values]:
    """A convolution over time, [rows, time, 1, in] with [out, k, 1, in]; no padding."""
    x, kernel = values[op.inputs[0]], values[op.inputs[1]]
    size, flat = kernel.shape[1], kernel.reshape(len(kernel), -1).T
    starts = range(0, x.shape[1] - size + 1, graph.strides[index])
    taken = [x[:, at : at + size].reshape(len(x), -1) @ flat for at in starts]
    return [np.stack(taken, 1)[:, :, None] + values[op.inputs[2]]]


def _mix(graph: Graph, index: int, op: Operator, values: _Inputs) -> list[Values]:
    """A depthwise convolution over time, [rows, time, 1, c] with [1, k, 1, c]; no padding."""
    x, kernel = values[op.inputs[0]], values[op.inputs[1]][0]
    size = len(kernel)
    starts = range(0, x.shape[1] - size + 1, graph.strides[index])
    taken = [np.einsum("rkoc,koc->roc", x[:, at : at + size], kernel) for at in starts]
    return [np.stack(taken, 1) + values[op.inputs[2]]]


def _connect(graph: Graph, index: int, op: Operator, values: _Inputs) -> list[Values]:
    x, kernel = values[op.inputs[0]], values[op.inputs[1]]
    bias = values[op.inputs[2]] if len(op.inputs) > 2 and op.inputs[2] >= 0 else np.float32(0)
    return [x.reshape(len(x), -1) @ kernel.T + bias]


def _slice(graph: Graph, index: int, op: Operator, values: _Inputs) -> list[Values]:
    """Along time and channels; the first dimension is that of the recordings, and whole."""
    x = values[op.inputs[0]]
    begin, step = values[op.inputs[1]], values[op.inputs[3]]
    length = graph.main.tensors[op.outputs[0]].shape
    cut = [slice(None)]
    for axis in range(1, x.ndim):
        first = int(begin[axis]) % x.shape[axis] if begin[axis] < 0 else int(begin[axis])
        cut.append(slice(first, first + length[axis] * int(step[axis]), int(step[axis])))
    return [x[tuple(cut)]]


def _split(graph: Graph, index: int, op: Operator, values: _Inputs) -> list[Values]:
    sizes, axis = values[op.inputs[1]], int(values[op.inputs[2]])
    return list(np.split(values[op.inputs[0]], np.cumsum(sizes)[:-1], axis))


def _join(graph: Graph, index: int, op: Operator, values: _Inputs) -> list[Values]:
    shapes = [graph.main.tensors[i].shape for i in op.inputs]
    out = graph.main.tensors[op.outputs[0]].shape
    axis = next((a for a, size in enumerate(out) if any(s[a] != size for s in shapes)), 1)
    return [np.concatenate([values[i] for i in op.inputs], axis)]


def _reshape(graph: Graph, index: int, op: Operator, values: _Inputs) -> list[Values]:
    x = values[op.inputs[0]]
    return [x.reshape(len(x), *graph.main.tensors[op.outputs[0]].shape[1:])]


def _mean(graph: Graph, index: int, op: Operator, values: _Inputs) -> list[Values]:
    x, axes = values[op.inputs[0]], tuple(int(a) for a in np.atleast_1d(values[op.inputs[1]]))
    return [np.asarray(x.mean(axes, keepdims=len(graph.main.tensors[op.outputs[0]].shape) == x.ndim), np.float32)]


def _squash(x: NDArray[Any]) -> Values:
    return np.asarray(1 / (1 + np.exp(-x)), np.float32)


_Computed = Callable[[Graph, int, Operator, _Inputs], list[Values]]
_COMPUTED: dict[str, _Computed] = {
    "READ_VARIABLE": _reshape,  # these two are the step's own affair
    "ASSIGN_VARIABLE": _reshape,
    "CONV_2D": _convolve,
    "DEPTHWISE_CONV_2D": _mix,
    "FULLY_CONNECTED": _connect,
    "STRIDED_SLICE": _slice,
    "SPLIT_V": _split,
    "CONCATENATION": _join,
    "RESHAPE": _reshape,
    "MEAN": _mean,
    "MAX_POOL_2D": lambda graph, index, op, values: [values[op.inputs[0]].max(1, keepdims=True)],
    "ADD": lambda graph, index, op, values: [values[op.inputs[0]] + values[op.inputs[1]]],
    "MUL": lambda graph, index, op, values: [values[op.inputs[0]] * values[op.inputs[1]]],
    "LOGISTIC": lambda graph, index, op, values: [_squash(values[op.inputs[0]])],
    "QUANTIZE": lambda graph, index, op, values: [values[op.inputs[0]]],
}
