"""A broker that is not there, goes, comes back, refuses; floods; several apps; TLS."""

import asyncio
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from addon.announce.outbox import MOST_TOLD
from addon.announce.session import Patience, State
from addon.bus import JobChanged, JobEvent, PublicationChanged
from addon.fleet import Publication
from addon.records import JobState
from addon.times import now
from tests.addon.mqtt_world import ID, Other, job, model, until, world
from tests.real.broker import Broker
from trainer.events import Metric, Progress, Stage, StageState

pytestmark = [pytest.mark.asyncio, pytest.mark.parts]

ROOT = f"wakesmith/{ID}"
TRAINING = f"{ID}/training"


@pytest.fixture
def other(broker: Any) -> Iterator[Other]:
    client = Other(broker.port, broker.user, broker.password)
    yield client
    client.close()


async def test_a_broker_that_comes_late_is_told_what_is_true_then(broker: Any, tmp_path: Path) -> None:
    broker.stop()
    async with world(tmp_path, broker) as here:
        await here.happens(job(), job("job_2", JobState.QUEUED))
        await asyncio.sleep(0.5)
        assert here.state is State.CONNECTING
        assert "cannot be reached" in here.announcer.status().message
        for done in range(50):
            here.bus.publish(JobEvent("job_1", Progress(done, 100)))
        await here.happens(job("job_2", JobState.CANCELLED))
        broker.start()
        other = Other(broker.port, broker.user, broker.password)
        try:
            await until(lambda: here.state is State.CONNECTED)
            await until(lambda: other.last(TRAINING))
            assert (other.last(TRAINING)["progress"], other.last(TRAINING)["queue"]) == (49, 0)
            assert len(other.on(TRAINING)) == 1  # a mirror, no queue of what was
            await until(lambda: other.last("/announce"))
            assert [message.value["kind"] for message in other.on("/announce")] == ["cancelled"]
        finally:
            other.close()


async def test_a_restart_in_the_middle_of_a_run(broker: Any, other: Other, tmp_path: Path) -> None:
    async with world(tmp_path, broker) as here:
        await here.happens(model(1), job())
        await until(lambda: (other.last(TRAINING) or {}).get("state") == "training")
        broker.stop()
        await until(lambda: here.state is State.CONNECTING)
        here.bus.publish(JobEvent("job_1", Progress(60, 100)))
        await here.happens(model(2), job(state=JobState.DONE, model="hey_jarvis_v2"))
        del other.heard[:]
        broker.start()
        await until(lambda: here.state is State.CONNECTED)
        await until(lambda: (other.last(TRAINING) or {}).get("state") == "idle")
        await until(lambda: other.last("word/hey_jarvis"))
        assert other.last("word/hey_jarvis")["versions"]["latest_version"] == "2"
        await until(lambda: other.last("/config"))
        await until(lambda: other.on("/availability")[-1].payload == b"online")
        await until(lambda: len(other.on("/announce")) == 1, 15)
        await asyncio.sleep(0.5)
        assert [message.value["kind"] for message in other.on("/announce")] == [
            "finished"
        ]  # neither lost nor doubled


async def test_a_broker_that_is_killed_again_and_again(broker: Any, tmp_path: Path) -> None:
    """Things happen all the time, also while it is away: each is told, and told once."""
    async with world(tmp_path, broker) as here:
        told: list[str] = []
        for number in range(4):
            await until(lambda: here.state is State.CONNECTED)
            other = Other(broker.port, broker.user, broker.password)
            await here.happens(job(f"now_{number}"), job(f"now_{number}", JobState.CANCELLED))
            await until(lambda: here.announcer.outbox.waiting == 0)
            await asyncio.sleep(0.2)
            told += [message.value["job"] for message in other.on("/announce")]
            other.close()
            broker.kill()
            await here.happens(job(f"late_{number}"), job(f"late_{number}", JobState.CANCELLED))
            broker.start()
        assert told == ["now_0", "late_0", "now_1", "late_1", "now_2", "late_2", "now_3"]


