"""While the database cannot be written, trainings still end when they are told to, and the queue goes on later."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from addon import migrating
from addon.jobs import floor, run
from addon.records import JobState
from addon.store import NAME
from tests.addon.workroom import workroom

pytestmark = pytest.mark.asyncio


@pytest.fixture(autouse=True)
def haste(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrating, "_BUSY_S", 0.05)
    monkeypatch.setattr(run, "RETRY_S", 0.1)
    monkeypatch.setattr(run, "_SAVE_S", 0.1)
    monkeypatch.setattr(floor, "RETRY_S", 0.1)


@contextmanager
def held(data: Path) -> Iterator[None]:
    """Another program is in the middle of writing."""
    other = sqlite3.connect(data / NAME, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        yield
    finally:
        other.close()


async def test_a_cancel_ends_the_trainer_all_the_same(tmp_path: Path) -> None:
    async with workroom(tmp_path) as room:
        job = await room.make("wait")
        pid = (await room.until(job.id, lambda j: j.stage == "training" and j.pid is not None)).pid or 0
        with held(tmp_path):
            assert (await room.jobs.cancel(job.id)).state in (JobState.CANCELLING, JobState.CANCELLED)
            await room.until(job.id, lambda _: not psutil.pid_exists(pid), limit=10)
        assert (await room.until(job.id, limit=10)).state is JobState.CANCELLED
        await room.jobs._floor.settle(job.id)
        assert (await room.store.jobs.get(job.id)).state is JobState.CANCELLED


async def test_a_second_cancel_is_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    class Deaf(run.Child):
        def cancel(self, graces: object = None) -> None:
            asked.append(graces)
            if len(asked) > 1:
                super().cancel()

    monkeypatch.setattr(run, "Child", Deaf)
    async with workroom(tmp_path) as room:
        job = await room.make("wait")
        await room.until(job.id, lambda j: j.stage == "training" and j.pid is not None)
        await room.jobs.cancel(job.id)
        await room.jobs.cancel(job.id)
        assert (await room.until(job.id, limit=10)).state is JobState.CANCELLED


async def test_the_queue_goes_on_when_the_database_is_back(tmp_path: Path) -> None:
    async with workroom(tmp_path) as room:
        first, second = await room.make("polite"), await room.make("good")
        await room.until(first.id, lambda j: j.stage == "training" and j.pid is not None)
        flat = room.jobs._floor
        good = room.store.jobs.put

        async def refuse(*jobs: object) -> None:
            if any(getattr(job, "id", "") == second.id for job in jobs):
                raise sqlite3.OperationalError("database or disk is full")
            await good(*jobs)  # type: ignore[arg-type]

        room.store.jobs.put = refuse  # type: ignore[method-assign,assignment]
        await room.jobs.cancel(first.id)
        await room.until(first.id)
        await room.until(second.id, lambda _: flat._retrying is not None, limit=10)
        assert (await room.jobs.get(second.id)).state is JobState.QUEUED
        room.store.jobs.put = good  # type: ignore[method-assign]
        assert (await room.until(second.id)).state is JobState.DONE
