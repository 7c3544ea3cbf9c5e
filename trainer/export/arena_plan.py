"""The tensor arena that a model needs, calculated from its file: for machines without TFLite-Micro's interpreter.

It repeats, allocation for allocation, what the interpreter of the pinned version does on x86-64, so that it may be
compared there with what is measured. Every constant names its source, a file below `tensorflow/lite/micro` of
TFLite-Micro unless another folder is given; sizes are those of 64-bit structures with compressed tensors compiled in.
A device's are smaller.

From the arena's end grows what stays, from its beginning what does not: while kernels prepare, descriptions of their
tensors; then the planner's own notes; at last the planned tensors. The largest of the three sums decides.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from trainer.errors import ModelError
from trainer.export.greedy import ALIGNMENT, align, find_buffers, place
from trainer.model.flatbuffer import ModelStructure, Operator, Subgraph, Tensor, read_structure

_POINTER = 8
_START = (  # the interpreter's own objects
    104,  # RecordingSingleArenaBufferAllocator, arena_allocator/recording_single_arena_buffer_allocator.h
    72,  # GreedyMemoryPlanner, memory_planner/greedy_memory_planner.h
    272,  # RecordingMicroAllocator, recording_micro_allocator.h
)
_VARIABLES, _VARIABLE = 16, 40  # MicroResourceVariables and its entry, micro_resource_variable.h
_BUILTIN_ALLOCATOR = 16  # MicroBuiltinDataAllocator, micro_allocator.cc
_SUBGRAPH = 24  # SubgraphAllocations, micro_allocator.h
_EVAL_TENSOR, _TENSOR = (
    24,
    64,
)  # TfLiteEvalTensor, TfLiteTensor, tensorflow/lite/core/c/common.h, TF_LITE_STATIC_MEMORY
_QUANTISATION = 24  # TfLiteAffineQuantization, tensorflow/lite/core/c/common.h
_NODE = 64  # NodeAndRegistration, micro_allocator.h
_REQUEST, _REQUESTS_A_NODE = (
    16,
    12,
)  # ScratchBufferRequest, micro_allocator.h; kMaxScratchBuffersPerOp, micro_allocator.cc
_SCRATCH_HANDLE = 8  # ScratchBufferHandle, micro_allocator.h
_ALLOCATION_INFO = 32  # AllocationInfo, micro_allocation_info.h
_PLANNED_BUFFER = 40  # per_buffer_size(), memory_planner/greedy_memory_planner.h
_INT = 4


@dataclass(frozen=True)
class _Kernel:
    """What an operator of a kind keeps: its options and its OpData, bytes."""

    options: int
    data: int


# Options: tensorflow/compiler/mlir/lite/core/c/builtin_op_data.h. OpData: kernels/<name>.h, .cc or _common.cc.
_KERNELS = {
    "CALL_ONCE": _Kernel(4, 8),
    "VAR_HANDLE": _Kernel(16, 4),
    "READ_VARIABLE": _Kernel(0, 0),
    "ASSIGN_VARIABLE": _Kernel(0, 4),
    "RESHAPE": _Kernel(36, 0),
    "STRIDED_SLICE": _Kernel(24, 84),  # OpData: StridedSliceParams, tensorflow/lite/kernels/internal/types.h
    "CONCATENATION": _Kernel(8, 80),
    "CONV_2D": _Kernel(28, 80),
    "DEPTHWISE_CONV_2D": _Kernel(28, 80),
    "FULLY_CONNECTED": _Kernel(32, 72),  # options: 16 in the header; the pinned interpreter takes 16 more of each
    "MUL": _Kernel(4, 36),
    "ADD": _Kernel(8, 64),
    "MEAN": _Kernel(1, 44),
    "LOGISTIC": _Kernel(0, 16),
    "QUANTIZE": _Kernel(0, 32),
    "AVERAGE_POOL_2D": _Kernel(40, 32),
    "MAX_POOL_2D": _Kernel(40, 32),
    "PAD": _Kernel(0, 56),
    "PACK": _Kernel(8, 0),
    "SPLIT_V": _Kernel(4, 0),
}
_CHANNELS = {"CONV_2D": 0, "DEPTHWISE_CONV_2D": 3}  # the dimension of the weights that counts output channels


def calculate_arena(model: bytes) -> int:
    """Return the arena, bytes, a multiple of 16, in which the model should start and run.

    It is what `measure_arena` finds on x86-64, to the byte for every model that both were asked about.

    Raises:
        ModelError: the file is no model; or it holds an operator or a tensor whose memory is not known here.
    """
    structure = read_structure(model)
    _refuse_unknown(structure)
    return max(_sums(structure))


def _refuse_unknown(model: ModelStructure) -> None:
    foreign = sorted(model.operators - _KERNELS.keys())
    vague = sorted({t.type for g in model.subgraphs for t in g.tensors if t.values and not t.bytes} - {"RESOURCE"})
    if foreign or vague:
        raise ModelError(
            f"the arena cannot be calculated: the memory of {', '.join(foreign + vague)} is not known here. "
            f"Allowed: {', '.join(sorted(_KERNELS))}; int8 and wider tensors",
            hint="Verify this model on Linux on x86-64, where TFLite-Micro's interpreter measures it.",
            code="arena",
        )


def _sums(model: ModelStructure) -> Iterator[int]:
    """Yield what both ends of the arena hold together in each stage of loading, bytes."""
    scratch = sum(len(list(_scratch(graph, op))) for graph in model.subgraphs for op in graph.operators)
    notes = _REQUEST * (scratch + _REQUESTS_A_NODE)
    stays = _Tail()
    _load(stays, model)
    for graph in model.subgraphs:
        for operator in graph.operators:
            for size in _prepared(graph, operator):
                stays.add(size)
    yield align(stays.used + notes + max(_temporary(g, op) for g in model.subgraphs for op in g.operators))
    if scratch:
        stays.add(_SCRATCH_HANDLE * scratch, _POINTER)
    buffers = find_buffers(model, _scratch)
    tensors = sum(len(graph.tensors) for graph in model.subgraphs)
    planner = align(notes + _POINTER * len(model.subgraphs) + _ALLOCATION_INFO * (tensors + scratch))
    yield align(stays.used) + planner + align(_PLANNED_BUFFER * len(buffers))
    main = model.subgraphs[0]
    for ports in (main.inputs, main.outputs):
        stays.add(_POINTER * len(ports))
        for port in ports:
            for size in _described(main.tensors[port]):
                stays.add(size, _POINTER)
    yield align(stays.used) + place(buffers)


class _Tail:
    """The arena's end, from which what stays is taken."""

    def __init__(self) -> None:
        self.used = 0

    def add(self, size: int, alignment: int = ALIGNMENT) -> None:
        self.used = align(self.used + size, alignment)


