"""The device twin: ESPHome's detection loop, exactly (N2).

Read off `micro_wake_word.cpp` and `streaming_model.cpp` of ESPHome 2026.10. In every 10 ms slice the firmware

1. puts the slice into the model's input; when `stride` slices are there it runs the model and stores the probability;
2. adds one to `ignore`, up to 0, if the *last stored* probability is below the cutoff;
3. if a probability has not been judged yet and `ignore` is 0: detects when `sum(window) > cutoff * window`.

After a detection the window is filled with zeros and `ignore` returns to -100, where it also starts. A probability
that came while `ignore` was below 0 stays unjudged, so that the slice in which `ignore` reaches 0 judges it, even
between two runs of the model. A cutoff of 0 never detects, because nothing is below it.
"""

import bisect
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.errors import ModelError
from trainer.features.frontend import quantise

IGNORED_SLICES = 100  # MIN_SLICES_BEFORE_DETECTION
CUTOFFS = 256  # the firmware keeps the cutoff in a uint8
HIGHEST_CUTOFF = 254  # at 255 the sum cannot be greater than cutoff * window
SLICE_SECONDS = 0.01
SLICES_PER_HOUR = 360_000

Probabilities = NDArray[np.uint8]
Features = NDArray[np.uint16]


@dataclass(frozen=True)
class Twin:
    """A model as the device runs it. Holds bytes alone, so that it travels to other processes.

    Attributes:
        model: the streaming .tflite: int8 `[1, stride, 40]` in, uint8 `[1, 1]` out.
        fast: use LiteRT's optimised kernels: some 8 times as fast and up to 20 of 255 off. For mining, never for
            reported figures, which need the reference kernels that equal TFLite-Micro bit for bit.
    """

    model: bytes
    fast: bool = False

    @cached_property
    def stride(self) -> int:
        """Slices that one run of the model takes."""
        shape = self._interpreter().get_input_details()[0]["shape"]
        return int(shape[1])

    def probabilities(self, features: Features, phase: int = 0) -> Probabilities:
        """Run the model from a fresh state.

        Takes features uint16 [slices, 40] and returns uint8 [(slices - phase) // stride]. Step j ends with slice
        `phase + j * stride + stride - 1`. The device starts at any slice of the sound, so each `phase` in
        0..stride-1 is as likely as the others.
        """
        if not 0 <= phase < self.stride:
            raise ValueError(f"phase must be in 0..{self.stride - 1}. Received: {phase}")
        return self.start().feed(features[phase:])

    def start(self) -> "Run":
        """Return the model in a fresh state, to be fed piece by piece."""
        return Run(self._interpreter())  # a new interpreter: LiteRT's resets do not reset the state

    def all_phases(self, features: Features) -> tuple[Probabilities, ...]:
        """Return the probabilities of every phase, 0 first."""
        return tuple(self.probabilities(features, phase) for phase in range(self.stride))

    def __getstate__(self) -> dict[str, Any]:
        return {"model": self.model, "fast": self.fast}

    def _interpreter(self) -> Any:
        from ai_edge_litert.interpreter import Interpreter, OpResolverType

        kernels = OpResolverType.AUTO if self.fast else OpResolverType.BUILTIN_REF
        try:
            interpreter = Interpreter(model_content=self.model, num_threads=1, experimental_op_resolver_type=kernels)
            interpreter.allocate_tensors()
        except (ValueError, RuntimeError) as error:
            raise ModelError(f"the model cannot be loaded: {error}") from error
        source, output = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
        if len(source["shape"]) != 3 or source["shape"][2] != 40 or source["dtype"] != np.int8:
            raise ModelError(
                f"the input must be int8 [1, stride, 40]. Received: {source['dtype'].__name__} {source['shape']}",
                hint="`wakesmith verify` names every fault.",
            )
        if tuple(output["shape"]) != (1, 1) or output["dtype"] != np.uint8:
            raise ModelError(
                f"the output must be uint8 [1, 1]. Received: {output['dtype'].__name__} {output['shape']}",
                hint="`wakesmith verify` names every fault.",
            )
        return interpreter


class Run:
    """A model that runs: its state goes on from piece to piece."""

    def __init__(self, interpreter: Any) -> None:
        source = interpreter.get_input_details()[0]
        self._interpreter, self._source, self._stride = interpreter, source["index"], int(source["shape"][1])
        self._output = interpreter.get_output_details()[0]["index"]
        self._rest = np.zeros((0, source["shape"][2]), np.uint16)

    def feed(self, features: Features) -> Probabilities:
        """Take slices, uint16 [n, 40], and return a probability for every step that they complete, uint8 [steps]."""
        whole = np.concatenate([self._rest, features]) if len(self._rest) else features
        steps = len(whole) // self._stride
        self._rest = whole[steps * self._stride :].copy()
        values = quantise(whole[: steps * self._stride]).reshape(steps, 1, self._stride, whole.shape[1])
        found = np.empty(steps, np.uint8)
        for step in range(steps):
            self._interpreter.set_tensor(self._source, values[step])
            self._interpreter.invoke()
            found[step] = self._interpreter.get_tensor(self._output)[0, 0]
        return found


