"""Questions to the trainer's helper process: started when a panel opens, ended when none came for a while."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from addon.assistant.listening import Listening
from addon.assistant.program import Program
from addon.errors import AppError, TooMany, Unavailable
from addon.programs import child_environment

_LOG = logging.getLogger(__name__)
_USUAL_S = 30.0
# Seconds until an answer must be there; the first question of a kind loads libraries and voices.
TIMEOUTS = {"preview": 120.0, "voices": 60.0, "advise": 60.0, "hear": 180.0, "decode": 120.0, "listen_feed": 15.0}
MOST_WAITING = 64
MOST_DEATHS, DEATHS_S = 3, 30.0  # so many in a row without an answer, and it is left alone for so long


class Assistant:
    """The helper process, `wakesmith serve`. Belongs to one event loop."""

    def __init__(
        self,
        command: Sequence[str],
        env: Mapping[str, str] | None = None,
        idle_s: float = 300.0,
        timeouts: Mapping[str, float] = TIMEOUTS,
    ) -> None:
        """Make the client; nothing is started.

        Args:
            command: of the helper, `serve` included. `env`: its environment.
            idle_s: without a question, after which it is ended: its libraries hold memory.
            timeouts: seconds by method.
        """
        self._command, self._idle_s, self._timeouts = tuple(command), idle_s, timeouts
        self._env = child_environment() if env is None else env
        self._program: Program | None = None
        self._starting = asyncio.Lock()
        self._sessions = 0
        self._deaths, self._died = 0, 0.0
        self._idle: asyncio.TimerHandle | None = None
        self._ending: set[asyncio.Task[None]] = set()
        self._waking: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The process, while there is one."""
        return self._program.pid if self._program and self._program.alive else None

    def wake(self) -> None:
        """Start the helper, if it does not run, and have it load what advice needs: somebody is about to type."""
        if self.pid is None and (self._waking is None or self._waking.done()):
            self._waking = asyncio.create_task(self._wake(), name="wake the helper")

    async def ask(self, method: str, *, timeout: float | None = None, **params: Any) -> dict[str, Any]:
        """Ask a question and return the result.

        Args:
            timeout: seconds; by default the method's own.

        Raises:
            AppError: the helper's own error: its code, message and hint.
            Unavailable: it cannot be started, died, or did not answer in time.
            TooMany: too many questions wait.
        """
        program = await self._ready()
        if program.waiting >= MOST_WAITING:
            raise TooMany("too many questions wait for an answer", hint="Try again in a moment.")
        self._rest()
        try:
            result = await program.ask(method, params, timeout or self._timeouts.get(method, _USUAL_S))
            self._deaths = 0
            return result
        finally:
            self._rest()

    @asynccontextmanager
    async def listen(
        self, model: str | Path, cutoff: int | None = None, window: int | None = None
    ) -> AsyncIterator[Listening]:
        """Open a listening session: `async with assistant.listen(folder) as heard: await heard.feed(pcm)`.

        Args:
            model: path of the model.
            cutoff: 0..255; `window`: steps; None is the manifest's.

        Raises:
            AppError: as `ask`.
        """
        self._sessions += 1
        try:
            session = await Listening.open(self, str(model), cutoff, window)
            try:
                yield session
            finally:
                await session.close()
        finally:
            self._sessions -= 1
            self._rest()

    async def stop(self) -> None:
        """End the helper; a later question starts it again."""
        if self._waking:
            self._waking.cancel()
            await asyncio.gather(self._waking, return_exceptions=True)
        if self._idle:
            self._idle.cancel()
        program, self._program = self._program, None
        if program:
            await program.end()
        await asyncio.gather(*self._ending)

    async def _wake(self) -> None:
        try:
            await self.ask("advise", text="hello there")
        except AppError as error:  # whoever asks next is told
            _LOG.warning("the helper process was not woken: %s", error)

    async def _ready(self) -> Program:
        """Return the running helper, and start one if there is none, or the last has died."""
        async with self._starting:
            if self._program and self._program.alive:
                return self._program
            loop = asyncio.get_running_loop()
            if self._program:
                await self._program.end()
                self._deaths, self._died = self._deaths + 1, loop.time()
                self._program = None
            if self._deaths >= MOST_DEATHS and loop.time() - self._died < DEATHS_S:
                raise Unavailable(
                    "the helper process keeps dying", hint="The app's log says why.", code="helper_dies"
                )
            self._program = await Program.start(self._command, self._env)
            return self._program

    def _rest(self) -> None:
        """Begin to count the idle time anew."""
        if self._idle:
            self._idle.cancel()
        self._idle = asyncio.get_running_loop().call_later(self._idle_s, self._end_if_idle)

    def _end_if_idle(self) -> None:
        program = self._program
        if program is None:
            return
        if self._sessions or program.waiting:
            self._rest()
            return
        _LOG.info("the helper process is idle and ends")
        self._program = None
        task = asyncio.create_task(program.end())
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)
