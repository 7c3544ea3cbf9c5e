"""What Supervisor is asked, and what the app makes of its answers and of its silence."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from addon.errors import Unavailable
from addon.homeassistant.supervisor import Place, Supervisor, find_supervisor, insist
from tests.addon.supervisor_double import MQTT, TOKEN, open_supervisor

pytestmark = pytest.mark.asyncio


async def test_the_app_knows_its_place() -> None:
    async with open_supervisor() as double:
        place = await Supervisor(TOKEN, double.url).place()
    assert place == Place("local_wakesmith", "local-wakesmith")
    assert place.panel == "/app/local_wakesmith"


async def test_the_broker_is_found_where_there_is_one() -> None:
    async with open_supervisor() as double:
        supervisor = Supervisor(TOKEN, double.url)
        assert await supervisor.mqtt() == MQTT
        double.broker = False
        assert await supervisor.mqtt() is None
    assert await supervisor.mqtt() is None, "it is not there at all"


async def test_home_assistant_is_told_once_and_again_when_it_changes() -> None:
    config = {"host": "local-wakesmith", "port": 8097, "token": "t"}
    async with open_supervisor() as double:
        supervisor = Supervisor(TOKEN, double.url)
        first = await supervisor.announce(config)
        assert await supervisor.announce(config) == first
        assert double.pushed == 1
        assert await supervisor.announce(config | {"token": "u"}) == first
        assert double.pushed == 2
        assert double.messages["wakesmith"]["config"]["token"] == "u"


@pytest.mark.parametrize("path", ["/core/info", "/store", "/addons/self/security"])
async def test_what_may_not_be_asked_is_said(path: str) -> None:
    async with open_supervisor() as double:
        with pytest.raises(Unavailable) as caught:
            await Supervisor(TOKEN, double.url).ask("GET", path)
    assert caught.value.code == "supervisor"


async def test_a_wrong_token_is_said() -> None:
    async with open_supervisor() as double:
        with pytest.raises(Unavailable, match="/addons/self/info"):
            await Supervisor("wrong", double.url).place()


async def test_it_is_tried_until_it_is_done(monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    waits: list[float] = []
    sleep = asyncio.sleep

    async def quickly(seconds: float) -> None:
        waits.append(seconds)
        await sleep(0)

    monkeypatch.setattr("addon.homeassistant.supervisor.asyncio.sleep", quickly)
    async with open_supervisor(failing=10) as double:
        place = await insist(Supervisor(TOKEN, double.url).place)
        assert place.slug == "local_wakesmith"
    assert [w for w in waits if w > 0][:9] == [2, 4, 8, 16, 32, 64, 128, 256, 300]
    assert len([r for r in caplog.records if r.levelname == "WARNING"]) == 1, "one line in the log, not hundreds"


async def test_the_token_is_supervisors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUPERVISOR_TOKEN", raising=False)
    assert find_supervisor() is None
    monkeypatch.setenv("SUPERVISOR_TOKEN", "abc")
    found = find_supervisor()
    assert found == Supervisor("abc", "http://supervisor")
    assert "abc" not in repr(found)


async def settle(good: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not good():
            await asyncio.sleep(0.01)


async def test_the_running_app_introduces_itself(open_house: Any) -> None:
    async with open_supervisor() as double, open_house(supervisor=Supervisor(TOKEN, double.url)) as house:
        home = house.app.parts.home
        await settle(lambda: double.messages)
        told = double.messages["wakesmith"]["config"]
        assert told == {"host": "local-wakesmith", "port": house.app.link.port, "token": home.identity.token}
        async with house.browser.get(house.api("home")) as response:
            assert (await response.json())["panel"] == "/app/local_wakesmith"


async def test_home_assistant_is_told_while_the_integration_is_there(
    open_house: Any, tmp_path: Path, unused_tcp_port: int
) -> None:
    (tmp_path / "ha").mkdir()
    async with open_supervisor() as double:
        supervisor = Supervisor(TOKEN, double.url)
        choices = {"supervisor": supervisor, "homeassistant": str(tmp_path / "ha"), "link_port": unused_tcp_port}
        async with open_house(**choices) as house:
            await settle(lambda: house.app.parts.home.place)
            await asyncio.sleep(0.1)
            assert not double.messages, "it would look for an integration that it does not know"
            async with house.browser.post(house.api("home/integration")) as response:
                assert response.status == 200
            await settle(lambda: double.messages)
        async with open_house(**choices) as house:
            await settle(lambda: double.asked.count("POST /discovery") == 2)
            assert double.pushed == 1, "nothing is new to it"
        async with open_house(**choices) as house:
            async with house.browser.delete(house.api("home/integration")) as response:
                assert response.status == 204
            await settle(lambda: not double.messages)


async def test_a_silent_supervisor_stops_nothing(open_house: Any, unused_tcp_port: int) -> None:
    nobody = Supervisor(TOKEN, f"http://127.0.0.1:{unused_tcp_port}")
    async with open_house(supervisor=nobody) as house, house.browser.get(house.api("home")) as response:
        assert (response.status, (await response.json())["panel"]) == (200, None)
