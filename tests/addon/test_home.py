"""How the app and Home Assistant are connected, as the panel reads it and acts on it."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from tests.addon.integration_double import HELLO, connected, until

pytestmark = pytest.mark.asyncio


async def home_of(house: Any) -> dict[str, Any]:
    async with house.browser.get(house.api("home")) as response:
        assert response.status == 200
        return dict(await response.json())


async def test_alone_there_is_nothing(open_house: Any) -> None:
    async with open_house() as house:
        told = await home_of(house)
        assert (told["supervised"], told["folder"], told["panel"], told["dashboard"]) == (False, False, None, False)
        assert told["mqtt"]["state"] == "off"
        assert told["esphome"]["state"] == "absent"
        assert told["integration"]["installed"] is False
        assert told["integration"]["offered"]
        async with house.browser.post(house.api("home/integration")) as response:
            assert (response.status, (await response.json())["error"]["code"]) == (503, "no_home")


async def test_the_integration_is_installed_and_removed(open_house: Any, tmp_path: Path) -> None:
    (tmp_path / "ha").mkdir()
    async with open_house(homeassistant=str(tmp_path / "ha")) as house:
        events = await house.browser.ws_connect(house.api("events"))
        snapshot = await until(events, "snapshot")
        assert snapshot["home"]["integration"]["installed"] is False
        async with house.browser.post(house.api("home/integration")) as response:
            told = await response.json()
        assert response.status == 200, told
        ours = told["integration"]
        assert (ours["installed"], ours["version"], ours["needs_restart"]) == (True, ours["offered"], True)
        assert (await until(events, "home"))["home"] == told
        manifest = tmp_path / "ha/custom_components/wakesmith/manifest.json"
        assert json.loads(manifest.read_text())["version"] == ours["version"]
        async with house.browser.delete(house.api("home/integration")) as response:
            assert response.status == 204
        assert not manifest.parent.exists()
        assert (await until(events, "home"))["home"]["integration"]["installed"] is False
        async with house.browser.delete(house.api("home/integration")) as response:
            assert response.status == 404


async def test_home_assistant_is_restarted_when_it_runs_another_version(open_house: Any, tmp_path: Path) -> None:
    (tmp_path / "ha").mkdir()
    async with open_house(homeassistant=str(tmp_path / "ha")) as house:
        async with house.browser.post(house.api("home/integration")) as response:
            offered = (await response.json())["integration"]["offered"]
        async with connected(house):  # an older one: 1.0.0
            told = (await home_of(house))["integration"]
            assert (told["linked"], told["linked_version"], told["home_assistant"]) == (True, "1.0.0", "2026.11.0")
            assert told["needs_restart"] is True
            async with house.browser.delete(house.api("home/integration")) as response:
                assert (await response.json())["error"]["code"] == "integration_used"
        async with house.browser.ws_connect(house.link("link"), headers=house.token) as socket:
            await socket.send_json(HELLO | {"version": offered})
            await until(socket, "snapshot")
            assert (await home_of(house))["integration"]["needs_restart"] is False
        async with asyncio.timeout(5):
            while (await home_of(house))["integration"]["linked"]:
                await asyncio.sleep(0.01)
        told = (await home_of(house))["integration"]
        assert (told["set_up"], told["needs_restart"]) == (True, False), "it met Home Assistant before"
        async with house.browser.delete(house.api("home/integration")) as response:
            assert response.status == 204
        assert (await home_of(house))["integration"]["set_up"] is False, "what is not there connects no more"


async def test_what_was_loaded_needs_no_restart_before_it_is_set_up(open_house: Any, tmp_path: Path) -> None:
    (tmp_path / "ha").mkdir()
    async with open_house(homeassistant=str(tmp_path / "ha")) as house:
        async with house.browser.post(house.api("home/integration")) as response:
            assert response.status == 200
        (tmp_path / "ha/custom_components/wakesmith/__pycache__").mkdir()  # Home Assistant imported it
        assert (await home_of(house))["integration"]["needs_restart"] is False


async def test_others_say_where_they_stand(open_house: Any) -> None:
    async with open_house() as house:
        home = house.app.parts.home
        events = await house.browser.ws_connect(house.api("events"))
        await until(events, "snapshot")
        home.tell_mqtt = lambda: {"state": "connected", "message": "", "address": "mqtt://core-mosquitto:1883"}
        home.has_dashboard = lambda: True
        home.changed()
        told = (await until(events, "home"))["home"]
        assert (told["mqtt"]["state"], told["dashboard"]) == ("connected", True)
