"""The same conversation with the scripted app and with the real one: what other tests rely on is so."""

import asyncio
import os
import signal
import socket
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from pytest_homeassistant_custom_component.common import MockConfigEntry
from scripted_app import TOKEN, ScriptedApp

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv" / "bin" / "python"
# aiohttp's heartbeat, of a link that is closed as soon as it was opened.
pytestmark = pytest.mark.parametrize("expected_lingering_timers", [True])


@dataclass(frozen=True)
class Place:
    port: int
    token: str


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.fixture
async def real(hass: HomeAssistant, tmp_path: Path) -> AsyncIterator[Place]:
    """The app itself, in an environment of its own."""
    if not PYTHON.is_file():
        pytest.skip("needs the app's environment: script/setup --dev")
    panel, link = free_port(), free_port()
    home = tmp_path / "homeassistant"
    home.mkdir()
    command = [PYTHON, "-m", "addon", "--data", tmp_path / "data", "--port", panel, "--link-port", link, "--no-mdns"]
    command += ["--homeassistant", home]
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("WAKESMITH_", "PYTHON", "COV_"))}
    with (tmp_path / "log").open("wb") as log:
        child = subprocess.Popen([str(part) for part in command], cwd=ROOT, env=kept, stdout=log, stderr=log)
    try:
        yield Place(link, await _token(hass, panel, child, tmp_path / "log"))
    finally:
        child.send_signal(signal.SIGTERM)
        await asyncio.to_thread(child.wait, 30)


async def _token(hass: HomeAssistant, panel: int, child: subprocess.Popen[bytes], log: Path) -> str:
    session = async_get_clientsession(hass)
    async with asyncio.timeout(40):
        while True:
            assert child.poll() is None, log.read_text()[-2000:]
            try:
                async with session.get(f"http://127.0.0.1:{panel}/api/v1/home") as answer:
                    return str((await answer.json())["link"]["token"])
            except OSError:
                await asyncio.sleep(0.2)


@pytest.fixture(params=["scripted", "real"])
def place(request: pytest.FixtureRequest, app: ScriptedApp) -> Place:
    if request.param == "real":
        found: Place = request.getfixturevalue("real")
        return found
    app.snapshot |= {"publications": [], "deployments": [], "home": {}}
    refused = {"error": {"code": "invalid", "message": "phrase: too short", "hint": "", "values": {}}}
    app.answers["POST jobs"] = (422, refused)
    app.answers["GET home"] = (200, {"link": {"port": app.port, "token": TOKEN}})
    return Place(app.port, TOKEN)


async def test_the_conversation(hass: HomeAssistant, place: Place) -> None:
    from custom_components.wakesmith.client import Client
    from custom_components.wakesmith.errors import InvalidAuth, Rejected
    from custom_components.wakesmith.repairs import age
    from custom_components.wakesmith.state import AppState, take

    session = async_get_clientsession(hass)
    stranger = Client(session, "127.0.0.1", place.port, "wrong" * 8)
    with pytest.raises(InvalidAuth):
        await stranger.open("0.1.0", "2026.11.0", "de")
    with pytest.raises(InvalidAuth):
        await stranger.get("home")

    client = Client(session, "127.0.0.1", place.port, place.token)
    connection = await client.open("0.1.0", "2026.11.0", "de")
    assert connection.hello.id
    assert connection.hello.name == "Wakesmith"
    assert age(connection.hello.version) == ""
    async with asyncio.timeout(10):
        first = await anext(connection.messages())
        while first["type"] == "ask":  # it may ask as soon as someone is there
            first = await anext(connection.messages())
    assert first["type"] == "snapshot"
    assert all(
        isinstance(first[key], list) for key in ("jobs", "models", "satellites", "publications", "deployments")
    )
    assert isinstance(first["home"], dict)
    assert take(AppState("a", "b", "c"), first).words == {}
    await connection.close()

    assert (await client.get("home"))["link"]["token"] == place.token
    for path, body, status in (
        ("jobs", {"phrase": ""}, 422),
        ("models/hey_jarvis_v1/publish", {}, 404),
        ("deployments", {"model": "hey_jarvis_v1", "satellites": ["aabbccddeeff"]}, 404),
        ("publications/hey_jarvis/rollback", None, 404),
        ("jobs/j1/cancel", None, 404),
        ("satellites/aabbccddeeff/sensitivity", {"word": "hey_jarvis", "option": "high"}, 404),
    ):
        with pytest.raises(Rejected) as caught:
            await client.post(path, body)
        assert (caught.value.status, bool(caught.value.message)) == (status, True), path
    await client.delete("link")


async def test_the_real_app_inside_home_assistant(hass: HomeAssistant, real: Place, until: Any) -> None:
    satellite = MockConfigEntry(
        domain="esphome", title="kitchen", data={"host": "10.0.0.9", "device_name": "kitchen"}
    )
    satellite.add_to_hass(hass)
    devices = dr.async_get(hass)
    mac = {("mac", "aa:bb:cc:dd:ee:ff")}
    device = devices.async_get_or_create(config_entry_id=satellite.entry_id, connections=mac, name="Kitchen")
    flow = await hass.config_entries.flow.async_init("wakesmith", context={"source": "user"})
    typed = {"host": "127.0.0.1", "port": real.port, "token": real.token}
    done = await hass.config_entries.flow.async_configure(flow["flow_id"], typed)
    assert done["type"] == "create_entry", done
    await hass.async_block_till_done()
    entry = done["result"]
    found = await until(lambda: entry.runtime_data.data.satellites.get("aabbccddeeff"))
    assert (found.name, found.delivery) == ("Kitchen", "none")
    assert hass.states.get("sensor.wakesmith_state").state == "idle"
    devices.async_update_device(device.id, name_by_user="Cook")
    await until(lambda: entry.runtime_data.data.satellites["aabbccddeeff"].name == "Cook")
    call = {"domain": "wakesmith", "service": "train", "service_data": {"phrase": "x", "language": "nowhere at all"}}
    with pytest.raises(ServiceValidationError):
        await hass.services.async_call(**call, blocking=True, return_response=True)
    assert await hass.config_entries.async_remove(entry.entry_id)
