"""The app in a process of its own: started, asked by HTTP, ended by signals."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from aiohttp import ClientSession, FormData

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SCRIPTED = (sys.executable, str(HERE / "whole_app.py"))
REAL = (sys.executable, "-m", "addon")


@dataclass
class Outside:
    """A running app, seen from outside."""

    process: Process
    browser: ClientSession
    root: str
    log: list[dict[str, Any]] = field(default_factory=list)

    async def ask(self, method: str, path: str, status: int = 200, **more: Any) -> Any:
        async with self.browser.request(method, f"{self.root}/api/v1/{path}", **more) as response:
            assert response.status == status, f"{method} {path}: {response.status} {await response.text()}"
            return await response.json() if response.content_type == "application/json" else await response.read()

    async def send(self, path: str, sound: bytes, status: int = 201, name: str = "a.wav", **fields: str) -> Any:
        """Send a form with a sound."""
        form = FormData()
        for key, value in fields.items():
            form.add_field(key, value)
        form.add_field("file", sound, filename=name)
        return await self.ask("POST", path, status, data=form)

    async def make(self, phrase: str, **more: Any) -> str:
        return str((await self.ask("POST", "jobs", 201, json={"phrase": phrase, **more}))["id"])

    async def states(self) -> dict[str, str]:
        return {job["id"]: job["state"] for job in await self.ask("GET", "jobs")}

    async def until(self, id: str, good: Callable[[dict[str, Any]], bool], limit: float = 60) -> dict[str, Any]:
        job: dict[str, Any] = {}
        try:
            async with asyncio.timeout(limit):
                while not good(job := await self.ask("GET", f"jobs/{id}")):
                    await asyncio.sleep(0.05)
        except TimeoutError as error:
            raise AssertionError(f"it stays so: {job}") from error
        return job

    async def signal(self, number: signal.Signals) -> int:
        """Send a signal to the app alone, and return its exit code."""
        self.process.send_signal(number)
        return await asyncio.wait_for(self.process.wait(), 30)


@asynccontextmanager
async def outside(data: Path, command: Sequence[str] = SCRIPTED, *options: str) -> AsyncIterator[Outside]:
    """Start the app on a data folder of its own; leaving the context kills it, should it still run."""
    process = await asyncio.create_subprocess_exec(
        *command, "--data", str(data), "--port", "0", "--link-port", "0", "--no-mdns", *options,
        stdout=PIPE, stderr=PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)}, cwd=ROOT,
    )  # fmt: skip
    assert process.stderr is not None
    log: list[dict[str, Any]] = []
    async with asyncio.timeout(60):
        while not (log and log[-1].get("message") == "ready"):
            line = await process.stderr.readline()
            assert line, f"it ended: {log}"
            log.append(json.loads(line))

    async def read() -> None:
        assert process.stderr is not None
        async for line in process.stderr:
            log.append(json.loads(line))

    reader = asyncio.create_task(read())
    try:
        async with ClientSession() as browser:
            yield Outside(process, browser, log[-1]["panel"], log)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await asyncio.wait((reader,), timeout=5)
        reader.cancel()


def processes_of(data: Path) -> set[int]:
    """All that still works for jobs of this folder."""
    found = set()
    for process in psutil.process_iter():
        try:
            if process.environ().get("WAKESMITH_JOB", "").startswith(str(data.resolve())):
                found.add(process.pid)
        except psutil.Error:
            continue
    return found
