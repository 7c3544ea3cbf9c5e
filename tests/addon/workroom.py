"""A store, a bus and a manager around the scripted trainer."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from addon.bus import Bus, Message
from addon.jobs import JobManager
from addon.jobs.child import Graces
from addon.jobs.machine import Machine
from addon.options import Options
from addon.programs import child_environment
from addon.records import Job, JobRequest, Model
from addon.store import NAME, Store

SCRIPT = Path(__file__).with_name("scripted_trainer.py")
QUICK = Graces(terminate=0.4, kill=0.8, silence=20.0, after_end=0.6)
IMPATIENT = Graces(terminate=0.4, kill=0.8, silence=1.5, after_end=0.6)


def make_model(id: str, phrase: str = "hey jarvis", **more: Any) -> Model:
    word, _, version = id.rpartition("_v")
    return Model(id, word, int(version), phrase, "en", "2026-01-01T00:00:00Z", 60_000, 200, 5, **more)


@dataclass
class Workroom:
    store: Store
    bus: Bus
    jobs: JobManager
    data: Path
    kept: list[str] = field(default_factory=list)
    heard: list[Message] = field(default_factory=list)

    async def make(self, phrase: str, **more: Any) -> Job:
        return await self.jobs.create(JobRequest(phrase, **more))

    async def until(
        self, id: str, good: Callable[[Job], bool] = lambda job: job.state.ended, limit: float = 30
    ) -> Job:
        async with asyncio.timeout(limit):
            while not good(job := await self.jobs.get(id)):
                await asyncio.sleep(0.02)
        return job

    async def run(self, phrase: str, **more: Any) -> Job:
        return await self.until((await self.make(phrase, **more)).id)


@asynccontextmanager
async def workroom(
    data: Path,
    *,
    graces: Graces = QUICK,
    gpu: bool = False,
    begin: bool = True,
    machine: Machine | None = None,
    **options: Any,
) -> AsyncIterator[Workroom]:
    async with await Store.open(data / NAME) as store:
        bus = Bus()
        room: Workroom

        async def keep(job: Job, result: Path, summary: str) -> Model:
            assert result.is_dir()
            room.kept.append(job.id)
            model = make_model(f"word_v{len(room.kept)}", job=job.id, summary=summary)
            await store.models.put(model)
            return model

        async def survey(_request: JobRequest) -> Machine:
            return machine or Machine(2, 8000)

        trainer = (sys.executable, str(SCRIPT))
        jobs = JobManager(
            store, bus, Options(**options), data, keep, trainer, child_environment(data), graces, lambda: gpu, survey
        )
        room = Workroom(store, bus, jobs, data)

        async def listen() -> None:
            async with bus.listen() as messages:
                async for message in messages:
                    room.heard.append(message)

        listener = asyncio.create_task(listen())
        await asyncio.sleep(0)
        try:
            if begin:
                await jobs.start()
            yield room
        finally:
            await jobs.stop()
            listener.cancel()