def _load(stays: _Tail, model: ModelStructure) -> None:
    """Add what lies there before any kernel prepares: micro_allocator.cc and micro_interpreter.cc, in their order."""
    for size in _START:
        stays.add(size, _POINTER)
    if model.states:
        stays.add(_VARIABLES)
        stays.add(_VARIABLE * len(model.states))
    stays.add(_BUILTIN_ALLOCATOR, _POINTER)
    stays.add(_SUBGRAPH * len(model.subgraphs), _POINTER)
    for graph in model.subgraphs:
        stays.add(_EVAL_TENSOR * len(graph.tensors), _POINTER)
    for graph in model.subgraphs:
        stays.add(_NODE * len(graph.operators), _POINTER)
    operators = [op for graph in model.subgraphs for op in graph.operators]
    for operator in operators:
        stays.add(_KERNELS[operator.name].options, _POINTER if operator.name == "VAR_HANDLE" else _INT)
    for operator in operators:
        if _KERNELS[operator.name].data:
            stays.add(_KERNELS[operator.name].data)
    for state in model.states.values():  # Allocate() of micro_resource_variable.cc, as ASSIGN_VARIABLE prepares
        stays.add(state.bytes if state else 0)


def _prepared(graph: Subgraph, operator: Operator) -> Iterator[int]:
    """Yield what a kernel keeps when it prepares: a multiplier and a shift for each channel (kernels/*_common.cc)."""
    if operator.name in _CHANNELS:
        channels = graph.tensors[operator.inputs[1]].shape[_CHANNELS[operator.name]]
    elif operator.name == "FULLY_CONNECTED" and len(graph.tensors[operator.inputs[1]].scales) > 1:
        channels = len(graph.tensors[operator.inputs[1]].scales)
    else:
        return
    yield _INT * channels
    yield _INT * channels


def _scratch(graph: Subgraph, operator: Operator) -> Iterator[int]:
    """Yield what a kernel wants while it runs: of the device's operators MEAN alone (kernels/reduce_common.cc)."""
    if operator.name == "MEAN":
        source, axes = (graph.tensors[i] for i in operator.inputs[:2])
        yield _INT * graph.tensors[operator.outputs[0]].values
        yield _INT * len(source.shape)
        yield _INT * axes.values


def _temporary(graph: Subgraph, operator: Operator) -> int:
    """Return the bytes of what a kernel describes to itself while it prepares: each of its tensors, twice at most."""
    used = (graph.tensors[i] for i in (*operator.inputs, *operator.outputs) if i >= 0)
    return 2 * sum(align(size, _POINTER) for tensor in used for size in _described(tensor))


def _described(tensor: Tensor) -> Iterator[int]:
    """Yield the sizes of a TfLiteTensor and its quantisation (InitializeTfLiteTensorFromFlatbuffer())."""
    yield _TENSOR
    if tensor.scales and tensor.zero_points:
        yield _QUANTISATION
        yield _INT * (1 + len(tensor.scales))
