"""Tiny ONNX models, written byte by byte: no package that writes them is needed."""

from collections.abc import Sequence
from pathlib import Path

FLOAT, INT64 = 1, 7  # element types
Input = tuple[str, int, Sequence[int | str]]  # name, element type, shape
Node = tuple[str, Sequence[str], str, dict[str, int | list[int]]]  # operator, inputs, output, attributes


def write_model(
    path: Path, inputs: Sequence[Input], nodes: Sequence[Node], outputs: Sequence[str], **metadata: str
) -> Path:
    """Write a model whose outputs are floats."""
    graph = b"".join(_field(1, _node(*node)) for node in nodes) + _field(2, b"tiny")
    graph += b"".join(_field(11, _value(*one)) for one in inputs)
    graph += b"".join(_field(12, _value(name, FLOAT, ("batch", "size"))) for name in outputs)
    opset = _field(1, b"") + _number(2, 13)
    model = _number(1, 8) + _field(7, graph) + _field(8, opset)
    model += b"".join(_field(14, _field(1, k.encode()) + _field(2, v.encode())) for k, v in metadata.items())
    path.write_bytes(model)
    return path


def write_spectral(path: Path, shape: Sequence[int | str] = ("batch", "frames", 80), **metadata: str) -> Path:
    """Write a model of log-mel features: how much every bin varies, [1, bins]."""
    frames = 2 if shape[1] == 80 else 1
    nodes: list[Node] = [
        ("Mul", ["feats", "feats"], "power", {}),
        ("ReduceMean", ["power"], "embs", {"axes": [frames], "keepdims": 0}),
    ]
    return write_model(path, [("feats", FLOAT, shape)], nodes, ["embs"], **metadata)


def write_waveform(
    path: Path, shape: Sequence[int | str] = ("batch", "samples"), others: Sequence[Input] = ()
) -> Path:
    """Write a model of the waveform: mean and highest of its absolute values, [1, ..., 2]."""
    last = len(shape) - 1
    nodes: list[Node] = [
        ("Abs", ["sound"], "loud", {}),
        ("ReduceMean", ["loud"], "mean", {"axes": [last], "keepdims": 1}),
        ("ReduceMax", ["loud"], "highest", {"axes": [last], "keepdims": 1}),
        ("Concat", ["mean", "highest"], "vector", {"axis": last}),
    ]
    return write_model(path, [("sound", FLOAT, shape), *others], nodes, ["vector"])


def _node(operator: str, inputs: Sequence[str], output: str, attributes: dict[str, int | list[int]]) -> bytes:
    data = b"".join(_field(1, name.encode()) for name in inputs) + _field(2, output.encode())
    data += _field(4, operator.encode())
    for name, value in attributes.items():
        if isinstance(value, int):
            attribute = _number(3, value) + _number(20, 2)
        else:
            attribute = b"".join(_number(8, one) for one in value) + _number(20, 7)
        data += _field(5, _field(1, name.encode()) + attribute)
    return data


def _value(name: str, kind: int, shape: Sequence[int | str]) -> bytes:
    sizes = (_number(1, size) if isinstance(size, int) else _field(2, size.encode()) for size in shape)
    tensor = _number(1, kind) + _field(2, b"".join(_field(1, size) for size in sizes))
    return _field(1, name.encode()) + _field(2, _field(1, tensor))


def _field(number: int, data: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _number(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value)


def _varint(value: int) -> bytes:
    data = bytearray()
    while value > 0x7F:
        data.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*data, value])
