"""A real Home Assistant hears of the app by a real broker: entities, buttons, restarts of each of the three."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.addon.mqtt_world import Other, until
from tests.real.broker import Broker
from tests.real.core import Core
from tests.real.network import Network

pytestmark = [pytest.mark.asyncio, pytest.mark.parts, pytest.mark.slow]


@pytest.fixture
def inner_broker(network: Network, tmp_path: Path) -> Iterator[Broker]:
    """A broker within the network of the test."""
    folder = tmp_path / "broker"
    folder.mkdir()
    broker = Broker(folder)
    broker.start()
    yield broker
    broker.stop()


async def test_home_assistant_shows_and_steers_the_app(
    core: Core, inner_broker: Broker, open_house: Any, make_result: Any, make_job: Any
) -> None:
    broker = inner_broker
    about = {"mqtt_host": broker.host, "mqtt_port": broker.port, "mqtt_user": broker.user}
    other = Other(broker.port, broker.user, broker.password)
    async with (
        await core.home() as home,
        open_house(**about, mqtt_password=broker.password, mdns=False) as house,
    ):
        await home.set_up_mqtt(broker.host, broker.port, broker.user, broker.password)
        device = f"wakesmith_{house.app.parts.home.identity.id}"
        names = ("state", "queue", "running", "cancel", "event_training")
        entities = {name: await home.entity("mqtt", f"{device}_{name}") for name in names}
        await home.until(entities["state"], lambda s: s["state"] == "idle")
        await home.until(entities["queue"], lambda s: s["state"] == "0")

        await house.app.parts.models.adopt(make_job(), make_result(house.data.parent / "result"))
        update = await home.entity("mqtt", f"{device}_hey_jarvis_update")
        found = await home.until(update, lambda s: s["state"] == "on")
        assert found["attributes"]["latest_version"] == "1"
        assert "hears you 97 times in 100" in found["attributes"]["release_summary"]
        recall = await home.entity("mqtt", f"{device}_hey_jarvis_recall")
        found = await home.until(recall, lambda s: s["state"] == "97.0")
        assert (found["attributes"]["low"], found["attributes"]["model"]) == (90.0, "hey_jarvis_v1")

        train = await home.entity("mqtt", f"{device}_hey_jarvis_train")
        await home.call("button.press", train)
        found = await home.until(entities["state"], lambda s: s["state"] == "training")
        assert found["attributes"]["phrase"] == "hey jarvis"
        await home.until(entities["running"], lambda s: s["state"] == "on")
        await home.call("update.install", update)
        await until(lambda: len(other.on("/answer")) == 2)

        broker.stop()
        await home.until(entities["state"], lambda s: s["state"] == "unavailable")
        broker.start()
        await home.until(entities["state"], lambda s: s["state"] == "training", 60)
        await home.call("button.press", entities["cancel"])
        await home.until(entities["state"], lambda s: s["state"] == "idle")
        event = await home.until(entities["event_training"], lambda s: s["state"] not in ("unknown", "unavailable"))
        assert event["attributes"]["event_type"] == "cancelled"
        assert event["attributes"]["job"].startswith("job_")

    async with open_house(**about, mqtt_password=broker.password, mdns=False) as house:
        core.restart()
        async with await core.home() as home:
            await home.until(entities["state"], lambda s: s["state"] == "idle", 60)
            again = await home.until(entities["event_training"], lambda s: s["state"] == event["state"])
            assert again["attributes"]["event_type"] == "cancelled"  # and not once more
            await house.app.parts.models.delete("hey_jarvis_v1")
            await _gone(home, update)
            await house.app.parts.home.meet("0.1.0")
            house.app.parts.home.changed()  # the integration is set up: what MQTT shows gives way
            await _gone(home, entities["state"])
            await house.app.parts.home.forget()
            await home.until(entities["state"], lambda s: s["state"] == "idle")
    other.close()
    assert "Invalid MQTT" not in core.said()
    assert "violation" not in core.said()
    assert "value_json" not in core.said()  # no template got what it cannot read


async def _gone(home: Any, entity: str) -> None:
    async with asyncio.timeout(30):
        while entity in await home.states():
            await asyncio.sleep(0.1)
