"""The helper process itself: lines out, lines in, and an end for one that hangs."""

import asyncio
import json
import logging
import os
import signal
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import count
from typing import Any, Self

from addon.assistant.replies import Reply, read_reply
from addon.errors import Unavailable
from addon.lines import read_lines

_LOG = logging.getLogger(__name__)
LONGEST = 32 * 1024 * 1024  # bytes of an answer: every step of an hour of sound
_GRACE_S = 3.0


class Program:
    """One life of the helper."""

    def __init__(self, process: Process) -> None:
        self.pid = process.pid
        self._process = process
        self._waiting: dict[int, asyncio.Future[Reply]] = {}
        self._numbers = count(1)
        self._writing = asyncio.Lock()
        self._heard = time.monotonic()
        self._dead = False
        self._tasks = (asyncio.create_task(self._read()), asyncio.create_task(self._log()))

    @classmethod
    async def start(cls, command: Sequence[str], env: Mapping[str, str]) -> Self:
        """Start it in a session of its own.

        Raises:
            Unavailable: it cannot be started.
        """
        try:
            process = await asyncio.create_subprocess_exec(
                *command, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=env, start_new_session=True
            )
        except OSError as error:
            raise Unavailable(
                f"the helper process cannot be started: {error}", "Install the app again.", code="helper_missing"
            ) from error
        return cls(process)

    @property
    def alive(self) -> bool:
        """Whether it can be asked."""
        return not self._dead and self._process.returncode is None

    @property
    def waiting(self) -> int:
        """How many questions wait for their answers."""
        return len(self._waiting)

    async def ask(self, method: str, params: dict[str, Any], timeout: float) -> dict[str, Any]:
        """Ask and wait for the answer.

        Raises:
            AppError: the helper's.
            Unavailable: it died, or no answer came in time.
        """
        number, asked = next(self._numbers), time.monotonic()
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(timeout):
                await self._write({"id": number, "method": method, "params": params})
                reply: Reply = await answer
        except TimeoutError as error:
            if self._heard < asked:  # it said nothing at all meanwhile: it hangs
                _LOG.warning("the helper process hangs in %s and is ended", method)
                await self.end()
            raise Unavailable(
                f"no answer came within {timeout:g} s", hint="Try again in a moment.", code="helper_slow"
            ) from error
        finally:
            self._waiting.pop(number, None)
        if reply.error:
            raise reply.error
        return reply.result

    async def end(self) -> None:
        """End it: its input ends, then its group is killed."""
        self._dead = True
        if self._process.stdin:
            self._process.stdin.close()
        if self._process.returncode is None and not self._waiting:
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(self._tasks[0]), _GRACE_S)
        self._kill()
        self._fail()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), _GRACE_S)
        for task in self._tasks:
            task.cancel()

    async def _write(self, question: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        try:
            async with self._writing:
                self._process.stdin.write(json.dumps(question).encode() + b"\n")
                await self._process.stdin.drain()
        except (ConnectionError, RuntimeError) as error:
            self._dead = True
            raise _died() from error

    async def _read(self) -> None:
        assert self._process.stdout is not None
        try:
            async for line in read_lines(self._process.stdout, LONGEST):
                self._heard = time.monotonic()
                reply = read_reply(line) if line is not None else None
                if reply is None:
                    _LOG.warning("the helper process wrote what is no answer: %r", (line or b"(too long)")[:200])
                elif (waiting := self._waiting.get(reply.id)) and not waiting.done():
                    waiting.set_result(reply)
        finally:
            self._dead = True
            self._kill()
            self._fail()

    async def _log(self) -> None:
        assert self._process.stderr is not None
        async for line in read_lines(self._process.stderr):
            if line:
                _LOG.info("helper: %s", line[:2000].decode("utf-8", "replace"))

    def _fail(self) -> None:
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(_died())

    def _kill(self) -> None:
        if self._process.returncode is None:  # not reaped: the number is still its own
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)


def _died() -> Unavailable:
    return Unavailable(
        "the helper process ended unexpectedly", hint="Try again: it is started anew.", code="helper_died"
    )
