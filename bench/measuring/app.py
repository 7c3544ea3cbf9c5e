"""The app in a process of its own, as `python -m addon` starts it, and a browser's view of it."""

import asyncio
import json
import os
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from aiohttp import ClientSession

_START_S = 120.0
_STOP_S = 30.0
# The app with another command in the trainer's place.
_WITH_TRAINER = (
    "import sys; from addon import service; service.trainer_command = lambda: (sys.executable, {trainer!r}); "
    "sys.exit(service.main())"
)


@dataclass(frozen=True)
class App:
    """A running app.

    Attributes:
        address: of the panel, without a slash at the end.
        first_byte_s: from its start to the first byte of the panel's page.
    """

    process: Process
    browser: ClientSession
    address: str
    first_byte_s: float

    async def ask(self, method: str, path: str, **more: Any) -> Any:
        """Ask the API."""
        async with self.browser.request(method, f"{self.address}/api/v1/{path}", **more) as response:
            response.raise_for_status()
            return await response.json() if response.content_type == "application/json" else await response.read()

    def memory_mb(self) -> float:
        """Return what the app itself holds (RSS), its children left out."""
        return float(psutil.Process(self.process.pid).memory_info().rss / 1e6)

    def processor_s(self) -> float:
        """Return the processor time that the app itself has used so far: others at work hardly change it."""
        used = psutil.Process(self.process.pid).cpu_times()
        return float(used.user + used.system)

    def children_mb(self) -> float:
        """Return what its children hold together (RSS); pages that they share count for each."""
        total = 0.0
        for child in psutil.Process(self.process.pid).children(recursive=True):
            try:
                total += child.memory_info().rss / 1e6
            except psutil.Error:
                continue
        return total


@asynccontextmanager
async def run_app(data: Path, trainer: Path | None = None) -> AsyncIterator[App]:
    """Start the app on a folder and ask for its page; leaving the context stops it in good order.

    Args:
        trainer: a program in the trainer's place.
    """
    start = ("-m", "addon") if trainer is None else ("-c", _WITH_TRAINER.format(trainer=str(trainer.resolve())))
    env = {name: value for name, value in os.environ.items() if not name.startswith("WAKESMITH_")}
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *start,
        "--data",
        str(data),
        "--port",
        "0",
        "--link-port",
        "0",
        "--no-mdns",
        stderr=PIPE,
        env=env,
    )
    assert process.stderr is not None
    try:
        async with asyncio.timeout(_START_S), ClientSession() as browser:
            address = await _address(process.stderr)
            reader = asyncio.create_task(_drain(process.stderr))
            async with browser.get(address + "/") as response:
                await response.content.readany()
                first_byte_s = time.perf_counter() - began
        async with ClientSession() as browser:
            yield App(process, browser, address, first_byte_s)
        process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.wait(), _STOP_S)
        await reader
    finally:
        if process.returncode is None:
            process.kill()


async def _address(log: asyncio.StreamReader) -> str:
    while line := await log.readline():
        told = json.loads(line)
        if told["message"] == "ready":
            return str(told["panel"])
    raise SystemExit("bench: the app ended before it was ready")


async def _drain(log: asyncio.StreamReader) -> None:
    while await log.readline():
        pass
