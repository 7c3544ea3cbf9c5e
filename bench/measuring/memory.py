"""Memory and processor time of a process and everything that it started."""

import threading
import time
from collections import defaultdict

import psutil

PERIOD_S = 0.1
MEGABYTE = 1e6


def family(pid: int) -> list[psutil.Process]:
    """Return a process and all its descendants; an empty list once it is gone."""
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def cpu_seconds(pid: int) -> float:
    """Return user and system seconds of a family: of living processes, and of ended ones that were waited for."""
    total = 0.0
    for process in family(pid):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


def resident_megabytes(pid: int) -> float:
    """Return the sum of resident memory of a family: pages that they share count in each, so it is an upper bound."""
    total = 0
    for process in family(pid):
        try:
            total += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total / MEGABYTE


class MemoryWatch:
    """Samples a family's resident memory; `peaks` holds the highest by label."""

    def __init__(self, pid: int) -> None:
        self.pid, self.label = pid, ""
        self.peaks: dict[str, float] = defaultdict(float)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    @property
    def peak(self) -> float:
        """The highest of all labels, megabytes."""
        return max(self.peaks.values(), default=0.0)

    def close(self) -> None:
        """Stop sampling."""
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(PERIOD_S):
            label, now = self.label, resident_megabytes(self.pid)
            self.peaks[label] = max(self.peaks[label], now)


class Stopwatch:
    """Wall and processor seconds of a family since it was made."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._wall, self._cpu = time.perf_counter(), cpu_seconds(pid)

    def read(self) -> tuple[float, float]:
        """Return wall and processor seconds so far."""
        return time.perf_counter() - self._wall, cpu_seconds(self.pid) - self._cpu
