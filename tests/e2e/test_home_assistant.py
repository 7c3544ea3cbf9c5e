"""A real Home Assistant, a real broker and the app: set up, trained, updated, and each started anew in the middle."""

import asyncio
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from spoken import in_a_room

from tests.addon.mqtt_world import Other
from tests.addon.processes import Outside
from tests.addon.supervisor_double import open_supervisor
from tests.e2e.real_house import House, notice, sent, until
from tests.real.broker import Broker
from tests.real.core import Core
from tests.real.home import Home
from tests.real.network import Network
from tests.real.satellite import Satellite
from trainer.core.audio import write_wav

pytestmark = [pytest.mark.parts, pytest.mark.slow, pytest.mark.voices]
PHRASE, WORD = "hey jarvis", "hey_jarvis"


@pytest.fixture
def inner_broker(network: Network, tmp_path: Path) -> Iterator[Broker]:
    """A broker within the network of the test."""
    folder = tmp_path / "broker"
    folder.mkdir()
    broker = Broker(folder)
    broker.start()
    yield broker
    broker.stop()


async def test_everyday_life(
    network: Network,
    satellite: Satellite,
    inner_broker: Broker,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SCRIPTED_VERDICT", "wins")
    core, clip = Core(tmp_path / "core", network), tmp_path / "clip.wav"
    write_wav(clip, in_a_room(PHRASE))
    about = (
        "--mdns", "--mqtt-host", inner_broker.host, "--mqtt-port", str(inner_broker.port),
        "--mqtt-user", inner_broker.user, "--mqtt-password", inner_broker.password, "--mqtt-discovery", "on",
    )  # fmt: skip
    try:
        async with open_supervisor() as supervisor:
            house = House(tmp_path, core, *about, supervisor=supervisor.url)
            async with house.app() as app:
                await house.install(app)
                core.start()
                async with await core.home() as home:
                    await home.accept("esphome")
                    await home.set_up_mqtt(
                        inner_broker.host, inner_broker.port, inner_broker.user, inner_broker.password
                    )
                    life = Life(house, home, inner_broker, clip.read_bytes())
                    await life.set_up(app)
                    await life.train(app)
                    await life.update(app)
                    job = await life.begin(app)
                core.restart()
                async with await core.home() as home:
                    life.home = home
                    await life.goes_on(app, job)
                    await app.signal(signal.SIGTERM)
                    await life.is_gone()
                    async with house.app() as app:
                        await life.goes_on(app, job)
                        await life.ends(app, job)
    finally:
        core.stop()


class Life:
    """What is seen in Home Assistant, by the integration and by MQTT discovery."""

    def __init__(self, house: House, home: Home, broker: Broker, spoken: bytes) -> None:
        """`spoken`: a recording of the phrase."""
        self.house, self.home, self.broker, self.spoken = house, home, broker, spoken

    async def set_up(self, app: Outside) -> None:
        """A wrong token is told in the form; with the right one both ways show the same."""
        wrong = await self.home.post(
            "config/config_entries/flow", {"handler": "wakesmith", "show_advanced_options": True}
        )
        address = self.house.address | {"token": "no-token-of-any-app"}
        told = await self.home.post(f"config/config_entries/flow/{wrong['flow_id']}", address)
        assert told["errors"] == {"base": "invalid_auth"}, told
        told = await self.home.post(f"config/config_entries/flow/{wrong['flow_id']}", address | {"port": 9})
        assert told["errors"] == {"base": "cannot_connect"}, told
        entry = await self.house.connect(app, self.home)
        assert entry["title"] == "Wakesmith"
        known = await self.home.ask("config_entries/get", domain="wakesmith")
        assert [one["state"] for one in known] == ["loaded"]
        self.id = await self.home.ask("config/entity_registry/list")
        self.id = next(e["unique_id"][:32] for e in self.id if e["platform"] == "wakesmith")
        self.state, self.progress = await self.both("state"), await self.both("progress")
        for entity in self.state:
            await self.home.until(entity, lambda s: s["state"] == "idle")
        listed = await until(app, "satellites", lambda told: any(s["delivery"] == "external" for s in told))
        self.entity, self.satellite = listed[0]["entity"], listed[0]["id"]

    async def both(self, key: str) -> tuple[str, str]:
        """Return an entity of the app's, as the integration has it and as MQTT has it."""
        ours = await self.home.entity("wakesmith", f"{self.id}_{key}")
        return ours, await self.home.entity("mqtt", f"wakesmith_{self.id}_{key}")

    async def begin(self, app: Outside) -> str:
        """Start a training that takes its time."""
        data = {"phrase": PHRASE, "preset": "thorough"}
        answer = await self.home.ask(
            "call_service", domain="wakesmith", service="train", service_data=data, return_response=True
        )
        job = str(answer["response"]["job"])
        for state in self.state:
            await self.home.until(state, lambda s: s["state"] == "training")
        return job

    async def moves(self) -> None:
        """See the progress move, in both ways."""
        for entity in self.progress:
            seen: list[float] = []
            while len(seen) < 3:
                after = seen[-1] if seen else -1.0
                told = await self.home.until(entity, lambda s, after=after: number(s["state"]) > after)
                seen.append(number(told["state"]))

    async def train(self, app: Outside) -> None:
        other = Other(self.broker.port, self.broker.user, self.broker.password)
        job = await self.begin(app)
        count = len(other.heard)
        await asyncio.sleep(5)
        told = [message for message in other.heard[count:] if not message.retained]
        assert 3 <= len(told) <= 10, [message.topic for message in told]
        await self.moves()
        await self.ends(app, job)
        other.close()
        shown = await notice(self.home, f"“{PHRASE}” is ready")
        assert f"](/app/local_wakesmith/model/{WORD}_v1)" in shown["message"]

    async def ends(self, app: Outside, job: str) -> None:
        """Let the training end."""
        (self.house.data / "jobs" / job / "enough").touch()
        await app.until(job, lambda job: job["state"] == "done")
        for state in self.state:
            await self.home.until(state, lambda s: s["state"] == "idle")

    async def update(self, app: Outside) -> None:
        """Each version reaches the satellite by the `update` entity: the first's by the integration, then by MQTT."""
        await app.send("samples", self.spoken, phrase=PHRASE, speaker="me", label="phrase", source="panel")
        ours = await self.home.entity("wakesmith", f"{self.id}_{WORD}_version")
        theirs = await self.home.entity("mqtt", f"wakesmith_{self.id}_{WORD}_update")
        await app.ask("POST", "deployments", 201, json={"model": f"{WORD}_v1", "satellites": [self.satellite]})
        assert (await sent(app, f"{WORD}_v1"))["state"] == "done"
        for version, entity in (("2", ours), ("3", theirs)):
            job = await app.make(PHRASE, preset="standard", recordings=False)
            await app.until(job, lambda job: job["state"] == "done")
            for each in (ours, theirs):
                await self.home.until(
                    each, lambda s, v=version: (s["state"], s["attributes"]["latest_version"]) == ("on", v)
                )
            await self.home.call("update.install", entity)
            assert (await sent(app, f"{WORD}_v{version}"))["state"] == "done"
            for each in (ours, theirs):
                await self.home.until(
                    each, lambda s, v=version: (s["state"], s["attributes"]["installed_version"]) == ("off", v)
                )
            said = await self.home.ask("assist_satellite/get_configuration", entity_id=self.entity)
            assert f"{WORD}_v{version}" in said["active_wake_words"]

    async def goes_on(self, app: Outside, job: str) -> None:
        """The training still runs, and both ways show it, with figures that move."""
        for state in self.state:
            await self.home.until(state, lambda s: s["state"] == "training", 60)
        assert (await app.states())[job] == "running"
        await self.moves()

    async def is_gone(self) -> None:
        for state in self.state:
            await self.home.until(state, lambda s: s["state"] == "unavailable")


def number(state: str) -> float:
    """Return a state as a number; -1 where it is none."""
    try:
        return float(state)
    except ValueError:
        return -1.0
