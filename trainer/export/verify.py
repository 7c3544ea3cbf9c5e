"""The gate: does ESPHome accept this model, and does it compute there what was measured here? (N4, X3)

Limits are those of `micro_wake_word/streaming_model.cpp`, `streaming_model.h`, `preprocessor_settings.h` and
`__init__.py` of ESPHome 2026.10. None of them may be overridden: a device refuses such a model, or hears nothing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.errors import ModelError
from trainer.export.arena import measure_arena
from trainer.export.insight import PLATFORMS, Cost, cost_of
from trainer.export.parity import gap, parity, probe_frames
from trainer.model.flatbuffer import SCHEMA_VERSION, ModelStructure, Tensor, read_model, read_structure
from trainer.model.manifest import Manifest, read_manifest
from trainer.model.shape import FEATURES, STATE_LIMIT, MixedNetShape
from trainer.model.weights import Weights

OPERATORS = frozenset(  # streaming_model.cpp, register_streaming_ops_
    "CALL_ONCE VAR_HANDLE RESHAPE READ_VARIABLE STRIDED_SLICE CONCATENATION ASSIGN_VARIABLE CONV_2D MUL ADD MEAN "
    "FULLY_CONNECTED LOGISTIC QUANTIZE DEPTHWISE_CONV_2D AVERAGE_POOL_2D MAX_POOL_2D PAD PACK SPLIT_V".split()
)
SUBGRAPHS = 2  # the step, and what sets the ring buffers to zero
STRIDES = (1, 2, 3)  # slices a step: input dims[1]
INPUT_SCALE, INPUT_ZERO = 26 / 255, -128  # micro_wake_word.cpp: (v * 256 + 333) / 666 - 128 means 0..26
OUTPUT_SCALE, OUTPUT_ZERO = 1 / 256, 0  # probabilities are compared as uint8
SCALE_TOLERANCE = 1e-5  # the official models' 0.10196079 is off by 6e-9
STATE_TYPE = "INT8"
GAP_LIMIT = 0.1  # mean distance from the float model; a sound export of this kind has some 0.01


@dataclass(frozen=True)
class Check:
    """One question to the model: `message` says what was found, `allowed` and `received` the values."""

    name: str
    passed: bool
    message: str
    allowed: str = ""
    received: str = ""


@dataclass(frozen=True)
class Verdict:
    """What the gate says. Checks that need a sound structure are absent where it is not sound.

    Attributes:
        model: the file.
        checks: in the order they were made.
        cost: what the model costs, where it runs.
        manifest: as read, where there is a valid one.
    """

    model: Path
    checks: tuple[Check, ...]
    cost: Cost | None = None
    manifest: Manifest | None = None

    @property
    def passed(self) -> bool:
        """No check failed."""
        return not self.failures

    @property
    def failures(self) -> tuple[Check, ...]:
        """The checks that failed."""
        return tuple(check for check in self.checks if not check.passed)

    def require(self) -> None:
        """Raise ModelError naming every fault, unless the model passed."""
        if self.failures:
            faults = "; ".join(f"{check.name}: {check.message}" for check in self.failures)
            raise ModelError(f"{self.model} is refused: {faults}", code="refused")


@dataclass(frozen=True)
class Reference:
    """The float model that a quantised one was made from."""

    weights: Weights
    shape: MixedNetShape


def verify_model(
    path: Path,
    manifest: Path | None = None,
    reference: Reference | None = None,
    frames: NDArray[np.uint16] | None = None,
) -> Verdict:
    """Ask every question.

    Args:
        path: the .tflite file.
        manifest: its manifest; by default `<stem>.json` beside it, if there is one.
        reference: the float model, to measure the gap to.
        frames: front-end frames [slices, 40] for parity and gap; by default made-up ones.
    """
    beside = path.with_suffix(".json")
    manifest = manifest or (beside if beside.exists() else None)
    frames = probe_frames() if frames is None else frames
    try:
        data = read_model(path)
        structure = read_structure(data)
    except ModelError as error:
        return Verdict(path, (Check("readable", False, error.message),))
    checks = [Check("readable", True, f"{len(data):,} bytes"), *_check_structure(structure)]
    found, about = _check_manifest(path, manifest)
    checks += about
    cost = None
    if all(check.passed for check in checks if check not in about):
        arena, ran = _check_arena(data, found)
        checks.append(ran)
        if arena is not None:
            cost = cost_of(structure, arena)
            checks += [_check_size(cost), _guard("parity", lambda: _check_parity(data, frames))]
            if reference is not None:
                checks.append(_guard("gap", lambda: _check_gap(data, reference, frames)))
    return Verdict(path, tuple(checks), cost, found)


def _guard(name: str, check: Callable[[], Check]) -> Check:
    try:
        return check()
    except ModelError as error:
        return Check(name, False, error.message)


def _check_structure(model: ModelStructure) -> Iterator[Check]:
    yield _is("schema", model.version == SCHEMA_VERSION, str(SCHEMA_VERSION), str(model.version))
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
    yield _is("states", 1 <= len(model.states) <= STATE_LIMIT, f"1 to {STATE_LIMIT} variables", str(len(model.states)))
    wrong = [f"{name} is {t.type if t else 'never assigned'}" for name, t in model.states.items() if not _is_int8(t)]
    yield Check(
        "state types",
        not wrong,
        f"ring buffers must be int8: {', '.join(wrong)}" if wrong else "all ring buffers are int8",
        STATE_TYPE,
        ", ".join(sorted({t.type if t else "none" for t in model.states.values()})),
    )
    floats = sorted({t.name for graph in model.subgraphs for t in graph.tensors if t.type.startswith("FLOAT")})
    yield _is("quantised", not floats, "no float tensors", f"{len(floats)}: {', '.join(floats[:3])}")


def _is(name: str, passed: bool, allowed: str, received: str) -> Check:
    message = f"{allowed}" if passed else f"{allowed} expected. Received: {received}"
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
    shapes = {(1, stride, FEATURES) for stride in strides} or {(1, 1)}
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
    return Check(
        name, passed, received if passed else f"{allowed} expected. Received: {received}", allowed, received
    )


def _check_manifest(path: Path, manifest: Path | None) -> tuple[Manifest | None, list[Check]]:
    if manifest is None:
        return None, []
    try:
        found = read_manifest(manifest)
    except ModelError as error:
        return None, [Check("manifest", False, error.message)]
    named = _is("manifest", found.model == path.name, f'"model": "{path.name}"', f'"model": "{found.model}"')
    return found, [named]


def _check_arena(data: bytes, manifest: Manifest | None) -> tuple[int | None, Check]:
    try:
        needed = measure_arena(data)
    except ModelError as error:
        return None, Check("arena", False, error.message)
    if manifest is None:
        return needed, Check("arena", True, f"TFLite-Micro needs {needed:,} bytes")
    given, allowed = manifest.tensor_arena_size, f"at least {needed} bytes"
    return needed, _is("arena", given >= needed, allowed, f"{given} in the manifest")


def _check_size(cost: Cost) -> Check:
    fitting = [p.name for p in PLATFORMS if cost.fits(p)]
    message = (
        f"{cost.parameters:,} parameters, {cost.macs_per_second / 1e6:.2f} million multiplications a second, "
        f"{cost.states} states of {cost.state_bytes:,} bytes; fits {', '.join(fitting) or 'none of the boards'}"
    )
    passed = any(platform.esphome and cost.fits(platform) for platform in PLATFORMS)
    return Check("size", passed, message, "room on an ESP32-S3", f"{cost.size} bytes, arena {cost.arena} bytes")


def _check_parity(data: bytes, frames: NDArray[np.uint16]) -> Check:
    found = parity(data, frames)
    received = f"of {found.steps} steps the twin differs in {found.twin}, LiteRT in {found.reference}"
    same = f"device twin, TFLite-Micro and LiteRT agree bit for bit over {found.steps} steps"
    message = same if found.exact else f"{received}, by up to {found.largest} of 255"
    return Check("parity", found.exact, message, "no difference from TFLite-Micro", received)


def _check_gap(data: bytes, reference: Reference, frames: NDArray[np.uint16]) -> Check:
    found = gap(data, reference.weights, reference.shape, frames)
    message = f"quantisation moves probabilities by {found.mean:.4f} on average, {found.p99:.4f} at the 99th percentile"
    return Check("gap", found.mean <= GAP_LIMIT, message, f"a mean of at most {GAP_LIMIT}", f"{found.mean:.4f}")
