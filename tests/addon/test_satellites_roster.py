"""The list of satellites: asked for when Home Assistant says so, told when it changed, kept when it left."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from addon.bus import Bus, SatellitesChanged
from addon.errors import Conflict, Invalid, NotFound
from addon.satellites.configurations import read_configurations
from addon.satellites.roster import TELL_S, Roster
from tests.addon.conftest import Opener
from tests.addon.scripted_home import Declined, ScriptedHome, external, flashed

pytestmark = pytest.mark.asyncio
CORPUS = Path(__file__).with_name("esphome_yaml")
KITCHEN = "aabbccddee01"
SENSITIVITY = {
    "entity": "select.kitchen_hey_jarvis_sensitivity", "word": "hey_jarvis",
    "options": ["low", "high"], "option": "low",
}  # fmt: skip


@asynccontextmanager
async def roster(home: ScriptedHome, bus: Bus, **how: Any) -> AsyncIterator[Roster]:
    found = Roster(bus, home.link, mdns=False, **{"folder": True, **how})
    await found.start()
    try:
        yield found
    finally:
        await found.stop()


async def test_it_is_told_when_it_changed_and_only_then_and_not_too_often() -> None:
    home, bus = ScriptedHome(external()), Bus()
    home.connect()
    async with bus.listen() as messages, roster(home, bus) as found:
        first = (await messages.take())[0]
        assert isinstance(first, SatellitesChanged)
        assert [one.id for one in first.satellites] == [KITCHEN]
        told = 0
        begun = asyncio.get_running_loop().time()
        for number in range(30):
            home.change(KITCHEN, room=f"Room {number}")
            await asyncio.sleep(0.05)
            told += len(messages) and len(await messages.take())
        passed = asyncio.get_running_loop().time() - begun
        assert 1 <= told <= passed / TELL_S + 1
        await asyncio.sleep(2.5 * TELL_S)
        assert found.get(KITCHEN).room == "Room 29"
        assert len(messages) == 1
        await messages.take()
        await found.refresh()
        await asyncio.sleep(2 * TELL_S)
        assert len(messages) == 0, "nothing is other than it was"


async def test_what_was_told_is_kept_and_dated_while_home_assistant_is_away() -> None:
    home = ScriptedHome(external(), flashed())
    home.connect()
    async with roster(home, Bus()) as found:
        await found.refresh()
        assert {one.as_of for one in found.all()} == {None}
        home.leave()
        away = found.get(KITCHEN)
        assert away.as_of is not None
        assert (away.delivery, away.code, away.online) == ("none", "no_integration", None)
        assert (await found.refresh())[0].as_of == away.as_of
        home.connect()
        assert found.get(KITCHEN).as_of is None


async def test_an_answer_that_is_refused_leaves_the_list_as_it_was() -> None:
    home = ScriptedHome(external())
    home.connect()
    async with roster(home, Bus()) as found:
        await found.refresh()

        async def refuse(_params: dict[str, Any]) -> dict[str, Any]:
            raise Declined("busy", "Home Assistant starts")

        home.answers["satellites"] = refuse
        assert [one.id for one in await found.refresh()] == [KITCHEN]


async def test_sensitivity_is_chosen_among_what_is_offered() -> None:
    home = ScriptedHome(external(sensitivities=[SENSITIVITY, {"entity": 3}]))
    home.connect()
    async with roster(home, Bus()) as found:
        await found.refresh()
        await found.set_sensitivity(KITCHEN, "hey_jarvis_v1", "high")
        await found.set_sensitivity(KITCHEN, "hey_jarvis", "low")
        assert ("set_sensitivity", {"entity": SENSITIVITY["entity"], "option": "high"}) in home.asked
        with pytest.raises(Invalid, match="low, high"):
            await found.set_sensitivity(KITCHEN, "hey_jarvis_v1", "loud")
        with pytest.raises(Conflict):
            await found.set_sensitivity(KITCHEN, "alexa", "high")
        with pytest.raises(NotFound):
            await found.set_sensitivity("nobody", "alexa", "high")


async def test_a_threshold_is_chosen_as_a_number() -> None:
    number = {"entity": "number.kitchen_wake_word_1_sensitivity", "word": "hey_jarvis_v2", "options": [],
              "option": "0.55", "low": 0.0, "high": 1.0, "step": 0.001}  # fmt: skip
    odd = [number | {"high": high} for high in (None, float("nan"), "1", True)]
    home = ScriptedHome(external(sensitivities=[*odd, number]))
    home.connect()
    async with roster(home, Bus()) as found:
        [kitchen] = await found.refresh()
        [shown] = kitchen.sensitivities
        assert (shown.option, shown.low, shown.high, shown.step) == ("0.55", 0.0, 1.0, 0.001)
        for word, option in (("hey_jarvis", "0.70"), ("hey_jarvis_v2", "1")):
            await found.set_sensitivity(KITCHEN, word, option)
        asked = [params["option"] for what, params in home.asked if what == "set_sensitivity"]
        assert asked == ["0.7", "1"]
        for option in ("high", "1.01", "nan", "", "-0.1"):
            with pytest.raises(Invalid, match="a number from 0 to 1"):
                await found.set_sensitivity(KITCHEN, "hey_jarvis", option)
        with pytest.raises(Conflict):
            await found.set_sensitivity(KITCHEN, "alexa", "0.5")


async def test_yaml_files_say_which_device_they_make(tmp_path: Path) -> None:
    shutil.copytree(CORPUS, tmp_path / "esphome")
    (tmp_path / "esphome" / "broken.yaml").write_bytes(b"\xff: [")
    (tmp_path / "esphome" / "plug.yaml").write_text("esphome:\n  name: plug\n  name_add_mac_suffix: true\nesp8266:\n")
    found = {one.file: one for one in read_configurations(tmp_path)}
    assert "broken.yaml" not in found
    assert "secrets.yaml" not in found
    assert (found["plug.yaml"].suffixed, found["plug.yaml"].uses_wake_word) == (True, False)
    assert found["voice_pe.yaml"].name == "home-assistant-voice-0a1b2c", "its name is a substitution's"
    assert found["engine_included.yaml"].uses_wake_word is True
    assert read_configurations(tmp_path / "nowhere") == ()


async def test_the_app_lists_refuses_and_snapshots(open_house: Opener, tmp_path: Path) -> None:
    async with open_house(homeassistant=str(tmp_path)) as house:
        parts = house.app.parts
        home = ScriptedHome(external(sensitivities=[SENSITIVITY]), flashed(configuration=None), link=parts.home.link)
        home.connect()
        async with house.browser.post(house.api("satellites/refresh")) as answer:
            assert [one["id"] for one in await answer.json()] == ["aabbccddee02", KITCHEN]
        body = {"word": "hey_jarvis_v1", "option": "high"}
        async with house.browser.post(house.api(f"satellites/{KITCHEN}/sensitivity"), json=body) as answer:
            assert answer.status == 200
        async with house.browser.post(
            house.api("deployments"), json={"model": "x_v1", "satellites": ["aabbccddee02"]}
        ) as answer:
            assert (answer.status, (await answer.json())["error"]["code"]) == (409, "not_adopted")
        async with house.browser.get(house.api("deployments/none")) as answer:
            assert answer.status == 404
        async with house.browser.ws_connect(house.api("events")) as socket:
            snapshot = await socket.receive_json()
        assert [one["id"] for one in snapshot["satellites"]] == ["aabbccddee02", KITCHEN]
        assert snapshot["deployments"] == []
