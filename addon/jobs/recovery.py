"""After a crash, a power cut or a restart: what was running is ended, and goes on once by itself."""

import asyncio
import logging
import shutil
from dataclasses import replace
from pathlib import Path

from addon.jobs.processes import RECORD, end_leftovers
from addon.jobs.queue import renumber
from addon.records import Job, JobState
from addon.store import Store
from addon.times import now

_LOG = logging.getLogger(__name__)
STOPPED = "app_stopped"  # code of a job that was interrupted because the app ended in good order
_ACTIVE = (JobState.RUNNING, JobState.CANCELLING)
GONE = ".gone-"  # prefix of folders of deleted jobs


async def recover(store: Store, folder: Path) -> list[Job]:
    """Bring jobs and processes in order, and return the jobs that are not as they were.

    A job that was being cancelled is cancelled. One that was running goes back to the front of the queue: each time
    if the app ended in good order, else once, so that a training that brings the machine down does not do so for
    ever.

    Args:
        folder: of all jobs' folders.
    """
    jobs = await store.jobs.all()
    await asyncio.to_thread(_end_all, folder, [job.id for job in jobs if job.state in _ACTIVE])
    changed = {job.id: job for job in map(_judge, jobs) if job is not None}
    after = [changed.get(job.id, job) for job in jobs]
    waiting = [job for job in after if job.state is JobState.QUEUED]
    waiting.sort(key=lambda job: (job.id not in changed, job.position, job.created))
    changed |= {job.id: job for job in renumber(waiting)}
    await store.jobs.put(*changed.values())
    for job in changed.values():
        _LOG.warning("job %s is %s: %s", job.id, job.state, job.message)
    return list(changed.values())


def _judge(job: Job) -> Job | None:
    """Return what becomes of a job that the last run of the app left, None if it stays as it is."""
    if job.state is JobState.CANCELLING:
        return replace(job, state=JobState.CANCELLED, code="cancelled", message="stopped", ended=now(), pid=None)
    orderly = job.state is JobState.INTERRUPTED and job.code == STOPPED
    if job.state is not JobState.RUNNING and not orderly:
        return None
    if orderly or job.revivals == 0:
        return replace(
            job, state=JobState.QUEUED, position=-1, ended=None, pid=None, revivals=job.revivals + (not orderly),
            code="revived", message="the app was restarted; the training goes on where it was", hint="",
            values={},
        )  # fmt: skip
    return replace(
        job, state=JobState.INTERRUPTED, ended=now(), pid=None, code="interrupted",
        message="the app ended twice while this training ran",
        hint="Finished stages are kept. Perhaps memory ran out: stop other apps. Resume goes on from here.",
        values={},
    )  # fmt: skip


def _end_all(folder: Path, ids: list[str]) -> None:
    """End children that outlived the app, and remove what a deletion left. Blocks."""
    recorded = {path.parent.name for path in folder.glob(f"*/{RECORD}")}
    for id in {*ids, *recorded}:
        if (folder / id).is_dir() and (count := end_leftovers(folder / id)):
            _LOG.warning("ended %d processes that job %s had left", count, id)
    for path in folder.glob(f"{GONE}*"):
        shutil.rmtree(path, ignore_errors=True)
