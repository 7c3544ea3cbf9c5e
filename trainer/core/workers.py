"""Work on every core: a process pool, and a map that reports progress and keeps order."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from typing import TypeVar

from trainer.events import Progress, Report

T = TypeVar("T")
R = TypeVar("R")


def process_pool(workers: int | None = None) -> ProcessPoolExecutor:
    """Return a pool of `workers` processes, by default one for each usable core.

    The processes are spawned, so that none inherits threads or memory of TensorFlow, and ignore Ctrl-C: the
    parent alone decides what to stop.
    """
    return ProcessPoolExecutor(
        workers or usable_cores(),
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_begin_worker,
    )


def usable_cores() -> int:
    """Return how many cores this process may use; where the system does not say, how many there are."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def stop_workers() -> None:
    """End this process's workers at once, whatever they are doing: they only write what is renamed when whole."""
    for child in multiprocessing.active_children():
        child.terminate()


def _begin_worker() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End when the parent does: one that is killed cannot tell its workers, and they would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def map_in_order(
    executor: Executor,
    function: Callable[[T], R],
    tasks: Sequence[T],
    report: Report,
    unit: str,
    ahead: int = 64,
) -> Iterator[R]:
    """Yield `function(task)` for every task, in order, and report progress after each.

    At most `ahead` tasks are under way, so that results do not pile up in memory. When the caller stops early or a
    task fails, what has not begun is cancelled.
    """
    clock = ProgressClock(len(tasks), unit, report)
    waiting: list[Future[R]] = []
    rest = iter(tasks)
    try:
        for task in rest:
            waiting.append(executor.submit(function, task))
            if len(waiting) >= ahead:
                yield waiting.pop(0).result()
                clock.advance()
        while waiting:
            yield waiting.pop(0).result()
            clock.advance()
    finally:
        for future in waiting:
            future.cancel()


class ProgressClock:
    """Reports `Progress` with rate and time left, at most four times a second and always at the end."""

    def __init__(self, total: int, unit: str, report: Report) -> None:
        self.total, self.unit, self.report = total, unit, report
        self.done = 0
        self._began = self._told = time.monotonic()

    def advance(self, count: int = 1) -> None:
        """Count finished units."""
        self.done += count
        now = time.monotonic()
        if self.done < self.total and now - self._told < 0.25:
            return
        self._told = now
        rate = self.done / max(now - self._began, 1e-9)
        eta = (self.total - self.done) / rate if rate > 0 else None
        self.report(Progress(self.done, self.total, self.unit, round(rate, 3), eta and round(eta, 1)))