async def test_a_wrong_password_is_told_and_not_tried_again_and_again(broker: Any, tmp_path: Path) -> None:
    async with world(tmp_path, broker, password="wrong") as here:
        await until(lambda: here.state is State.REFUSED)
        status = here.announcer.status()
        assert "does not let us in: Not authorized" in status.message
        assert status.address == f"mqtt://127.0.0.1:{broker.port}"
        assert "wrong" not in status.message
        await asyncio.sleep(1.2)
        assert (
            1 <= broker.said().count("not authorised") <= 5
        )  # every half second here, every five minutes in a house
    assert Patience().refused_s >= 60


async def test_ten_thousand_commands(broker: Any, other: Other, tmp_path: Path) -> None:
    async with world(tmp_path, broker) as here:
        await until(lambda: here.state is State.CONNECTED)
        for number in range(10_000):
            other.say(f"{ROOT}/command", {"id": f"c{number}", "action": "cancel"})
        await until(lambda: any(m.value["id"] == "c9999" for m in other.on("/command")), 60)
        began = time.monotonic()
        await here.happens(job())
        await until(lambda: (other.last(TRAINING) or {}).get("state") == "training")
        assert time.monotonic() - began < 5  # it goes on meanwhile
        assert 10 <= len(here.done) < 60
        answers = [message.value for message in other.on("/answer")]
        assert len(answers) < 100  # nor is there a flood of answers
        assert {a["error"]["code"] for a in answers if not a["ok"]} == {"too_many"}
        await asyncio.sleep(2.0)
        other.say(f"{ROOT}/command", {"id": "after", "action": "cancel"})
        await until(lambda: any(m.value["id"] == "after" and m.value["ok"] for m in other.on("/answer")))


async def test_ten_thousand_messages_while_nobody_is_connected(broker: Any, tmp_path: Path) -> None:
    broker.stop()
    async with world(tmp_path, broker) as here:
        await here.happens(job())
        for number in range(10_000):
            here.bus.publish(JobEvent("job_1", Metric(number, {"loss": 0.1})))
            here.bus.publish(JobEvent("job_1", Progress(number, 10_000)))
            if number % 20 == 0:
                await here.store.jobs.put(ended := job(f"job_x{number}", JobState.CANCELLED))
                here.bus.publish(JobChanged(ended))
        await until(lambda: here.announcer.outbox.lost > 0)
        await asyncio.sleep(0.3)
        assert here.announcer.outbox.waiting <= MOST_TOLD + 10
        broker.start()
        other = Other(broker.port, broker.user, broker.password)
        try:
            await until(lambda: here.state is State.CONNECTED)
            await until(lambda: (other.last(TRAINING) or {}).get("progress") == 99)
            await until(lambda: here.announcer.outbox.waiting == 0)
            await until(
                lambda: any(m.value["job"] == "job_x9980" for m in other.on("/announce"))
            )  # the newest are kept
            assert len(other.on("/announce")) <= MOST_TOLD
        finally:
            other.close()


async def test_a_long_training_is_no_flood(broker: Any, other: Other, tmp_path: Path) -> None:
    async with world(tmp_path, broker) as here:
        await here.happens(job())
        await until(lambda: (other.last(TRAINING) or {}).get("state") == "training")
        del other.heard[:]
        began = time.monotonic()
        number = 0
        while time.monotonic() - began < 4:
            for _ in range(20):
                number += 1
                here.bus.publish(JobEvent("job_1", Progress(number, 4000, eta_s=4000 - number)))
            if number % 400 == 0:
                here.bus.publish(JobEvent("job_1", Stage(f"stage_{number}", StageState.RUNNING)))
            await asyncio.sleep(0.02)
        times = [message.at for message in other.heard]
        assert number > 1000
        assert 2 <= len(times) <= 6
        assert all(sum(t <= u < t + 1 for u in times) <= 2 for t in times)


