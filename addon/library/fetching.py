"""The children that list and fetch: `wakesmith data` and `voices`, our own for the graphics card's packages."""

import asyncio
import json
import os
import shutil
import signal
import sys
from abc import ABC, abstractmethod
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from addon import acceleration
from addon.errors import Unavailable
from addon.lines import read_lines
from trainer.events import EventError, Failed, Finished, Progress, decode

FETCHED = "datasets"  # the folder in the data folder
_GRACE_S = 5.0  # from SIGINT to SIGKILL: what was downloaded stays for the next time
_LIST_S = 60.0


@dataclass(frozen=True)
class Fetch:
    """A download that goes on, in a session of its own."""

    child: Process

    async def follow(self, take: Callable[[Progress], None]) -> Failed | None:
        """Hand over its progress until it ends; return why it failed, or nothing."""
        failed: Failed | None = None
        finished, stdout = False, self.child.stdout
        if stdout is None:
            return Failed("crash", "the download cannot be followed")
        async for line in read_lines(stdout):
            try:
                event = decode((line or b"").decode("utf-8", "replace"))
            except EventError:
                continue
            match event:
                case Progress():
                    take(event)
                case Failed():
                    failed = event
                case Finished():
                    finished = True
        code = await self.child.wait()
        if failed or (finished and code == 0):
            return failed
        return Failed(
            "crash", f"the download ended with exit code {code}" if code else "the download ended unexpectedly"
        )

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
class Program(ABC):
    """How the children are started: the command before `data` or `voices`, their environment."""

    what: ClassVar[str]  # is fetched, in messages
    trainer: tuple[str, ...]
    env: Mapping[str, str]

    @abstractmethod
    async def rows(self, language: str) -> list[dict[str, Any]]:
        """Return what can be fetched, a row each.

        Raises:
            Unavailable: the trainer cannot say.
        """

    @abstractmethod
    async def fetch(self, name: str) -> Fetch:
        """Begin to fetch one."""

    @abstractmethod
    async def remove(self, name: str) -> None:
        """Remove the files of one."""

    async def _ask(self, *words: str) -> list[dict[str, Any]]:
        """Return the rows that a child writes."""
        child = await self._start(*self.trainer, *words)
        try:
            async with asyncio.timeout(_LIST_S):
                out, _ = await child.communicate()
            rows = json.loads(out)
            if child.returncode or not isinstance(rows, list):
                failed = decode(out.decode())
                raise _unavailable(failed if isinstance(failed, Failed) else None)
        except TimeoutError as error:
            raise Unavailable(
                f"no list came within {_LIST_S:g} s", hint="Check the network, then try again.", code="slow"
            ) from error
        except (ValueError, EventError) as error:
            raise _unavailable() from error
        finally:
            await Fetch(child).end()
        return rows

    async def _start(self, *words: str) -> Process:
        try:
            return await asyncio.create_subprocess_exec(
                *words, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL, env=self.env,
                start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            raise Unavailable(f"the trainer cannot be started: {error.strerror}") from error


@dataclass(frozen=True)
class DataProgram(Program):
    """Public data sets, fetched into `datasets/` of the data folder; and the graphics card's packages."""

    what = "data set"
    data: Path

    async def rows(self, language: str) -> list[dict[str, Any]]:
        """Return the rows of `data list`, after the graphics card's where this machine has a use for them."""
        rows = await self._ask("data", "list", "--json")
        if await asyncio.to_thread(acceleration.can_accelerate):
            rows.insert(0, await asyncio.to_thread(acceleration.describe, self.data))
        return rows

    async def fetch(self, name: str) -> Fetch:
        """Begin to fetch one."""
        if name == acceleration.GPU:
            words = (sys.executable, "-m", "addon.library.accelerating", str(self.data))
            return Fetch(await self._start(*words, "--locks", str(acceleration.LOCKS)))
        (self.data / FETCHED).mkdir(parents=True, exist_ok=True)
        return Fetch(await self._start(*self.trainer, "data", "fetch", name, "--json"))

    async def remove(self, name: str) -> None:
        """Remove the files of one."""
        await asyncio.to_thread(self._remove, name)

    def _remove(self, name: str) -> None:
        if name == acceleration.GPU:
            acceleration.remove(self.data)
            return
        shutil.rmtree(self.data / FETCHED / name, ignore_errors=True)
        for path in (self.data / FETCHED).glob(f"{name}.*"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


@dataclass(frozen=True)
class VoiceProgram(Program):
    """Voices of the public catalogue, fetched to where the trainer keeps its own."""

    what = "voice"

    async def rows(self, language: str) -> list[dict[str, Any]]:
        """Return the catalogue, fetched anew: all of it, or the voices of one language with their licences."""
        return await self._ask("voices", "catalogue", "--json", *(("--language", language) if language else ()))

    async def fetch(self, name: str) -> Fetch:
        """Begin to fetch one."""
        return Fetch(await self._start(*self.trainer, "voices", "fetch", name, "--json"))

    async def remove(self, name: str) -> None:
        """Remove the files of one.

        Raises:
            Unavailable: the trainer cannot do it.
        """
        child = await self._start(*self.trainer, "voices", "remove", name)
        try:
            async with asyncio.timeout(_LIST_S):
                await child.communicate()
        except TimeoutError as error:
            raise _unavailable() from error
        finally:
            await Fetch(child).end()
        if child.returncode:
            raise Unavailable(f"the voice {name!r} could not be removed", hint="It may be gone already.")


def _unavailable(failed: Failed | None = None) -> Unavailable:
    if failed is None:
        return Unavailable("the trainer cannot list what can be downloaded", hint="Try again in a moment.")
    return Unavailable(failed.message, hint=failed.hint, code=failed.code)
