"""What the gate asks of a model's structure, before anything runs.

Limits are those of `micro_wake_word/streaming_model.cpp`, `streaming_model.h` and `preprocessor_settings.h` of
ESPHome 2026.10. The device's arena for variables (1,024 bytes) holds 20 handles, whatever the ring buffers' size.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from trainer.model.flatbuffer import SCHEMA_VERSION, ModelStructure, Tensor
from trainer.model.shape import FEATURES, STATE_LIMIT

# fmt: off
OPERATORS = frozenset(  # streaming_model.cpp, register_streaming_ops_
    {
        "CALL_ONCE", "VAR_HANDLE", "RESHAPE", "READ_VARIABLE", "STRIDED_SLICE", "CONCATENATION", "ASSIGN_VARIABLE",
        "CONV_2D", "MUL", "ADD", "MEAN", "FULLY_CONNECTED", "LOGISTIC", "QUANTIZE", "DEPTHWISE_CONV_2D",
        "AVERAGE_POOL_2D", "MAX_POOL_2D", "PAD", "PACK", "SPLIT_V",
    }
)
# fmt: on
SUBGRAPHS = 2  # the step, and what sets the ring buffers to zero
STRIDES = (1, 2, 3)  # slices a step: input dims[1]
INPUT_SCALE, INPUT_ZERO = 26 / 255, -128  # micro_wake_word.cpp: (v * 256 + 333) / 666 - 128 means 0..26
OUTPUT_SCALE, OUTPUT_ZERO = 1 / 256, 0  # probabilities are compared as uint8
SCALE_TOLERANCE = 1e-5  # the official models' 0.10196079 is off by 6e-9
STATE_TYPE = "INT8"


@dataclass(frozen=True)
class Check:
    """One question to the model: `message` says what was found, `allowed` and `received` the values."""

    name: str
    passed: bool
    message: str
    allowed: str = ""
    received: str = ""


def check_structure(model: ModelStructure) -> Iterator[Check]:
    """Yield one check for each rule of the structure."""
    yield compare("schema", model.version == SCHEMA_VERSION, str(SCHEMA_VERSION), str(model.version))
    foreign = sorted(model.operators - OPERATORS)
    yield Check(
        "operators",
        not foreign,
        f"the device lacks {', '.join(foreign)}" if foreign else f"{len(model.operators)} kinds, all on the device",
        ", ".join(sorted(OPERATORS)),
        ", ".join(sorted(model.operators)),
    )
    yield _check_subgraphs(model)
    if model.subgraphs:
        main = model.subgraphs[0]
        yield _check_port("input", [main.tensors[i] for i in main.inputs], "INT8", INPUT_SCALE, INPUT_ZERO)
        yield _check_port("output", [main.tensors[i] for i in main.outputs], "UINT8", OUTPUT_SCALE, OUTPUT_ZERO)
    yield compare(
        "states", 1 <= len(model.states) <= STATE_LIMIT, f"1 to {STATE_LIMIT} variables", str(len(model.states))
    )
    wrong = [f"{name} is {t.type if t else 'never assigned'}" for name, t in model.states.items() if not _is_int8(t)]
    yield Check(
        "state types",
        not wrong,
        f"ring buffers must be int8: {', '.join(wrong)}" if wrong else "all ring buffers are int8",
        STATE_TYPE,
        ", ".join(sorted({t.type if t else "none" for t in model.states.values()})),
    )
    floats = sorted({t.name for graph in model.subgraphs for t in graph.tensors if t.type.startswith("FLOAT")})
    yield compare(
        "quantised", not floats, "no float tensors", f"{len(floats)} float tensors {floats[:3] or ''}".strip()
    )


def compare(name: str, passed: bool, allowed: str, received: str) -> Check:
    """Return a check whose message follows from its values."""
    message = received if passed else f"{allowed} expected. Received: {received}"
    return Check(name, passed, message, allowed, received)


def _is_int8(tensor: Tensor | None) -> bool:
    return tensor is not None and tensor.type == STATE_TYPE


def _check_subgraphs(model: ModelStructure) -> Check:
    count, allowed = len(model.subgraphs), f"{SUBGRAPHS}: the step and the start of its ring buffers"
    if count != SUBGRAPHS:
        missing = " (the variable subgraph is missing)" if count < SUBGRAPHS else ""
        return Check("subgraphs", False, f"{SUBGRAPHS} expected. Received: {count}{missing}", allowed, str(count))
    main, start = model.subgraphs
    begun = {op.state for op in start.operators if op.name == "VAR_HANDLE"}
    lost = sorted(set(model.states) - begun)
    if lost or not any(op.name == "CALL_ONCE" for op in main.operators):
        return Check("subgraphs", False, f"ring buffers start undefined: {', '.join(lost) or 'all'}", allowed, "2")
    return Check("subgraphs", True, allowed, allowed, "2")


def _check_port(name: str, tensors: list[Tensor], kind: str, scale: float, zero: int) -> Check:
    """Check the one input or output of the model."""
    strides = STRIDES if name == "input" else ()
    shape = f"[1, {STRIDES[0]}..{STRIDES[-1]}, {FEATURES}]" if strides else "[1, 1]"
    shapes: set[tuple[int, ...]] = {(1, stride, FEATURES) for stride in strides} or {(1, 1)}
    allowed = f"one {kind} {shape}, scale {scale:.8f}, zero point {zero}"
    received = "; ".join(
        f"{t.type} {list(t.shape)}, scale {', '.join(f'{s:.8f}' for s in t.scales) or 'none'}, "
        f"zero point {', '.join(map(str, t.zero_points)) or 'none'}"
        for t in tensors
    )
    passed = (
        len(tensors) == 1
        and tensors[0].type == kind
        and tensors[0].shape in shapes
        and len(tensors[0].scales) == 1
        and abs(tensors[0].scales[0] - scale) <= SCALE_TOLERANCE
        and tensors[0].zero_points == (zero,)
    )
    return Check(name, passed, received if passed else f"{allowed} expected. Received: {received}", allowed, received)
