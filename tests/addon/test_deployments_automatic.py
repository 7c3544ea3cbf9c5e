"""What a training was asked to be sent to is sent when it is done: once, over restarts too."""

import asyncio
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from addon.bus import JobChanged
from addon.errors import Conflict
from addon.fleet import DeploymentState
from addon.records import Job, JobRequest, JobState
from addon.satellites import automatic
from addon.satellites.automatic import Sender
from addon.times import now
from tests.addon.dispatch import HALL, KITCHEN, bench
from tests.addon.scripted_home import external, flashed

pytestmark = pytest.mark.asyncio


def trained(satellites: tuple[str, ...], version: int = 1) -> Job:
    request = JobRequest("hey jarvis", satellites=satellites)
    return Job("job_1", request, JobState.DONE, now(), model=f"hey_jarvis_v{version}")


async def test_a_finished_training_is_sent_where_it_was_asked_to_be(tmp_path: Path) -> None:
    async with bench(tmp_path, external(), flashed(configuration=None)) as b:
        sender = asyncio.create_task(Sender(b.store, b.bus, b.means.roster, b.deployments).run())
        await asyncio.sleep(0)
        job = trained((HALL, KITCHEN, "gone"))
        await b.store.jobs.put(job)
        b.bus.publish(JobChanged(replace(job, state=JobState.RUNNING, model=None)))
        b.bus.publish(JobChanged(job))
        b.bus.publish(JobChanged(job))
        async with asyncio.timeout(5):
            while not (found := await b.deployments.all()):
                await asyncio.sleep(0.01)
        done = await b.ended(found[0])
        assert [(target.satellite, target.state, target.code) for target in done.targets] == [
            (KITCHEN, "done", ""), (HALL, "failed", "not_adopted"), ("gone", "failed", "no_satellite"),
        ]  # fmt: skip
        assert len(await b.deployments.all()) == 1
        sender.cancel()


async def test_what_was_done_while_the_app_was_away_is_sent_at_its_start_and_once(tmp_path: Path) -> None:
    async with bench(tmp_path, external()) as b:
        await b.store.jobs.put(trained((KITCHEN,)))
        for _ in range(2):
            sender = asyncio.create_task(Sender(b.store, b.bus, b.means.roster, b.deployments).run())
            await asyncio.sleep(0.2)
            sender.cancel()
        assert [one.model for one in await b.deployments.all()] == ["hey_jarvis_v1"]


async def test_a_database_that_refuses_is_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(automatic, "PAUSE_S", 0.05, raising=False)
    async with bench(tmp_path, external()) as b:
        await b.store.jobs.put(trained((KITCHEN,)))

        async def refuse(*_states: JobState) -> list[Job]:
            raise sqlite3.OperationalError("disk I/O error")

        with monkeypatch.context() as patch:
            patch.setattr(b.store.jobs, "all", refuse)
            sender = asyncio.create_task(Sender(b.store, b.bus, b.means.roster, b.deployments).run())
            await asyncio.sleep(0.02)
        async with asyncio.timeout(5):
            while not await b.deployments.all():
                await asyncio.sleep(0.01)
        sender.cancel()


async def test_what_the_gate_holds_back_is_seen_among_the_deployments(tmp_path: Path) -> None:
    async with bench(tmp_path, external()) as b:
        b.publisher.refuses = Conflict("it is too deaf", code="quality", values={"recall": 0.5})
        await b.store.jobs.put(trained((KITCHEN,)))
        sender = asyncio.create_task(Sender(b.store, b.bus, b.means.roster, b.deployments).run())
        async with asyncio.timeout(5):
            while not (found := await b.deployments.all()):
                await asyncio.sleep(0.01)
        sender.cancel()
        assert (found[0].state, found[0].targets[0].code) == (DeploymentState.FAILED, "quality")
        assert found[0].targets[0].values == {"recall": 0.5}
