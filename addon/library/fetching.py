"""The children that list and fetch: `wakesmith data` for data sets, our own for the graphics card's packages."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from addon import acceleration
from addon.errors import Unavailable
from addon.lines import read_lines
from trainer.events import EventError, Failed, Finished, Progress, decode

_GRACE_S = 5.0  # from SIGINT to SIGKILL: what was downloaded stays for the next time
_LIST_S = 60.0


@dataclass(frozen=True)
class Fetch:
    """A download that goes on, in a session of its own."""

    child: Process

    async def follow(self, take: Callable[[Progress], None]) -> str:
        """Hand over its progress until it ends; return why it failed, or nothing."""
        message, stdout = "the download ended without a word", self.child.stdout
        if stdout is None:
            return message
        async for line in read_lines(stdout):
            try:
                event = decode((line or b"").decode("utf-8", "replace"))
            except EventError:
                continue
            match event:
                case Progress():
                    take(event)
                case Failed(_, text, hint):
                    message = f"{text}. {hint}".rstrip()
                case Finished():
                    message = ""
        code = await self.child.wait()
        return message or ("" if code == 0 else f"the download ended with exit code {code}")

    async def end(self) -> None:
        """End it and all that it started: gently, then firmly."""
        for number in (signal.SIGINT, signal.SIGKILL):
            if self.child.returncode is not None:
                return
            with suppress(ProcessLookupError):
                os.killpg(self.child.pid, number)
            with suppress(TimeoutError):
                await asyncio.wait_for(self.child.wait(), _GRACE_S)


@dataclass(frozen=True)
class DataProgram:
    """How the children are started: the command before `data`, their environment, the data folder."""

    trainer: tuple[str, ...]
    env: Mapping[str, str]
    data: Path

    async def list(self) -> "list[dict[str, Any]]":
        """Return the rows of `data list --json`, after the graphics card's where this machine has a use for them.

        Raises:
            Unavailable: the trainer cannot say.
        """
        child = await self._start(*self.trainer, "data", "list", "--json")
        try:
            async with asyncio.timeout(_LIST_S):
                out, _ = await child.communicate()
            rows: list[dict[str, Any]] = json.loads(out)
        except (TimeoutError, ValueError) as error:
            raise Unavailable("the trainer cannot list the data sets", hint="Try again; the log has more.") from error
        finally:
            await Fetch(child).end()
        if await asyncio.to_thread(acceleration.can_accelerate):
            rows.insert(0, await asyncio.to_thread(acceleration.describe, self.data))
        return rows

    async def fetch(self, name: str) -> Fetch:
        """Begin to fetch one."""
        if name == acceleration.GPU:
            words = (sys.executable, "-m", "addon.library.accelerating", str(self.data))
            return Fetch(await self._start(*words, "--locks", str(acceleration.LOCKS)))
        return Fetch(await self._start(*self.trainer, "data", "fetch", name, "--json"))

    async def _start(self, *words: str) -> Process:
        try:
            return await asyncio.create_subprocess_exec(
                *words, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL, env=self.env,
                start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            raise Unavailable(f"the trainer cannot be started: {error.strerror}") from error
