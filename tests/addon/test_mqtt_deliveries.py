"""Publishing and sending over a real broker; and what holds when too much happens, or the database refuses."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiosqlite
import pytest

from addon.announce import announcer as announcing
from addon.announce.session import State
from addon.bus import DeploymentChanged, Gone, JobChanged, PublicationChanged
from addon.fleet import Delivery, Deployment, DeploymentState, Publication, Target, TargetState
from addon.records import JobState
from addon.times import now
from tests.addon.mqtt_world import ID, Other, job, model, until, world

pytestmark = [pytest.mark.asyncio, pytest.mark.parts]

WORD = "word/hey_jarvis"


@pytest.fixture
def other(broker: Any) -> Iterator[Other]:
    client = Other(broker.port, broker.user, broker.password)
    yield client
    client.close()


def versions(other: Other) -> dict[str, Any]:
    return (other.last(WORD) or {"versions": {}})["versions"]


def sent(
    *states: TargetState, state: DeploymentState = DeploymentState.RUNNING, percent: int | None = None
) -> Deployment:
    targets = tuple(
        Target(
            f"s{n}",
            f"Room {n}",
            Delivery.FLASH,
            one,
            percent=None if n else percent,
            message="no answer",
            code="upload",
        )
        for n, one in enumerate(states)
    )
    return Deployment("d1", "hey_jarvis_v2", "send", state, now(), targets)


async def test_a_word_is_published_and_sent(broker: Any, other: Other, tmp_path: Path) -> None:
    done, failed, waiting = TargetState.DONE, TargetState.FAILED, TargetState.WAITING
    async with world(tmp_path, broker) as here:
        await here.happens(model(1), model(2))
        publication = Publication("hey_jarvis", "hey_jarvis_v1", "hey jarvis", now())
        here.bus.publish(PublicationChanged(publication))
        await until(lambda: versions(other).get("installed_version") == "1")
        assert versions(other)["latest_version"] == "2"
        here.bus.publish(PublicationChanged(replace(publication, model="hey_jarvis_v2", previous=("hey_jarvis_v1",))))
        here.bus.publish(DeploymentChanged(sent(TargetState.COMPILING, waiting, percent=50)))
        await until(lambda: versions(other).get("in_progress"))
        assert (versions(other)["installed_version"], versions(other)["update_percentage"]) == (
            "2",
            12,
        )  # half of one of two is built
        here.bus.publish(DeploymentChanged(sent(done, TargetState.UPLOADING, percent=100)))
        here.bus.publish(DeploymentChanged(sent(done, failed, state=DeploymentState.FAILED)))
        here.bus.publish(DeploymentChanged(sent(done, failed, state=DeploymentState.FAILED)))
        await until(lambda: not versions(other)["in_progress"])
        here.bus.publish(Gone("publication", "hey_jarvis"))
        await until(lambda: len(other.on("/announce")) == 5)
        told = [message.value for message in other.on("/announce")]
        assert [one["kind"] for one in told] == ["published", "published", "flashed", "not_flashed", "withdrawn"]
        assert (told[0]["before"], told[1]["before"]) == (None, "hey_jarvis_v1")
        assert (told[2]["satellite"], told[2]["name"], told[2]["why"]) == ("s0", "Room 0", "send")
        assert told[1]["sha256"] == told[2]["sha256"] == "ab" * 32
        assert (told[3]["satellite"], told[3]["code"], told[3]["message"]) == ("s1", "upload", "no answer")
        assert len({one["id"] for one in told}) == 5
        await until(lambda: versions(other)["installed_version"] == "0")


async def test_who_falls_behind_misses_nothing(broker: Any, other: Other, tmp_path: Path) -> None:
    """More states at once than are kept for a listener: what ended meanwhile is found by comparing."""
    async with world(tmp_path, broker) as here:
        await until(lambda: here.state is State.CONNECTED)
        await here.happens(job("job_a"), job("job_b"))
        await until(lambda: (other.last(f"{ID}/training") or {}).get("state") == "training")
        await here.store.jobs.put(job("job_a", JobState.FAILED, code="disk"), job("job_c", JobState.CANCELLED))
        for _ in range(2500):
            here.bus.publish(JobChanged(job("job_b")))
        await until(lambda: len(other.on("/announce")) == 2)
        assert {(m.value["kind"], m.value["job"]) for m in other.on("/announce")} == {
            ("failed", "job_a"), ("cancelled", "job_c"),
        }  # fmt: skip


async def test_a_database_that_refuses_ends_nothing(
    broker: Any, other: Other, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcing, "_MEND_S", 0.2)
    async with world(tmp_path, broker) as here:
        await until(lambda: here.state is State.CONNECTED)
        put, refused = here.store.settings.put, []

        async def refuse(name: str, value: Any) -> None:
            refused.append(name)
            if len(refused) < 3:
                raise aiosqlite.OperationalError("database or disk is full")
            await put(name, value)

        monkeypatch.setattr(here.store.settings, "put", refuse)
        await here.happens(model(1))
        await until(lambda: len(refused) == 3)
        await until(lambda: "hey_jarvis_update" in other.last("/config")["components"])
        await here.happens(job(), job(state=JobState.CANCELLED))
        await until(lambda: other.last("/announce"))