def detect(probabilities: Probabilities, cutoff: int, window: int, stride: int = 3) -> list[int]:
    """Return the slices, counted from the phase's first, in which the device detects.

    The sound ends with the slice of the last step. `detect(...) // stride` gives steps.
    """
    return _Sweep(probabilities, window, stride).detections(cutoff)


def count_detections(probabilities: Probabilities, window: int, stride: int = 3) -> NDArray[np.int32]:
    """Return how often the device detects at every cutoff, int32 [256]."""
    sweep = _Sweep(probabilities, window, stride)
    counts = np.zeros(CUTOFFS, np.int32)
    for low, high in sweep.equal_cutoffs():
        counts[low:high] = len(sweep.detections(low))
    return counts


def window_means(probabilities: Probabilities, window: int) -> NDArray[np.float32]:
    """Return the sliding mean that is compared with the cutoff, float32 [steps], zeros before the first step."""
    total = np.concatenate([np.zeros(window, np.int64), np.cumsum(probabilities, dtype=np.int64)])
    means: NDArray[np.float32] = ((total[window:] - total[:-window]) / window).astype(np.float32)
    return means


def peak(probabilities: Probabilities, window: int) -> float:
    """Return the highest sliding mean, 0..255: below it, a cutoff detects (if the device is not ignoring)."""
    return float(window_means(probabilities, window).max(initial=0.0))


class _Sweep:
    """Finds detections by jumping from event to event, so that hours of silence cost nothing.

    For one cutoff, two sorted lists say it all: steps whose probability is not below the cutoff (`high`: they do not
    count for `ignore`) and steps whose window is above it (`above`). Both only shrink as the cutoff grows.
    """

    def __init__(self, probabilities: Probabilities, window: int, stride: int) -> None:
        if window < 1 or stride < 1:
            raise ValueError(f"window and stride must be at least 1. Received: {window}, {stride}")
        self.values = np.asarray(probabilities, np.uint8)
        self.window, self.stride = window, stride
        self.total = np.concatenate([np.zeros(1, np.int64), np.cumsum(self.values, dtype=np.int64)])
        steps = np.arange(len(self.values))
        self.sums = self.total[1:] - self.total[np.maximum(steps + 1 - window, 0)]
        # Windows that a reset may cut short: those that reach further back than the shortest ignored stretch.
        self.cut_short = window > (IGNORED_SLICES - (stride - 1)) // stride
        self._high = self._above = steps
        self._cutoff = 0

    def equal_cutoffs(self) -> list[tuple[int, int]]:
        """Return ranges of cutoffs that detect the same, save those that detect nothing."""
        end = min(CUTOFFS, -(-int(self.sums.max(initial=0)) // self.window))
        if end <= 1:
            return []
        if self.cut_short:
            return [(c, c + 1) for c in range(1, end)]
        edges = np.union1d(self.values.astype(np.int64) + 1, -(-self.sums // self.window))
        bounds = [1, *(int(e) for e in edges if 1 < e < end), end]
        return list(pairwise(bounds))

    def detections(self, cutoff: int) -> list[int]:
        """Return the slices in which this cutoff detects; call with growing cutoffs."""
        if not self._cutoff <= cutoff < CUTOFFS:
            raise ValueError(f"cutoffs must grow within 0..{CUTOFFS - 1}. Received: {cutoff}")
        self._cutoff = cutoff
        self._high = self._high[self.values[self._high] >= cutoff]
        self._above = self._above[self.sums[self._above] > cutoff * self.window]
        if cutoff == 0 or not len(self._above):
            return []
        found: list[int] = []
        high, above = self._high.tolist(), self._above.tolist()
        ranks = (self._high - np.arange(len(high))).tolist()  # low steps before each high one
        slice_ = -1  # of the last reset
        while (slice_ := self._next(slice_, cutoff, high, ranks, above)) >= 0:
            found.append(slice_)
        return found

    def _next(self, reset: int, cutoff: int, high: list[int], ranks: list[int], above: list[int]) -> int:
        """Return the slice of the first detection after a reset in slice `reset`, or -1."""
        stride = self.stride
        first = (reset + 1) // stride  # step that runs next
        zeros = first * stride + stride - 1 - (reset + 1)  # slices until then, while the last probability is 0
        lows = -(-(IGNORED_SLICES - zeros) // stride)  # low steps until `ignore` is 0
        passed = bisect.bisect_left(high, first)
        last = bisect.bisect_left(ranks, lows + first - passed, passed)
        step = first + lows - 1 + last - passed
        ready = step * stride + stride - 1 + (IGNORED_SLICES - zeros - 1) % stride
        if ready >= len(self.values) * stride:
            return -1
        for index in range(bisect.bisect_left(above, step), len(above)):
            found = above[index]
            begin = max(found + 1 - self.window, first)
            if self.total[found + 1] - self.total[begin] > cutoff * self.window:
                return ready if found == step else found * stride + stride - 1
        return -1
