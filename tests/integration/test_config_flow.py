"""Setting up by Supervisor and by hand, a new token, a new address: every way, and every error."""

from typing import Any

import pytest
from homeassistant.config_entries import SOURCE_HASSIO, SOURCE_IGNORE, SOURCE_USER, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers.service_info.hassio import HassioServiceInfo
from pytest_homeassistant_custom_component.common import MockConfigEntry
from scripted_app import ID, TOKEN, ScriptedApp

# aiohttp's heartbeat, of a link that is closed as soon as it was opened.
pytestmark = pytest.mark.parametrize("expected_lingering_timers", [True])


@pytest.fixture(autouse=True)
async def _unload(hass: HomeAssistant) -> Any:
    yield
    await hass.async_block_till_done()
    for entry in hass.config_entries.async_loaded_entries("wakesmith"):
        await hass.config_entries.async_unload(entry.entry_id)


def typed(app: ScriptedApp, **others: Any) -> dict[str, Any]:
    return {"host": "127.0.0.1", "port": app.port, "token": TOKEN, **others}


@pytest.fixture
async def moved() -> Any:
    """The same app at another address."""
    app = ScriptedApp()
    await app.open()
    yield app
    await app.close()


async def begin(hass: HomeAssistant, source: str = SOURCE_USER, data: Any = None) -> Any:
    return await hass.config_entries.flow.async_init("wakesmith", context={"source": source}, data=data)


async def go_on(hass: HomeAssistant, flow: Any, data: Any) -> Any:
    return await hass.config_entries.flow.async_configure(flow["flow_id"], data)


def discovered(app: ScriptedApp, uuid: str = "u1", **others: Any) -> HassioServiceInfo:
    config = {"host": "127.0.0.1", "port": app.port, "token": TOKEN, **others}
    return HassioServiceInfo(config=config, name="Wakesmith", slug="local_wakesmith", uuid=uuid)


async def test_by_hand(hass: HomeAssistant, app: ScriptedApp) -> None:
    flow = await begin(hass)
    assert (flow["type"], flow["step_id"], flow["errors"]) == ("form", "user", {})
    done = await go_on(hass, flow, typed(app))
    assert (done["type"], done["title"]) == ("create_entry", "Wakesmith")
    assert done["data"] == {**typed(app), "ssl": False}
    assert done["result"].unique_id == ID
    await hass.async_block_till_done()
    assert done["result"].state is ConfigEntryState.LOADED


@pytest.mark.parametrize("address", ["http://127.0.0.1:{port}", " 127.0.0.1 ", "http://127.0.0.1:{port}/api/v1"])
async def test_an_address_is_taken_as_it_is_typed(hass: HomeAssistant, app: ScriptedApp, address: str) -> None:
    data = typed(app, host=address.format(port=app.port), token=f" {TOKEN}\n")
    done = await go_on(hass, await begin(hass), data)
    assert done["data"] == {**typed(app), "ssl": False}


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"token": "wrong"}, "invalid_auth"),
        ({"port": 1}, "cannot_connect"),
        ({"host": "https://127.0.0.1"}, "cannot_connect"),
        ({"host": "http://[::1"}, "cannot_connect"),
        ({"host": "no host"}, "cannot_connect"),
    ],
)
async def test_what_is_wrong_is_said_and_can_be_put_right(
    hass: HomeAssistant, app: ScriptedApp, wrong: dict[str, Any], error: str
) -> None:
    flow = await go_on(hass, await begin(hass), typed(app, **wrong))
    assert (flow["type"], flow["errors"]) == ("form", {"base": error})
    assert (await go_on(hass, flow, typed(app)))["type"] == "create_entry"


@pytest.mark.parametrize(
    ("hello", "error"),
    [
        ({"type": "hi"}, "not_wakesmith"),
        ({"type": "hello", "id": ID, "version": "0.0.1"}, "app_too_old"),
        ({"type": "hello", "id": ID, "version": "2.0.0"}, "app_too_new"),
    ],
)
async def test_an_app_that_does_not_fit(hass: HomeAssistant, app: ScriptedApp, hello: Any, error: str) -> None:
    app.hello = hello
    flow = await go_on(hass, await begin(hass), typed(app))
    assert flow["errors"] == {"base": error}


async def test_a_page_that_is_no_link_is_not_wakesmith(hass: HomeAssistant, app: ScriptedApp) -> None:
    from custom_components.wakesmith.client import Client
    from custom_components.wakesmith.errors import NotWakesmith
    from homeassistant.helpers.aiohttp_client import async_get_clientsession

    client = Client(async_get_clientsession(hass), "127.0.0.1", app.port, TOKEN)
    client.url = client.url / "other"
    with pytest.raises(NotWakesmith, match="status 404"):
        await client.open("0.1.0", "2026.11.0")


