"""A broker's other clients, and an announcer with a store of its own, for tests of what is said over MQTT."""

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from addon.announce.announcer import Announcer, Surroundings
from addon.announce.mqtt import Broker
from addon.announce.outbox import Outbox
from addon.announce.session import Patience, State
from addon.bus import Bus, JobChanged, ModelChanged
from addon.records import Job, JobRequest, JobState, Model
from addon.store import Store
from addon.times import now

QUICK = Patience(first_s=0.05, most_s=0.4, refused_s=0.5, off_s=0.1)
ID = "0123456789abcdef"


@dataclass(frozen=True)
class Heard:
    topic: str
    payload: bytes
    retained: bool
    at: float

    @property
    def value(self) -> Any:
        return json.loads(self.payload) if self.payload else None


class Other:
    """Another client of the broker, that hears everything; it comes back by itself."""

    def __init__(self, port: int, user: str, password: str, topics: tuple[str, ...] = ("#",)) -> None:
        self.heard: list[Heard] = []
        self._client = Client(CallbackAPIVersion.VERSION2)
        self._client.username_pw_set(user, password)
        self._client.reconnect_delay_set(1, 1)
        self._client.max_inflight_messages_set(500)
        self._client.on_connect = lambda c, *_: c.subscribe([(topic, 1) for topic in topics])
        self._client.on_message = self._hear
        hears = threading.Event()
        self._client.on_subscribe = lambda *_: hears.set()
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        assert hears.wait(10)

    def _hear(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        self.heard.append(Heard(message.topic, message.payload, message.retain, time.monotonic()))

    def on(self, ending: str) -> list[Heard]:
        return [message for message in self.heard if message.topic.endswith(ending)]

    def last(self, ending: str) -> Any:
        found = self.on(ending)
        return found[-1].value if found else None

    def say(self, topic: str, value: Any, retain: bool = False) -> None:
        payload = value if isinstance(value, bytes) else json.dumps(value).encode()
        self._client.publish(topic, payload, qos=1, retain=retain)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


async def until(true: Callable[[], Any], seconds: float = 10.0) -> Any:
    """Wait until it is true and return it."""
    async with asyncio.timeout(seconds):
        while not (found := true()):
            await asyncio.sleep(0.01)
    return found


def job(ident: str = "job_1", state: JobState = JobState.RUNNING, **changes: Any) -> Job:
    return replace(Job(ident, JobRequest("hey jarvis"), state, now()), **changes)


def model(version: int = 1, word: str = "hey_jarvis", **changes: Any) -> Model:
    about = {
        "phrase": word.replace("_", " "),
        "language": "en",
        "created": now(),
        "size": 100,
        "cutoff": 200,
        "window": 5,
    }
    figures = {
        "recall": 0.97,
        "recall_low": 0.941,
        "false_accepts_high": 0.25,
        "summary": "hears you 97 times in 100",
    }
    return Model(f"{word}_v{version}", word, version, **(about | figures | changes))


@dataclass
class World:
    """An announcer and what surrounds it.

    Attributes:
        done: commands that were carried out.
    """

    announcer: Announcer
    store: Store
    bus: Bus
    held: list[bool]
    done: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    @property
    def state(self) -> State:
        return self.announcer.status().state

    async def happens(self, *records: Job | Model) -> None:
        for record in records:
            if isinstance(record, Job):
                await self.store.jobs.put(record)
                self.bus.publish(JobChanged(record))
            else:
                await self.store.models.put(record)
                self.bus.publish(ModelChanged(record))


@asynccontextmanager
async def world(
    folder: Path, broker: Any, ident: str = ID, outbox: Outbox | None = None, **changes: Any
) -> AsyncIterator[World]:
    """Run an announcer against a broker; `changes`: of how it connects."""
    about = {"host": "127.0.0.1", "port": broker.port, "user": broker.user, "password": broker.password} | changes
    found = Broker(**about)

    async def find() -> Broker:
        return found

    async def describe(model: str) -> dict[str, Any]:
        return {"size": 100, "sha256": "ab" * 32}

    async with await Store.open(folder / "wakesmith.db") as store:
        bus, held = Bus(), [False]
        done: list[tuple[str, dict[str, Any]]] = []

        async def note(values: dict[str, Any]) -> dict[str, Any]:
            done.append(("cancel", values))
            return {"job": "job_1"}

        around = Surroundings(find, store.jobs.all, describe, held_back=lambda: held[0])
        outbox = outbox or Outbox(grace_s=1.5)
        announcer = Announcer(ident, "0.1.0", store, bus, around, {"cancel": note}, QUICK, outbox)
        await announcer.start()
        try:
            yield World(announcer, store, bus, held, done)
        finally:
            await announcer.stop()
