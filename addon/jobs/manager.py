"""The trainings of the app: asked for, queued, run so many at a time, looked at, ended."""

import asyncio
import secrets
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from addon.acceleration import has_gpu
from addon.bus import Bus, Gone
from addon.errors import Conflict, NotFound, TooMany
from addon.jobs.child import GRACES, Graces
from addon.jobs.files import clip_path, tail
from addon.jobs.floor import MOST_AT_A_TIME, Floor
from addon.jobs.machine import Survey, look_alone
from addon.jobs.preflight import Preflight, preflight
from addon.jobs.queue import move, renumber
from addon.jobs.recovery import GONE
from addon.jobs.request import check_request
from addon.jobs.run import Keep, Workshop
from addon.jobs.snapshot import JobSnapshot, read_picture
from addon.options import Options
from addon.programs import child_environment, trainer_command
from addon.records import Job, JobRequest, JobState
from addon.store import Store
from addon.times import now

MOST_WAITING = 100


class JobManager:
    """All trainings. Call `start` first and `stop` last; every method belongs to one event loop."""

    def __init__(
        self,
        store: Store,
        bus: Bus,
        options: Options,
        folder: Path,
        keep: Keep,
        trainer: Sequence[str] | None = None,
        env: Mapping[str, str] | None = None,
        graces: Graces = GRACES,
        gpu: Callable[[], bool] = has_gpu,
        survey: Survey = look_alone,
    ) -> None:
        """Make the manager; nothing runs yet.

        Args:
            folder: the data folder; jobs lie in `jobs/<id>/`, the user's recordings in `samples/`.
            keep: takes a finished model's folder over, with the run's last words, and returns the model.
            trainer: the command before `train`. `env`: its environment.
            gpu: whether this machine shows one.
            survey: looks at this machine before a training starts.
        """
        self._store, self._bus, self._data = store, bus, folder
        self._folder, self._device, self._survey = folder / "jobs", options.device, survey
        workshop = Workshop(
            store, bus, self._folder, tuple(trainer or trainer_command()),
            child_environment(folder) if env is None else env, options.device, gpu, self._prepare, keep, graces,
        )  # fmt: skip
        self._floor = Floor(workshop, options.concurrent)

    async def start(self) -> None:
        """Bring in order what the last run of the app left, then begin with what waits."""
        await self._floor.start()

    async def stop(self) -> None:
        """End what runs; the next start goes on with it."""
        await self._floor.stop()

    async def set_concurrent(self, count: int) -> None:
        """Let so many run at a time; those that run already go on."""
        self._floor.concurrent = min(max(count, 1), MOST_AT_A_TIME)
        await self._floor.begin()

    async def preflight(self, request: JobRequest) -> Preflight:
        """Say what a training would take.

        Raises:
            Invalid: the request is out of range.
        """
        return await preflight(request, self._store, self._data, self._device, self._survey)

    async def create(self, request: JobRequest) -> Job:
        """Queue a training.

        Raises:
            Invalid: the request is out of range.
            TooMany: too many wait already.
        """
        request = check_request(request)
        async with self._floor.changing:
            waiting = len(await self._floor.waiting())
            if waiting >= MOST_WAITING:
                raise TooMany(f"{waiting} trainings wait already", hint="Cancel some of them first.")
            job = Job(f"job_{secrets.token_hex(6)}", request, JobState.QUEUED, now(), position=waiting)
            await self._floor.put(job)
        await self._floor.begin()
        return await self.get(job.id)

    async def all(self) -> list[Job]:
        """Return all: those that wait in their order after those that do not."""
        return [self._floor.newest(job) for job in await self._store.jobs.all()]

    async def get(self, id: str) -> Job:
        """Return one.

        Raises:
            NotFound: there is none.
        """
        return self._floor.newest(await self._store.jobs.get(id))

    async def cancel(self, id: str) -> Job:
        """End a training, or take it from the queue. Asked again while it ends, it is told so again.

        Raises:
            Conflict: it has ended already.
        """
        async with self._floor.changing:
            job = await self.get(id)
            if job.state.ended:
                raise Conflict(f"the training is {job.state} already")
            if job.state is JobState.QUEUED:
                await self._floor.put(
                    replace(job, state=JobState.CANCELLED, position=-1, code="cancelled", ended=now())
                )
                await self._floor.close_ranks()
            elif run := self._floor.run_of(id):
                await run.cancel()
        return await self.get(id)

    async def resume(self, id: str) -> Job:
        """Queue a training again that failed, was cancelled or interrupted: finished stages are not done again.

        Raises:
            Conflict: it has not ended, or ended well.
        """
        await self._floor.settle(id)
        async with self._floor.changing:
            job = await self.get(id)
            if not job.state.ended or job.state is JobState.DONE or self._floor.run_of(id):
                raise Conflict(f"the training is {job.state}; only one that ended without a model can go on")
            position = len(await self._floor.waiting())
            await self._floor.put(
                replace(
                    job,
                    state=JobState.QUEUED,
                    position=position,
                    ended=None,
                    revivals=0,
                    code="",
                    message="",
                    hint="",
                    values={},
                )
            )
        await self._floor.begin()
        return await self.get(id)

    async def move(self, id: str, position: int) -> Job:
        """Put a waiting training at another place, 0 first.

        Raises:
            Conflict: it does not wait.
        """
        async with self._floor.changing:
            job = await self.get(id)
            if job.state is not JobState.QUEUED:
                raise Conflict(f"the training is {job.state}; only waiting ones have a place")
            await self._floor.put(*renumber(move(await self._floor.waiting(), id, position)))
        return await self.get(id)

    async def delete(self, id: str) -> None:
        """Remove a training that has ended, and its folder; its model stays.

        Raises:
            Conflict: it has not ended.
        """
        await self._floor.settle(id)
        async with self._floor.changing:
            job = await self.get(id)
            if not job.state.ended or self._floor.run_of(id):
                raise Conflict(f"the training is {job.state}", hint="Cancel it first.")
            away = self._folder / f"{GONE}{id}"
            if (self._folder / id).is_dir():
                (self._folder / id).rename(away)
            await self._store.jobs.delete(id)
        self._bus.publish(Gone("job", id))
        await asyncio.to_thread(shutil.rmtree, away, ignore_errors=True)

    async def snapshot(self, id: str) -> JobSnapshot:
        """Return all that is known of a training."""
        job = await self.get(id)
        if run := self._floor.run_of(id):
            return run.picture.view(run.job)
        return (await asyncio.to_thread(read_picture, self._folder / id / "events.jsonl")).view(job)

    async def log(self, id: str, lines: int = 400) -> str:
        """Return the last lines of a training's log."""
        return await asyncio.to_thread(tail, self._folder / (await self.get(id)).id, lines)

    async def sample_path(self, id: str, n: int) -> Path:
        """Return the n-th clip of a training.

        Raises:
            NotFound: there is none.
        """
        samples = (await self.snapshot(id)).samples
        if not 0 <= n < len(samples):
            raise NotFound(f"the training has {len(samples)} clips; there is none of number {n}")
        return await asyncio.to_thread(clip_path, self._folder / id, samples[n].path)

    async def _prepare(self, job: Job) -> None:
        await self._floor.prepare(job, self._data)
