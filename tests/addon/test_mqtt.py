"""What Home Assistant and other programs are told, by a real broker."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from addon.announce.session import State
from addon.bus import Gone, HomeChanged, JobEvent
from addon.records import JobState
from tests.addon.mqtt_world import ID, Other, job, model, until, world
from trainer.events import Progress, Stage, StageState

pytestmark = [pytest.mark.asyncio, pytest.mark.parts]

ROOT = f"wakesmith/{ID}"
TRAINING = f"{ID}/training"


@pytest.fixture
def other(broker: Any) -> Iterator[Other]:
    client = Other(broker.port, broker.user, broker.password)
    yield client
    client.close()


async def test_a_device_with_its_states(broker: Any, other: Other, tmp_path: Path) -> None:
    async with world(tmp_path, broker) as here:
        await until(lambda: here.state is State.CONNECTED)
        await until(lambda: other.on("/availability"))
        assert other.on("/availability")[-1].payload == b"online"
        await until(lambda: other.last("/config"))
        found = other.last("/config")
        assert found["device"]["identifiers"] == [f"wakesmith_{ID}"]
        assert found["origin"]["name"] == "wakesmith"
        assert found["components"]["progress"]["state_topic"] == f"{ROOT}/training"
        await until(lambda: other.last(TRAINING))
        assert other.last(TRAINING) == {
            "state": "idle", "stage": None, "progress": None, "time_left": None, "phrase": None, "job": None,
            "queue": 0,
        }  # fmt: skip

        await here.happens(job(), job("job_2", JobState.QUEUED))
        here.bus.publish(JobEvent("job_1", Stage("training", StageState.RUNNING)))
        here.bus.publish(JobEvent("job_1", Progress(30, 120, eta_s=301.0)))
        await until(lambda: (other.last(TRAINING) or {}).get("progress") == 25)
        assert other.last(TRAINING) == {
            "state": "training", "stage": "training", "progress": 25, "time_left": 300, "phrase": "hey jarvis",
            "job": "job_1", "queue": 1,
        }  # fmt: skip
    await until(lambda: other.on("/availability")[-1].payload == b"offline")


async def test_a_word_comes_and_goes(broker: Any, other: Other, tmp_path: Path) -> None:
    async with world(tmp_path, broker) as here:
        await until(lambda: other.last("/config"))
        assert "hey_jarvis_update" not in other.last("/config")["components"]
        await here.happens(model(1), model(2))
        await until(lambda: other.last("word/hey_jarvis"))
        assert other.last("word/hey_jarvis")["versions"] == {
            "installed_version": "0", "latest_version": "2", "title": "hey jarvis", "in_progress": False,
            "update_percentage": None, "release_summary": "hears you 97 times in 100",
        }  # fmt: skip
        assert other.last("word/hey_jarvis")["quality"] == {
            "model": "hey_jarvis_v2", "recall": 97.0, "recall_low": 94.1, "false_accepts_high": 0.25,
        }  # fmt: skip
        await until(lambda: "hey_jarvis_update" in other.last("/config")["components"])
        for ident in ("hey_jarvis_v1", "hey_jarvis_v2"):
            here.bus.publish(Gone("model", ident))
        await until(lambda: other.last("/config")["components"]["hey_jarvis_update"] == {"platform": "update"})
        await until(lambda: other.on("word/hey_jarvis")[-1].payload == b"")


async def test_what_happened_is_told_once(broker: Any, other: Other, tmp_path: Path) -> None:
    async with world(tmp_path, broker) as here:
        await until(lambda: here.state is State.CONNECTED)
        await here.happens(job(), model(1), job(state=JobState.DONE, model="hey_jarvis_v1"))
        await here.happens(job(state=JobState.DONE, model="hey_jarvis_v1"))  # the same again
        await here.happens(job("job_2"), job("job_2", JobState.FAILED, code="disk", message="the disk is full"))
        await until(lambda: len(other.on("/announce")) == 2)
        await asyncio.sleep(0.3)
        told = [message.value for message in other.on("/announce")]
        assert [one["kind"] for one in told] == ["finished", "failed"]
        assert told[0] | {"id": "", "at": ""} == {
            "id": "", "at": "", "kind": "finished", "job": "job_1", "phrase": "hey jarvis", "model": "hey_jarvis_v1",
            "word": "hey_jarvis", "version": "1", "size": 100, "sha256": "ab" * 32,
        }  # fmt: skip
        assert (told[1]["code"], told[1]["message"]) == ("disk", "the disk is full")
        assert not any(message.retained for message in other.on("/announce"))


async def test_the_device_is_held_back_while_the_integration_is_there(
    broker: Any, other: Other, tmp_path: Path
) -> None:
    async with world(tmp_path, broker) as here:
        await until(lambda: other.last("/config"))
        here.held[0] = True
        here.bus.publish(HomeChanged({}))
        await until(lambda: other.on("/config")[-1].payload == b"")
        count = len(other.on("/config"))
        await here.happens(job(), job(state=JobState.CANCELLED))
        await until(lambda: other.last("/announce"))  # other programs are told all the same
        other.say("homeassistant/status", b"online")
        await asyncio.sleep(1.2)
        assert len(other.on("/config")) == count  # it is taken away once
        here.held[0] = False
        here.bus.publish(HomeChanged({}))
        await until(lambda: other.last("/config"))


async def test_home_assistant_that_begins_anew_is_told_anew(broker: Any, other: Other, tmp_path: Path) -> None:
    async with world(tmp_path, broker) as here:
        await here.happens(model(1))
        await until(lambda: len(other.on("word/hey_jarvis")) == 1)
        await until(lambda: "hey_jarvis_update" in other.last("/config")["components"])
        count = len(other.on("/config"))
        await asyncio.sleep(1.0)
        other.say("homeassistant/status", b"online")
        await until(lambda: len(other.on("/config")) == count + 1 and len(other.on("word/hey_jarvis")) == 2)
