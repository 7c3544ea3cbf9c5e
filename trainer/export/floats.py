"""Which constants of a quantised model are which weights of the float one, and what its operators are called."""

from collections.abc import Iterator

import numpy as np

from trainer.errors import ModelError
from trainer.export.graph import WEIGHTED, Graph, Values
from trainer.model.flatbuffer import Operator
from trainer.model.shape import MixedNetShape
from trainer.model.streaming import fold
from trainer.model.weights import Weights

_STEP = 0.51  # of a scale: so far a rounded weight may lie from its own
_KINDS = {"CONV_2D": "convolution", "DEPTHWISE_CONV_2D": "time filter", "FULLY_CONNECTED": "classifier",
          "LOGISTIC": "probability", "ADD": "sum", "MUL": "product", "MEAN": "mean"}  # fmt: skip


def know_floats(graph: Graph, weights: Weights, shape: MixedNetShape) -> dict[int, str]:
    """Tell the graph the weights that it was rounded from; return their names by operator.

    Raises:
        ModelError: they are those of another model.
    """
    left = fold(weights, shape)
    names: dict[int, str] = {}
    for index in sorted(graph.of(WEIGHTED)):
        op = graph.main.operators[index]
        found = next((name for name, values in _laid_out(left, op, graph) if _is(values, op.inputs[1], graph)), None)
        if found is None:
            raise ModelError(
                f"the weights beside the model are not those that it was made from: none is its operator {index}",
                hint="`wakesmith export RUN` makes the model of weights anew.",
                code="other_weights",
            )
        names[index] = found
        graph.floats[op.inputs[1]] = dict(_laid_out(left, op, graph))[found]
        bias = left.get(_bias_of(found))
        if bias is not None and len(op.inputs) > 2 and _is(bias, op.inputs[2], graph):
            graph.floats[op.inputs[2]] = bias
        del left[found]
    return names


def name_layers(graph: Graph, known: dict[int, str]) -> dict[int, str]:
    """Return a name for people for every operator that computes."""
    counts: dict[str, int] = {}
    names: dict[int, str] = {}
    for index, op in enumerate(graph.main.operators):
        kind = _KINDS.get(op.name)
        if kind is None:
            continue
        counts[kind] = counts.get(kind, 0) + 1
        names[index] = known[index] if index in known else f"{kind} {counts[kind]}"
    return names


def _laid_out(weights: Weights, op: Operator, graph: Graph) -> Iterator[tuple[str, Values]]:
    """Yield the arrays that fit an operator, in its own order of dimensions."""
    wanted = graph.main.tensors[op.inputs[1]].shape
    for name, values in weights.items():
        if "bias" in name:
            continue
        if op.name == "DEPTHWISE_CONV_2D":
            laid = values
        elif name == "dense/kernel":
            laid = values.reshape(1, -1)
        else:
            laid = np.moveaxis(values, -1, 0)  # [out, ...]
        if laid.size == int(np.prod(wanted)) and ("depthwise" in name) == (op.name == "DEPTHWISE_CONV_2D"):
            yield name, laid.reshape(wanted).astype(np.float32)


def _is(values: Values, place: int, graph: Graph) -> bool:
    tensor, rounded = graph.main.tensors[place], graph.constants[place]
    if rounded.shape != values.shape:
        return False
    scale = np.array(tensor.scales, np.float32)
    if len(scale) > 1:
        scale = scale if tensor.shape[0] == 1 or rounded.ndim == 1 else scale.reshape(-1, *[1] * (rounded.ndim - 1))
    return bool(np.all(np.abs(values - rounded) <= _STEP * scale + 1e-7))


def _bias_of(name: str) -> str:
    if name.endswith("/residual"):
        return name + "_bias"
    return name.rsplit("/", 1)[0] + "/bias"
