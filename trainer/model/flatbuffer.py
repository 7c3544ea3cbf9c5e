"""What a .tflite file holds: subgraphs, operators, tensors, quantisation and ring buffers, without running it."""

import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from trainer.errors import ModelError

IDENTIFIER = b"TFL3"  # bytes 4..8 of every TensorFlow Lite flatbuffer (schema.fbs)
SCHEMA_VERSION = 3  # the only one that TFLite-Micro takes (schema.fbs)
_ITEM_LIMIT = 10_000  # subgraphs, tensors, operators: official models have some 100; a wild count is damage
_DIMENSION_LIMIT = 8  # dimensions of a tensor (LiteRT's own limit)
_FOREIGN = (  # what files that are no model begin with
    (b"PK", "a zip archive"),
    (b"<", "a web page (HTML or XML)"),
    (b"{", "JSON, perhaps the manifest"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x89HDF", "an HDF5 file, perhaps Keras weights"),
    (b"version https://git-lfs", "a Git LFS pointer; fetch the file itself"),
)
_ITEM_BYTES = {"FLOAT32": 4, "FLOAT16": 2, "INT64": 8, "INT32": 4, "INT16": 2, "INT8": 1, "UINT8": 1, "BOOL": 1}


@dataclass(frozen=True)
class Tensor:
    """A tensor of a subgraph.

    Attributes:
        name: as the file gives it.
        shape: dimensions.
        type: TensorFlow Lite's name, such as "INT8".
        scales, zero_points: its quantisation: none, one, or one a channel.
        constant: the file holds its values.
    """

    name: str
    shape: tuple[int, ...]
    type: str
    scales: tuple[float, ...] = ()
    zero_points: tuple[int, ...] = ()
    constant: bool = False

    @property
    def values(self) -> int:
        """Number of values."""
        count = 1
        for size in self.shape:
            count *= size
        return count

    @property
    def bytes(self) -> int:
        """Size of its values in memory."""
        return self.values * _ITEM_BYTES.get(self.type, 0)


@dataclass(frozen=True)
class Operator:
    """An operator with its builtin name, such as "CONV_2D"; inputs and outputs index the subgraph's tensors.

    `state` is the shared name of the resource variable, of VAR_HANDLE only.
    """

    name: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    state: str = ""


@dataclass(frozen=True)
class Subgraph:
    """A subgraph; inputs and outputs index its tensors."""

    name: str
    tensors: tuple[Tensor, ...]
    operators: tuple[Operator, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


@dataclass(frozen=True)
class ModelStructure:
    """The structure of a model file.

    Attributes:
        size: bytes of the file.
        version: of the schema.
        subgraphs: the first is the main one; a streaming model's second sets its ring buffers to zero.
        states: ring buffers by name, with the tensor that is assigned to them; None where nothing is.
    """

    size: int
    version: int
    subgraphs: tuple[Subgraph, ...]
    states: dict[str, Tensor | None] = field(default_factory=dict)

    @property
    def operators(self) -> frozenset[str]:
        """Kinds of operators that any subgraph uses."""
        return frozenset(op.name for graph in self.subgraphs for op in graph.operators)


def read_model(path: Path) -> bytes:
    """Return a file's bytes.

    Raises:
        ModelError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror}", code="unreadable") from error


def read_structure(data: bytes) -> ModelStructure:
    """Read the structure of a model.

    Raises:
        ModelError: the bytes are something else (which is named), or damaged.
    """
    _refuse_foreign(data)
    from ai_edge_litert import schema_py_generated as schema

    try:
        model = schema.Model.GetRootAs(data, 0)
        graphs = tuple(_subgraph(schema, model, graph) for graph in _items(model.SubgraphsLength, model.Subgraphs))
        _check_buffers(model, len(data))
        return ModelStructure(len(data), int(model.Version()), graphs, _states(graphs))
    except (struct.error, LookupError, ValueError, TypeError, AttributeError, OverflowError) as error:
        raise ModelError(
            f"the file begins as a TensorFlow Lite model and is cut off or damaged ({error}). "
            f"Received: {len(data)} bytes",
            hint="Copy or download it again.",
            code="unreadable",
        ) from error


def _refuse_foreign(data: bytes) -> None:
    if data[4:8] == IDENTIFIER and len(data) > 32:
        return
    kind = next((kind for start, kind in _FOREIGN if data.lstrip().startswith(start)), "")
    if not kind:
        kind = "an empty file" if not data else f"{len(data)} bytes that begin with {data[:8]!r}"
    raise ModelError(
        f"not a TensorFlow Lite model: {IDENTIFIER.decode()!r} is expected at byte 4. Received: {kind}",
        hint="Pass the .tflite file of a wake word.",
        code="unreadable",
    )


def _items(length: Callable[[], int], item: Callable[[int], Any], limit: int = _ITEM_LIMIT) -> list[Any]:
    count = length()
    if not 0 <= count <= limit:
        raise ValueError(f"a list of {count} entries")
    return [item(i) for i in range(count)]


def _text(value: bytes | None) -> str:
    return (value or b"").decode("utf-8")


def _names(kind: type) -> dict[int, str]:
    return {value: name for name, value in vars(kind).items() if isinstance(value, int)}


def _subgraph(schema: Any, model: Any, graph: Any) -> Subgraph:
    types, builtins = _names(schema.TensorType), _names(schema.BuiltinOperator)
    codes = [
        builtins[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())]
        for code in _items(model.OperatorCodesLength, model.OperatorCodes)
    ]
    tensors = tuple(_tensor(types, model, t) for t in _items(graph.TensorsLength, graph.Tensors))
    operators = tuple(_operator(schema, codes, op) for op in _items(graph.OperatorsLength, graph.Operators))
    inputs = tuple(_items(graph.InputsLength, graph.Inputs))
    outputs = tuple(_items(graph.OutputsLength, graph.Outputs))
    used = {i for op in operators for i in (*op.inputs, *op.outputs)} | {*inputs, *outputs}
    if used and not -1 <= min(used) <= max(used) < len(tensors):  # -1: an optional input that is absent
        raise ValueError("an operator names a tensor that is not there")
    return Subgraph(_text(graph.Name()), tensors, operators, inputs, outputs)


def _tensor(types: dict[int, str], model: Any, tensor: Any) -> Tensor:
    shape = tuple(_items(tensor.ShapeLength, tensor.Shape, _DIMENSION_LIMIT))
    scales: tuple[float, ...] = ()
    zero_points: tuple[int, ...] = ()
    if (quantization := tensor.Quantization()) is not None:
        scales = tuple(_items(quantization.ScaleLength, quantization.Scale))
        zero_points = tuple(_items(quantization.ZeroPointLength, quantization.ZeroPoint))
    if not 0 <= tensor.Buffer() < model.BuffersLength():
        raise ValueError("a tensor names a buffer that is not there")
    constant = model.Buffers(tensor.Buffer()).DataLength() > 0
    return Tensor(_text(tensor.Name()), shape, types[tensor.Type()], scales, zero_points, constant)


def _operator(schema: Any, codes: list[str], operator: Any) -> Operator:
    name, state = codes[operator.OpcodeIndex()], ""
    if name == "VAR_HANDLE":
        options, table = schema.VarHandleOptions(), operator.BuiltinOptions()
        options.Init(table.Bytes, table.Pos)
        state = _text(options.SharedName())
    inputs = tuple(_items(operator.InputsLength, operator.Inputs))
    outputs = tuple(_items(operator.OutputsLength, operator.Outputs))
    return Operator(name, inputs, outputs, state)


def _check_buffers(model: Any, size: int) -> None:
    """Touch the last byte of every buffer, so that a missing end is noticed."""
    for buffer in _items(model.BuffersLength, model.Buffers):
        if length := buffer.DataLength():
            buffer.Data(length - 1)
        if buffer.Offset() + buffer.Size() > size:
            raise ValueError("a buffer lies beyond the end")


def _states(graphs: tuple[Subgraph, ...]) -> dict[str, Tensor | None]:
    states: dict[str, Tensor | None] = {}
    for graph in graphs:
        handles = {op.outputs[0]: op.state for op in graph.operators if op.name == "VAR_HANDLE"}
        for name in handles.values():
            states.setdefault(name, None)
        for op in graph.operators:
            if op.name == "ASSIGN_VARIABLE" and op.inputs[0] in handles:
                name = handles[op.inputs[0]]
                states[name] = states[name] or graph.tensors[op.inputs[1]]
    return states
