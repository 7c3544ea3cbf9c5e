"""The tensor arena that a model needs, measured by the real TFLite-Micro interpreter where there is one.

The interpreter stops or crashes when its arena is too small, so that it is tried in a process of its own.
"""

import math
import multiprocessing
from dataclasses import dataclass
from importlib.util import find_spec
from multiprocessing.connection import Connection

import numpy as np

from trainer.errors import ModelError
from trainer.export.arena_plan import calculate_arena
from trainer.export.greedy import ALIGNMENT

LARGEST = 1 << 20  # bytes: no ESP32 model is near it; ESPHome's hot-loading refuses more
MARGIN = 1.25  # what the manifest says over what was measured: the ESP32's structures are not those of this machine
CALCULATED_MARGIN = 1.4  # over what was only calculated: nothing ran, and another version's kernels may keep more
INVOKES = 4  # the first runs the initialisation subgraph; the next read what it and they stored
TIMEOUT_S = 20.0


@dataclass(frozen=True)
class Arena:
    """The arena that a model needs, in bytes; `measured` by the interpreter, or else calculated from the file."""

    bytes: int
    measured: bool

    @property
    def manifest(self) -> int:
        """What a manifest should name, bytes: more than is needed, and more still where nothing was measured."""
        return manifest_arena(self.bytes, MARGIN if self.measured else CALCULATED_MARGIN)


def has_interpreter() -> bool:
    """Say whether TFLite-Micro's interpreter is installed: its wheels are for Linux on x86-64 only."""
    return find_spec("tflite_micro") is not None


def find_arena(model: bytes) -> Arena:
    """Measure the arena, or calculate it on a machine without the interpreter.

    Raises:
        ModelError: TFLite-Micro does not run the model; or, without it, the model's memory cannot be told.
    """
    return Arena(measure_arena(model), True) if has_interpreter() else Arena(calculate_arena(model), False)


def measure_arena(model: bytes) -> int:
    """Return the smallest arena, bytes, a multiple of 16, in which the model starts and runs on this machine.

    Only where `has_interpreter` says so.

    Raises:
        ModelError: TFLite-Micro does not run the model in 1 MiB either; the message carries its reason.
    """
    with _Trials(model) as trials:
        reason = trials.failure(LARGEST)
        if reason is not None:
            raise ModelError(f"TFLite-Micro does not run the model: {reason}", code="micro")
        low, high = 0, LARGEST // ALIGNMENT  # `low` is too small, `high` is enough
        guess = math.ceil(len(model) / 2 / ALIGNMENT)  # official models need 0.3 to 0.4 of their size
        while high - low > 1:
            middle = guess if low < guess < high and high == LARGEST // ALIGNMENT else (low + high) // 2
            if trials.failure(middle * ALIGNMENT) is None:
                high = middle
            else:
                low = middle
    return high * ALIGNMENT


def manifest_arena(needed: int, margin: float = MARGIN) -> int:
    """Return the arena that a manifest should name: by default a quarter more, a multiple of 16."""
    return math.ceil(needed * margin / ALIGNMENT) * ALIGNMENT


class _Trials:
    """Runs trials in one child process, and starts another when a trial took it down."""

    def __init__(self, model: bytes) -> None:
        self._model = model
        self._context = multiprocessing.get_context("spawn")
        self._child: multiprocessing.process.BaseProcess | None = None
        self._pipe: Connection | None = None

    def __enter__(self) -> "_Trials":
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def failure(self, arena: int) -> str | None:
        """Return why the model does not run in so many bytes, or None if it does."""
        pipe = self._pipe or self._start()
        try:
            pipe.send(arena)
            if pipe.poll(TIMEOUT_S):
                answer: str | None = pipe.recv()
                return answer
            reason = f"no answer within {TIMEOUT_S:.0f} s"
        except (EOFError, OSError):
            reason = "the interpreter crashed"
        self._stop()
        return reason

    def _start(self) -> Connection:
        self._pipe, far = self._context.Pipe()
        self._child = self._context.Process(target=_serve, args=(far, self._model), daemon=True)
        self._child.start()
        far.close()
        return self._pipe

    def _stop(self) -> None:
        if self._child is not None and self._pipe is not None:
            self._pipe.close()
            self._child.kill()
            self._child.join()
        self._child = self._pipe = None


def _serve(pipe: Connection, model: bytes) -> None:
    """Answer every arena size with the reason of failure or None, until the other end is closed."""
    import os

    from tflite_micro import runtime

    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # the interpreter tells every failure there
    while True:
        try:
            arena: int = pipe.recv()
        except EOFError:
            return
        try:
            interpreter = runtime.Interpreter.from_bytes(model, arena_size=arena)
            details = interpreter.get_input_details(0)
            for _ in range(INVOKES):
                interpreter.set_input(np.zeros(details["shape"], details["dtype"]), 0)
                interpreter.invoke()
            pipe.send(None)
        except (RuntimeError, ValueError, KeyError) as error:
            pipe.send(str(error).strip() or type(error).__name__)
