"""A real program as a child: started, waited for until it answers, ended; its output is kept in a file."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on just now."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def answers(port: int, host: str = "127.0.0.1") -> bool:
    """Tell whether somebody listens."""
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False


def wait_until(good: Callable[[], object], limit: float, what: str, log: Path | None = None) -> None:
    """Wait until it is so, `limit` seconds at most; the failure shows the end of the log."""
    end = time.monotonic() + limit
    while not good():
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {limit} s\n{log.read_text()[-3000:] if log else ''}")
        time.sleep(0.05)


class Program:
    """A child in a process group of its own, so that ending it ends all that it started."""

    def __init__(
        self,
        command: Sequence[str | Path],
        log: Path,
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        self.log = log
        self._command, self._env, self._cwd = [str(part) for part in command], dict(env or {}), cwd
        self._child: subprocess.Popen[bytes] | None = None

    def start(self, ready: Callable[[], object], limit: float = 30) -> None:
        """Start it, and return when it is ready; its output is added to the log."""
        with self.log.open("ab") as log:
            self._child = child = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, cwd=self._cwd,
                env={**os.environ, **self._env}, start_new_session=True,
            )  # fmt: skip

        def ended_or_ready() -> bool:
            assert child.poll() is None, (
                f"{self._command[0]} ended with {child.poll()}\n{self.log.read_text()[-3000:]}"
            )
            return bool(ready())

        try:
            wait_until(ended_or_ready, limit, f"{self._command[0]} is ready", self.log)
        except BaseException:
            self.end(signal.SIGKILL)
            raise

    @property
    def runs(self) -> bool:
        return self._child is not None and self._child.poll() is None

    def end(self, by: signal.Signals = signal.SIGTERM, limit: float = 20) -> None:
        """End it and all that it started; whoever does not end when asked is killed."""
        if self._child is None:
            return
        child, self._child = self._child, None
        for number in (by, signal.SIGKILL):
            try:
                os.killpg(child.pid, number)
            except ProcessLookupError:
                break
            try:
                child.wait(limit)
            except subprocess.TimeoutExpired:
                continue
        child.wait()

    def said(self) -> str:
        """Return all its output so far."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""
