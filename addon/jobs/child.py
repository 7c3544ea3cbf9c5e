"""The trainer as a child process: its events as they come, and the end of its whole tree."""

import asyncio
import signal
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from addon.jobs.processes import end_leftovers, mark, signal_group, write_record
from addon.lines import read_lines
from trainer.events import Event, EventError, Failed, Finished, decode

STDERR = "stderr.log"
MOST_STDERR = 2 * 1024 * 1024  # bytes kept of an attempt
_LAST_LINE = 2000  # bytes
_DRAIN_S = 10.0


@dataclass(frozen=True)
class Graces:
    """Seconds until the next, firmer step.

    Attributes:
        terminate, kill: after the first request to end.
        silence: without a line, before the child is taken to hang.
        after_end: between the end of a run, or of its output, and the exit.
    """

    terminate: float = 15.0
    kill: float = 25.0
    silence: float = 1800.0
    after_end: float = 60.0


GRACES = Graces()
HASTE = Graces(terminate=4.0, kill=7.0, after_end=3.0)  # when the app ends: some systems give it ten seconds


@dataclass(frozen=True)
class Exit:
    """What was seen of a child.

    Attributes:
        ending: the last terminal event, if there was one.
        code: exit code; negative: the signal that ended it.
        cancelled: it was asked to end.
        silent: it was ended because it said nothing for too long, or could say nothing any more.
        malformed: lines that were no events.
        stderr: the last line that it wrote there.
    """

    ending: Finished | Failed | None
    code: int
    cancelled: bool = False
    silent: bool = False
    malformed: int = 0
    stderr: str = ""


class Child:
    """A running trainer, leader of a session of its own."""

    def __init__(self, process: Process, folder: Path, graces: Graces) -> None:
        self.pid = process.pid
        self.folder, self.graces = folder, graces
        self._process = process
        self._asked = asyncio.Event()
        self._cancelled = self._silent = False
        self._malformed = 0
        self._stderr = b""
        self._ending: Finished | Failed | None = None

    @classmethod
    async def start(cls, command: Sequence[str], folder: Path, env: Mapping[str, str], graces: Graces) -> Self:
        """Start the command for a job's folder, and write down who it is.

        Raises:
            OSError: it cannot be started.
        """
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=PIPE,
            cwd=folder,
            env={**env, **mark(folder)},
            start_new_session=True,
        )
        write_record(folder, process.pid)
        return cls(process, folder, graces)

    def cancel(self, graces: Graces | None = None) -> None:
        """Ask it to end: SIGINT to the whole group, then SIGTERM, then SIGKILL."""
        self.graces = graces or self.graces
        self._cancelled = True
        self._asked.set()

    async def follow(self, take: Callable[[Event], None]) -> Exit:
        """Hand over every event until nothing is left of the tree, and say what was seen."""
        reader = asyncio.create_task(self._read(take))
        others = [asyncio.create_task(self._end_when_asked()), asyncio.create_task(self._keep_stderr())]
        try:
            await self._wait(reader)
        finally:
            signal_group(self.pid, signal.SIGKILL)
            await asyncio.to_thread(end_leftovers, self.folder)
            await asyncio.wait((*others[1:], reader), timeout=_DRAIN_S)  # what still is in the pipes
            for task in (*others, reader):
                task.cancel()
            found = await asyncio.gather(reader, *others, return_exceptions=True)
        for error in found:
            if isinstance(error, Exception):
                raise error
        return Exit(
            self._ending,
            self._process.returncode or 0,
            self._cancelled,
            self._silent,
            self._malformed,
            self._stderr.decode("utf-8", "replace").strip(),
        )

    async def _wait(self, reader: "asyncio.Task[None]") -> None:
        """Wait for the exit; once the output has ended it must come soon."""
        exited = asyncio.create_task(self._process.wait())
        limit: float | None = None
        while self._process.returncode is None:  # `wait` may go on while a grandchild holds a pipe
            await asyncio.wait((exited, reader) if limit is None else (exited,), timeout=0.5)
            if reader.done():
                failed = reader.cancelled() or reader.exception() is not None
                limit = limit or time.monotonic() + (0 if failed else self.graces.after_end)
                if time.monotonic() > limit:
                    self._silent = self._ending is None
                    signal_group(self.pid, signal.SIGKILL)
        exited.cancel()

    async def _read(self, take: Callable[[Event], None]) -> None:
        assert self._process.stdout is not None
        async with aclosing(read_lines(self._process.stdout)) as lines:
            while True:
                try:
                    async with asyncio.timeout(self.graces.after_end if self._ending else self.graces.silence):
                        line = await anext(lines)
                except StopAsyncIteration:
                    return
                except TimeoutError:
                    self._silent = self._ending is None
                    self._asked.set()
                    return
                self._take(line, take)

    def _take(self, line: bytes | None, take: Callable[[Event], None]) -> None:
        try:
            event = decode((line or b"").decode("utf-8", "replace"))
        except (EventError, RecursionError):
            self._malformed += 1
            return
        if isinstance(event, Finished | Failed):
            self._ending = event
        else:
            take(event)

    async def _end_when_asked(self) -> None:
        await self._asked.wait()
        began = time.monotonic()
        signal_group(self.pid, signal.SIGINT)
        for number, after in ((signal.SIGTERM, "terminate"), (signal.SIGKILL, "kill")):
            while (left := began + float(getattr(self.graces, after)) - time.monotonic()) > 0:
                await asyncio.sleep(min(left, 0.5))  # the graces may become shorter meanwhile
            signal_group(self.pid, number)

    async def _keep_stderr(self) -> None:
        """Copy what it writes there to a file, up to a limit, and remember the last line."""
        assert self._process.stderr is not None
        kept, tail = 0, b""
        with (self.folder / STDERR).open("wb", buffering=0) as file:
            while chunk := await self._process.stderr.read(16 * 1024):
                kept += file.write(chunk[: max(0, MOST_STDERR - kept)])
                whole = (tail + chunk).rstrip(b"\r\n")
                self._stderr = whole.rsplit(b"\n", 1)[-1][-_LAST_LINE:]
                tail = b"" if chunk.endswith(b"\n") else self._stderr
