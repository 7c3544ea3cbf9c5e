"""Contenders, each in a process of its own, that work in turns: what disturbs one round disturbs both sides."""

import contextlib
import multiprocessing
import os
import statistics
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any

from bench.measuring.memory import MemoryWatch, Stopwatch


class SideError(RuntimeError):
    """A contender failed; the message is its traceback."""


@dataclass(frozen=True)
class Turn:
    """What one call of a contender returned, and what it took: wall and processor seconds."""

    result: Any
    wall_s: float
    cpu_s: float


class Side:
    """A contender in its own process.

    Args:
        name: for tables.
        make: makes the contender there; must be picklable.
    """

    def __init__(self, name: str, make: Callable[[], Any]) -> None:
        context = multiprocessing.get_context("spawn")
        self.name = name
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(make, theirs))
        self._process.start()
        theirs.close()
        assert self._process.pid is not None
        self.memory = MemoryWatch(self._process.pid)
        try:
            self._receive()
        except BaseException:
            self.close()
            raise

    def call(self, method: str, *args: object) -> Turn:
        """Call a method of the contender."""
        self._pipe.send((method, args))
        return self._receive()

    def close(self) -> None:
        """End the process."""
        self.memory.close()
        self._pipe.close()
        self._process.join(20)
        if self._process.is_alive():
            self._process.terminate()

    def __enter__(self) -> "Side":
        return self

    def __exit__(self, _kind: object, _error: BaseException | None, _trace: TracebackType | None) -> None:
        self.close()

    def _receive(self) -> Turn:
        try:
            answer = self._pipe.recv()
        except EOFError as error:
            raise SideError(f"{self.name}: the process ended") from error
        if isinstance(answer, str):
            raise SideError(f"{self.name} failed:\n{answer}")
        assert isinstance(answer, Turn)
        return answer


def _serve(make: Callable[[], Any], pipe: Connection) -> None:
    """Answer calls until the pipe is closed. What a contender prints is no part of the table."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # before TensorFlow is imported
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere), contextlib.ExitStack() as stack:
        try:
            contender = make()
            if hasattr(contender, "close"):
                stack.callback(contender.close)
            pipe.send(Turn(None, 0.0, 0.0))
            while True:
                method, args = pipe.recv()
                watch = Stopwatch(os.getpid())
                result = getattr(contender, method)(*args)
                pipe.send(Turn(result, *watch.read()))
        except (EOFError, KeyboardInterrupt):
            return
        except Exception:  # whatever it is, the other process must hear of it
            pipe.send(traceback.format_exc())


def interleave(sides: Sequence[Side], method: str, args: Sequence[object], rounds: int) -> list[list[Turn]]:
    """Call a method of every side in turn, `rounds` times; return the turns by side."""
    turns: list[list[Turn]] = [[] for _ in sides]
    for _ in range(rounds):
        for side, done in zip(sides, turns, strict=True):
            done.append(side.call(method, *args))
    return turns


def rates(turns: Sequence[Turn], cpu: bool = False) -> list[float]:
    """Return units a second (`result` is the number of units), of wall or of processor time, by round."""
    return [float(turn.result) / max(turn.cpu_s if cpu else turn.wall_s, 1e-9) for turn in turns]


def spread(values: Sequence[float], digits: int = 1) -> str:
    """Return the median, lowest and highest of values."""
    middle = statistics.median(values)
    return f"{middle:,.{digits}f} ({min(values):,.{digits}f} to {max(values):,.{digits}f})"


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> str:
    """Return the ratio of each round: median, lowest and highest."""
    return spread([a / max(b, 1e-9) for a, b in zip(ours, theirs, strict=True)], 2)
