"""The inner rooms in a process of their own, to be killed: killed_app.py DATA WHERE PHRASE."""

import asyncio
import os
import signal
import sys
from pathlib import Path

from addon.jobs.floor import Floor
from addon.records import Job, JobRequest, JobState
from addon.store import Jobs
from tests.addon.workroom import workroom


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def run(data: Path, where: str, phrase: str) -> None:
    put = Jobs.put

    async def put_and_die(table: Jobs, *jobs: Job) -> None:
        await put(table, *jobs)
        if any(job.state.value == where for job in jobs):
            die()

    if where in list(JobState):
        Jobs.put = put_and_die  # type: ignore[method-assign]
    if where == "preparing":
        Floor.prepare = lambda *_: die()  # type: ignore[assignment, method-assign, misc, return-value]
    async with workroom(data) as room:
        if where == "orderly":
            await room.until((await room.make(phrase)).id, lambda j: j.stage == "training" and j.pid is not None)
            return
        job = await room.jobs.create(JobRequest(phrase))
        if where == "training":
            await room.until(job.id, lambda j: j.stage == "training" and j.pid is not None)
            die()
        if where in ("cancelling", "cancelled"):
            await room.until(job.id, lambda j: j.stage == "training" and j.pid is not None)
            await room.jobs.cancel(job.id)
        if where == "deleting":
            await room.until(job.id)
            room.jobs._store.jobs.delete = lambda _: die()  # type: ignore[assignment, method-assign, return-value]
            await room.jobs.delete(job.id)
        await room.until(job.id)


asyncio.run(run(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