async def test_the_end_of_a_training_is_no_flood(broker: Any, other: Other, tmp_path: Path) -> None:
    """All at once: the training ends, its word is new and published, the next training begins and fails."""
    async with world(tmp_path, broker) as here:
        await here.happens(job())
        await until(lambda: (other.last(TRAINING) or {}).get("state") == "training")
        await asyncio.sleep(1.2)
        del other.heard[:]
        for number in range(20):
            here.bus.publish(JobEvent("job_1", Progress(number, 20)))
            await asyncio.sleep(0.02)
        await here.happens(model(1), job(state=JobState.DONE, model="hey_jarvis_v1"))
        here.bus.publish(PublicationChanged(Publication("hey_jarvis", "hey_jarvis_v1", "hey jarvis", now())))
        await here.happens(job("job_2"), job("job_2", JobState.FAILED, code="disk", message="the disk is full"))
        other.say(f"{ROOT}/command", {"id": "beside", "action": "cancel"})
        await until(lambda: other.last("/answer"), 1.0)  # who asks is answered at once
        await until(lambda: here.announcer.outbox.waiting == 0)
        await asyncio.sleep(0.2)
    told = [message.value["kind"] for message in other.on("/announce")]
    assert told == ["finished", "published", "failed"]
    assert other.last(TRAINING)["state"] == "idle"
    assert other.last("word/hey_jarvis")["versions"]["installed_version"] == "1"
    assert "hey_jarvis_update" in other.last("/config")["components"]
    beside = ("/command", "/answer", "/availability")
    times = [message.at for message in other.heard if not message.topic.endswith(beside)]
    assert 6 <= len(times) <= 10
    assert all(sum(t <= u < t + 1 for u in times) <= 2 for t in times)


async def test_two_apps_at_one_broker(broker: Any, other: Other, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    async with world(tmp_path / "one", broker, "1" * 16) as one, world(tmp_path / "two", broker, "2" * 16) as two:
        await until(lambda: one.state is two.state is State.CONNECTED)
        await one.happens(job())
        await until(lambda: (other.last("1111/training") or {}).get("state") == "training")
        other.say(f"wakesmith/{'2' * 16}/command", {"action": "cancel"})
        await until(lambda: two.done)
        await asyncio.sleep(0.3)
        assert one.done == []
        assert other.last("2222/training")["state"] == "idle"
        assert one.state is two.state is State.CONNECTED
        devices = {m.topic for m in other.on("/config")}
        assert devices == {f"homeassistant/device/wakesmith_{c * 16}/config" for c in "12"}


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority of our own, and the broker's certificate for 127.0.0.1."""
    folder = tmp_path_factory.mktemp("certificates")
    about = ["-newkey", "rsa:2048", "-nodes", "-days", "2"]

    def make(*words: str) -> None:
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)

    make("req", "-x509", *about, "-subj", "/CN=an authority", "-keyout", "ca.key", "-out", "ca.crt")
    make("req", *about, "-subj", "/CN=broker", "-keyout", "broker.key", "-out", "broker.csr")
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1\n")
    signing = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "names"]
    make("x509", "-req", "-in", "broker.csr", *signing, "-out", "broker.crt")
    return folder


@pytest.fixture
def safe_broker(certificates: Path, tmp_path: Path) -> Iterator[Broker]:
    folder = tmp_path / "safe"
    folder.mkdir()
    lines = [f"{option} {certificates / name}" for option, name in
             (("cafile", "ca.crt"), ("certfile", "broker.crt"), ("keyfile", "broker.key"))]  # fmt: skip
    broker = Broker(folder, *lines)
    broker.start()
    yield broker
    broker.stop()


@pytest.mark.parametrize(
    ("about", "state", "words"),
    [
        ({"ca": "ca.crt"}, State.CONNECTED, ""),
        ({"insecure": True}, State.CONNECTED, ""),
        ({}, State.REFUSED, "is not trusted"),
        ({"ca": "broker.key"}, State.CONNECTING, "cannot be reached"),
        ({"ca": "nothing.crt"}, State.CONNECTING, "there is no file"),
    ],
)
async def test_tls(
    safe_broker: Broker, certificates: Path, tmp_path: Path, about: dict[str, Any], state: State, words: str
) -> None:
    paths = {key: str(certificates / value) if key == "ca" else value for key, value in about.items()}
    async with world(tmp_path, safe_broker, tls=True, **paths) as here:
        await until(lambda: here.state is state and words in here.announcer.status().message)
        assert here.announcer.status().address.startswith("mqtts://")


async def test_a_broker_that_says_nothing_is_left(tmp_path: Path) -> None:
    """Something listens that is no broker."""
    server = await asyncio.start_server(lambda _r, _w: asyncio.sleep(60), "127.0.0.1", 0)

    class Silent:
        port, user, password = server.sockets[0].getsockname()[1], "", ""

    async with world(tmp_path, Silent()) as here:
        await until(lambda: "cannot be reached" in here.announcer.status().message, 20)
    server.close()