async def test_by_hand_again_brings_the_address_up_to_date(
    hass: HomeAssistant, moved: ScriptedApp, setup: Any
) -> None:
    entry = await setup()
    done = await go_on(hass, await begin(hass), typed(moved))
    assert (done["type"], done["reason"]) == ("abort", "already_configured")
    await hass.async_block_till_done()
    assert entry.data["port"] == moved.port
    assert entry.state is ConfigEntryState.LOADED
    assert entry.runtime_data.last_update_success


async def test_discovered(hass: HomeAssistant, app: ScriptedApp) -> None:
    flow = await begin(hass, SOURCE_HASSIO, discovered(app))
    assert (flow["type"], flow["step_id"]) == ("form", "hassio_confirm")
    assert flow["description_placeholders"] == {"name": "Wakesmith"}
    assert app.greetings == [], "a link in use elsewhere is not taken before the user agrees"
    done = await go_on(hass, flow, {})
    assert done["type"] == "create_entry"
    assert done["result"].unique_id == ID
    assert done["data"]["app"] == "local_wakesmith"
    assert done["data"]["discovery"] == "u1"


async def test_discovered_and_silent(hass: HomeAssistant, app: ScriptedApp) -> None:
    flow = await begin(hass, SOURCE_HASSIO, discovered(app, port=1))
    flow = await go_on(hass, flow, {})
    assert flow["errors"] == {"base": "cannot_connect"}


async def test_discovered_again_brings_address_and_token_up_to_date(
    hass: HomeAssistant, app: ScriptedApp, entry: MockConfigEntry
) -> None:
    found = await begin(hass, SOURCE_HASSIO, discovered(app))
    assert (found["type"], found["reason"]) == ("abort", "already_configured")
    assert entry.data["app"] == "local_wakesmith", "one set up by hand learns whose app it is"
    found = await begin(hass, SOURCE_HASSIO, discovered(app, token="n" * 32, port=app.port + 1))
    assert found["reason"] == "already_configured"
    assert (entry.data["token"], entry.data["port"]) == ("n" * 32, app.port + 1)
    await hass.async_block_till_done()


async def test_discovered_elsewhere_and_known(
    hass: HomeAssistant, moved: ScriptedApp, entry: MockConfigEntry
) -> None:
    flow = await begin(hass, SOURCE_HASSIO, discovered(moved))
    done = await go_on(hass, flow, {})
    await hass.async_block_till_done()
    assert (done["type"], done["reason"]) == ("abort", "already_configured")
    assert entry.data["port"] == moved.port


async def test_what_was_ignored_stays_ignored(hass: HomeAssistant, app: ScriptedApp) -> None:
    MockConfigEntry(domain="wakesmith", unique_id="u1", source=SOURCE_IGNORE).add_to_hass(hass)
    found = await begin(hass, SOURCE_HASSIO, discovered(app))
    assert (found["type"], found["reason"]) == ("abort", "already_configured")


async def test_a_new_token(hass: HomeAssistant, app: ScriptedApp, setup: Any) -> None:
    entry = await setup()
    app.token = "n" * 32
    flow = await entry.start_reauth_flow(hass)
    assert (flow["step_id"], flow["description_placeholders"]["name"]) == ("reauth_confirm", "Wakesmith")
    flow = await go_on(hass, flow, {"token": "wrong"})
    assert flow["errors"] == {"base": "invalid_auth"}
    done = await go_on(hass, flow, {"token": "n" * 32})
    assert (done["type"], done["reason"]) == ("abort", "reauth_successful")
    await hass.async_block_till_done()
    assert entry.data["token"] == "n" * 32
    assert entry.state is ConfigEntryState.LOADED


async def test_a_new_address(hass: HomeAssistant, moved: ScriptedApp, setup: Any) -> None:
    entry = await setup()
    flow = await entry.start_reconfigure_flow(hass)
    assert flow["step_id"] == "reconfigure"
    flow = await go_on(hass, flow, typed(moved, port=1))
    assert flow["errors"] == {"base": "cannot_connect"}
    done = await go_on(hass, flow, typed(moved))
    assert (done["type"], done["reason"]) == ("abort", "reconfigure_successful")
    await hass.async_block_till_done()
    assert entry.data["port"] == moved.port
    assert entry.state is ConfigEntryState.LOADED


@pytest.mark.parametrize("how", ["reauth", "reconfigure"])
async def test_another_app_is_not_put_in_the_place_of_this(
    hass: HomeAssistant, app: ScriptedApp, setup: Any, how: str
) -> None:
    entry = await setup()
    app.hello |= {"id": "ffff"}
    flow = await getattr(entry, f"start_{how}_flow")(hass)
    done = await go_on(hass, flow, {"token": TOKEN} if how == "reauth" else typed(app))
    assert (done["type"], done["reason"]) == ("abort", "another_app")
