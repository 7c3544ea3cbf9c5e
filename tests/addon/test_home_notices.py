"""Notifications reach Home Assistant once, and are taken away again, over the real link."""

import asyncio
import dataclasses
import sqlite3
from typing import Any

import pytest

from addon.bus import JobChanged
from addon.homeassistant import notices
from addon.records import Job, JobRequest, JobState
from tests.addon.integration_double import asked, connected

pytestmark = pytest.mark.asyncio
FAILED = Job("job_1", JobRequest("hey jarvis"), JobState.FAILED, "2026-01-01T00:00:00.000Z", message="It broke.")


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notices, "_CALM_S", 0.01)


async def change(house: Any, job: Job) -> None:
    await house.app.parts.store.jobs.put(job)
    house.app.parts.bus.publish(JobChanged(job))


async def told(socket: Any, answer: str = "answer") -> tuple[str, dict[str, Any]]:
    """The next question about a notification, answered."""
    return await asked(socket, "notify", "dismiss", answer=answer)


async def silent(socket: Any, seconds: float = 0.3) -> bool:
    """Whether no notification is asked for, for some time."""
    try:
        async with asyncio.timeout(seconds):
            await told(socket)
    except TimeoutError:
        return True
    return False


async def begun(house: Any) -> None:
    async with asyncio.timeout(5):
        while "notices" not in await house.app.parts.store.settings.all():
            await asyncio.sleep(0.01)


async def test_a_failure_is_told_and_taken_back(open_house: Any) -> None:
    async with open_house() as house:
        await begun(house)
        async with connected(house) as socket:
            await change(house, FAILED)
            what, params = await told(socket)
            assert (what, params["tag"], params["page"]) == ("notify", "job_job_1", "job/job_1")
            assert params["title"] == "Training “hey jarvis” failed"
            assert params["message"] == "It broke."
            await change(house, dataclasses.replace(FAILED, state=JobState.QUEUED, attempt=1))
            assert await told(socket) == ("dismiss", {"tag": "job_job_1"})
            await change(house, dataclasses.replace(FAILED, attempt=2))
            assert (await told(socket))[0] == "notify"


async def test_it_is_told_once_over_reconnects_and_restarts(open_house: Any) -> None:
    async with open_house() as house:
        await begun(house)
        await change(house, FAILED)  # nobody is there
        async with connected(house) as socket:
            assert (await told(socket))[0] == "notify"
            await change(house, FAILED)
            assert await silent(socket)
        async with connected(house) as socket:
            assert await silent(socket)
    async with open_house() as house, connected(house) as socket:
        assert await silent(socket)


async def test_what_was_not_told_before_a_restart_is_told_after_it(open_house: Any) -> None:
    async with open_house() as house:
        await begun(house)
        await change(house, FAILED)
    async with open_house() as house, connected(house) as socket:
        assert (await told(socket))[0] == "notify"


async def test_what_was_there_before_is_not_told(open_house: Any) -> None:
    async with open_house() as house:
        await begun(house)
        await house.app.parts.store.jobs.put(FAILED)
        await house.app.parts.store.settings.delete("notices")
    async with open_house() as house, connected(house) as socket:
        assert await silent(socket)


async def test_what_home_assistant_refuses_is_not_asked_again(open_house: Any) -> None:
    async with open_house() as house:
        await begun(house)
        async with connected(house) as socket:
            await change(house, FAILED)
            assert (await told(socket, "refused"))[0] == "notify"
            await change(house, FAILED)
            assert await silent(socket)


async def test_it_speaks_home_assistants_language(open_house: Any) -> None:
    async with open_house() as house:
        await begun(house)
        async with connected(house, language="de") as socket:
            await change(house, FAILED)
            assert (await told(socket))[1]["title"] == "Das Training von „hey jarvis“ ist fehlgeschlagen"


async def test_a_database_that_refuses_is_asked_again(open_house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notices, "_PAUSE_S", 0.05, raising=False)

    async def refuse() -> list[Any]:
        raise sqlite3.OperationalError("disk I/O error")

    async with open_house() as house:
        await begun(house)
        async with connected(house) as socket:
            with monkeypatch.context() as patch:
                patch.setattr(house.app.parts.store.publications, "all", refuse)
                await change(house, FAILED)
                await asyncio.sleep(0.1)
            assert (await told(socket))[1]["tag"] == "job_job_1"
