"""Which trainings run: so many at a time, the next when one ends, and an order that only one changes at a time."""

import asyncio
import logging
import sqlite3
from pathlib import Path

from addon.bus import JobChanged
from addon.jobs.queue import renumber
from addon.jobs.recipe import CONFIG, RECORDINGS, gather_recordings, next_version, write_config
from addon.jobs.recovery import recover
from addon.jobs.run import RETRY_S, Run, Workshop
from addon.records import Job, JobState

_LOG = logging.getLogger(__name__)
MOST_AT_A_TIME = 8
_SETTLE_S = 10.0


class Floor:
    """The runs that are under way.

    Attributes:
        changing: held by whoever looks at a job's state and changes it by what it saw.
    """

    def __init__(self, workshop: Workshop, concurrent: int) -> None:
        self.workshop, self.concurrent = workshop, concurrent
        self.changing = asyncio.Lock()
        self._runs: dict[str, tuple[Run, asyncio.Task[None]]] = {}
        self._stopping = False
        self._retrying: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Bring in order what the last run of the app left, then begin with what waits."""
        await asyncio.to_thread(self.workshop.folder.mkdir, parents=True, exist_ok=True)
        for job in await recover(self.workshop.store, self.workshop.folder):
            self.workshop.bus.publish(JobChanged(job))
        await self.begin()

    async def stop(self) -> None:
        """End what runs; the next start goes on with it."""
        async with self.changing:
            self._stopping = True
        if self._retrying:
            self._retrying.cancel()
        for run, _ in self._runs.values():
            run.stop()
        await asyncio.gather(*(task for _, task in self._runs.values()), return_exceptions=True)

    async def begin(self) -> None:
        """Start what may run now; while the database cannot be written, later."""
        try:
            await self._begin()
        except sqlite3.Error:
            _LOG.exception("the next training cannot begin; it is tried again")
            if not self._stopping and (self._retrying is None or self._retrying.done()):
                self._retrying = asyncio.create_task(self._begin_later(), name="begin later")

    async def _begin_later(self) -> None:
        while True:
            await asyncio.sleep(RETRY_S)
            try:
                return await self._begin()
            except sqlite3.Error as error:
                _LOG.warning("the next training still cannot begin: %s", error)

    async def _begin(self) -> None:
        async with self.changing:
            while not self._stopping and len(self._runs) < self.concurrent:
                waiting = await self.waiting()
                if not waiting:
                    return
                run = Run(self.workshop, waiting[0])
                await run.begin()
                self._runs[run.job.id] = (run, asyncio.create_task(self._finish(run)))
                await self.close_ranks()

    def run_of(self, id: str) -> Run | None:
        """Return the run of a job, if it is under way."""
        return self._runs[id][0] if id in self._runs else None

    async def settle(self, id: str) -> None:
        """Wait until nothing more is done about a job that has just ended."""
        if (run := self.run_of(id)) and run.job.state.ended:
            await asyncio.wait({self._runs[id][1]}, timeout=_SETTLE_S)

    def newest(self, job: Job) -> Job:
        """Return a job from the store as it is now."""
        run = self.run_of(job.id)
        return run.job if run else job

    async def waiting(self) -> list[Job]:
        """Return the queue."""
        return await self.workshop.store.jobs.all(JobState.QUEUED)

    async def put(self, *jobs: Job) -> None:
        """Keep jobs and tell of them."""
        await self.workshop.store.jobs.put(*jobs)
        for job in jobs:
            self.workshop.bus.publish(JobChanged(job))

    async def close_ranks(self) -> None:
        """Close the gaps in the queue."""
        await self.put(*renumber(await self.waiting()))

    async def prepare(self, job: Job, data: Path) -> None:
        """Write a job's file of choices, unless it has one: who goes on keeps the choices that it began with."""
        folder, store, phrase = self.workshop.folder / job.id, self.workshop.store, job.request.phrase
        if (folder / CONFIG).is_file():
            return
        samples = await store.samples.all() if job.request.recordings else []
        to = folder.absolute() / RECORDINGS
        found = await asyncio.to_thread(gather_recordings, phrase, samples, data.absolute() / "samples", to)
        others = [run.job.request.phrase for run, _ in self._runs.values() if run.job.id != job.id]
        version = next_version(phrase, await store.models.all(deleted=None), others)
        await asyncio.to_thread(write_config, folder, job.request, version, found)

    async def _finish(self, run: Run) -> None:
        try:
            await run.finish()
        except Exception:
            _LOG.exception("job %s", run.job.id)
        async with self.changing:
            del self._runs[run.job.id]
        await self.begin()
