"""Where TFLite-Micro's greedy planner lays the tensors of a model that live for some operators only.

Lifetimes follow `micro_allocation_info.cc` of TFLite-Micro, places `memory_planner/greedy_memory_planner.cc`: the
largest buffer first, each at the lowest offset where it meets none that is alive at the same time.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from trainer.model.flatbuffer import ModelStructure, Operator, Subgraph

Scratch = Callable[[Subgraph, Operator], Iterable[int]]  # sizes, bytes, that a kernel asks for while it runs
ALIGNMENT = 16  # bytes: MicroArenaBufferAlignment() in micro_arena_constants.h
_NEVER = -1  # kUninitializedLifetime in micro_allocation_info.cc: a tensor that no operator touches


@dataclass
class Buffer:
    """Bytes that are needed from one moment to another, both included; moments count operators as they run."""

    size: int
    first: int = _NEVER
    last: int = _NEVER

    def touch(self, moment: int) -> None:
        """Note a use: the first one begins the buffer's life, the latest ends it."""
        if self.first == _NEVER:
            self.first = moment
        self.last = moment

    def meets(self, other: "Buffer") -> bool:
        """Say whether both are alive at some moment."""
        return self.first <= other.last and other.first <= self.last


def align(size: int, alignment: int = ALIGNMENT) -> int:
    """Round up to a multiple."""
    return -(-size // alignment) * alignment


def find_buffers(model: ModelStructure, scratch: Scratch) -> list[Buffer]:
    """Return what has to be placed, in TFLite-Micro's order: tensors of every subgraph, then scratch buffers.

    Args:
        model: its second subgraph, if there is one, is what CALL_ONCE runs.
        scratch: says what the kernel of an operator asks for.
    """
    walk = _Walk(model, scratch)
    walk.run(0)
    return [*walk.tensors.values(), *walk.scratch]


def place(buffers: Sequence[Buffer]) -> int:
    """Return the bytes that the greedy plan takes."""
    placed: list[tuple[int, int, Buffer]] = []  # offset, order of arrival, buffer
    latest_first = sorted(enumerate(buffers), key=lambda entry: (-entry[1].size, -entry[0]))  # of equal sizes
    for _, buffer in latest_first:
        placed.append((_lowest(placed, buffer), len(placed), buffer))
        placed.sort(key=lambda entry: entry[:2])
    return max((offset + buffer.size for offset, _, buffer in placed), default=0)


def _lowest(placed: Sequence[tuple[int, int, Buffer]], wanted: Buffer) -> int:
    offset = 0
    for start, _, other in placed:
        if other.meets(wanted):
            if start - offset >= wanted.size:
                break
            offset = max(offset, start + other.size)
    return offset


class _Walk:
    """Runs through the operators and notes who touches which tensor when."""

    def __init__(self, model: ModelStructure, scratch: Scratch) -> None:
        self._model, self._requests, self._moment = model, scratch, 0
        handles = [
            {op.outputs[0] for op in graph.operators if op.name == "VAR_HANDLE"}  # hold a number, not a value
            for graph in model.subgraphs
        ]
        self.scratch: list[Buffer] = []
        self.tensors = {
            (g, t): Buffer(align(tensor.bytes))
            for g, graph in enumerate(model.subgraphs)
            for t, tensor in enumerate(graph.tensors)
            if tensor.bytes and not tensor.constant and t not in handles[g]
        }

    def run(self, index: int) -> None:
        """Pass through a subgraph; every operator is a moment."""
        graph = self._model.subgraphs[index]
        self._touch(index, graph.inputs)
        for operator in graph.operators:
            self._moment += 1
            self._touch(index, operator.outputs)
            mine = [Buffer(align(size), self._moment) for size in self._requests(graph, operator)]
            self.scratch += mine
            if operator.name == "CALL_ONCE" and len(self._model.subgraphs) > 1:
                self._moment += 1
                self.run(1)
            self._touch(index, (*operator.inputs, *operator.outputs))
            for buffer in mine:
                buffer.touch(self._moment)
        self._touch(index, graph.outputs)

    def _touch(self, graph: int, tensors: Sequence[int]) -> None:
        for tensor in tensors:
            if (graph, tensor) in self.tensors:
                self.tensors[graph, tensor].touch(self._moment)
