"""Connecting, losing the connection, and what is said of it."""

from datetime import timedelta
from typing import Any

import pytest
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed
from scripted_app import ID, ScriptedApp, job, model, publication


def state(hass: HomeAssistant, entity: str = "sensor.wakesmith_state") -> str:
    found = hass.states.get(entity)
    return found.state if found else ""


def device(hass: HomeAssistant, entry: Any, ident: str) -> dr.DeviceEntry | None:
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    return next((each for each in devices if ("wakesmith", ident) in each.identifiers), None)


async def test_greets_with_versions_and_shows_the_snapshot(hass: HomeAssistant, app: ScriptedApp, setup: Any) -> None:
    app.snapshot = {"type": "snapshot", "jobs": [job()], "models": [model()], "publications": [publication()]}
    entry = await setup()
    assert entry.state is ConfigEntryState.LOADED
    assert app.greetings[0]["type"] == "hello"
    assert app.greetings[0]["version"] == "0.1.0"
    assert state(hass) == "training"
    assert state(hass, "sensor.hey_jarvis_heard") == "97.0"
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert state(hass) == "unavailable"


async def test_what_is_asked_before_the_snapshot_is_answered(app: ScriptedApp, setup: Any) -> None:
    app.early = [{"type": "ask", "id": 1, "what": "dismiss", "params": {"tag": "x"}}]
    await setup()
    assert await app.hear(id=1) == {"type": "answer", "id": 1, "result": {}}


async def test_an_absent_app_is_tried_again(hass: HomeAssistant, app: ScriptedApp, setup: Any) -> None:
    await app.close()
    assert (await setup()).state is ConfigEntryState.SETUP_RETRY


async def test_a_wrong_token_asks_for_another(hass: HomeAssistant, app: ScriptedApp, setup: Any) -> None:
    app.token = "another" * 8
    assert (await setup()).state is ConfigEntryState.SETUP_ERROR
    assert [flow["context"]["source"] for flow in hass.config_entries.flow.async_progress()] == [SOURCE_REAUTH]


@pytest.mark.parametrize("expected_lingering_timers", [True])  # aiohttp's heartbeat, of a link closed at once
@pytest.mark.parametrize("hello", ["no JSON", {"type": "snapshot"}, {"type": "hello", "id": "", "version": "1"}, [1]])
async def test_what_is_not_wakesmith_is_not_taken_for_it(app: ScriptedApp, setup: Any, hello: Any) -> None:
    app.hello = hello
    entry = await setup()
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert "not Wakesmith" in (entry.reason or "")


@pytest.mark.parametrize("expected_lingering_timers", [True])  # aiohttp's heartbeat, of a link closed at once
async def test_another_installation_is_not_taken_for_ours(app: ScriptedApp, setup: Any) -> None:
    app.hello |= {"id": "ffffffffffff"}
    assert "another installation" in ((await setup()).reason or "")


async def test_an_app_that_says_nothing_is_tried_again(
    app: ScriptedApp, setup: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from custom_components.wakesmith import coordinator

    monkeypatch.setattr(coordinator, "_SNAPSHOT_S", 0.1)
    app.snapshot = None
    assert "said nothing" in ((await setup()).reason or "")


@pytest.mark.parametrize("expected_lingering_timers", [True])  # aiohttp's heartbeat, of a link closed at once
@pytest.mark.parametrize(
    ("version", "issue"),
    [("0.0.9", "app_too_old"), ("1.0.0", "app_too_new"), ("0.9.1", ""), ("0.1.0-dev", ""), ("mine", "")],
)
async def test_an_app_of_another_time_is_a_repair(
    hass: HomeAssistant, app: ScriptedApp, setup: Any, version: str, issue: str
) -> None:
    app.hello |= {"version": version}
    entry = await setup()
    found = {i.translation_key for i in ir.async_get(hass).issues.values() if i.domain == "wakesmith"}
    assert found == ({issue} if issue else set())
    assert entry.state is (ConfigEntryState.SETUP_RETRY if issue else ConfigEntryState.LOADED)
    app.hello |= {"version": "0.1.0"}
    await hass.config_entries.async_reload(entry.entry_id)
    assert [i for i in ir.async_get(hass).issues.values() if i.domain == "wakesmith"] == []


@pytest.mark.usefixtures("quick")
async def test_the_link_is_opened_again(
    hass: HomeAssistant, app: ScriptedApp, setup: Any, until: Any, caplog: pytest.LogCaptureFixture
) -> None:
    await setup()
    port = app.port
    await app.close()
    await until(lambda: state(hass) == "unavailable")
    app.snapshot = {"type": "snapshot", "jobs": [job()], "models": []}
    await app.open(port)
    await until(lambda: state(hass) == "training")
    assert caplog.text.count("Error requesting Wakesmith data") == 1, "said once, however often it was tried"
    assert caplog.text.count("Connected to Wakesmith again") == 1


@pytest.mark.usefixtures("quick")
async def test_a_token_that_is_changed_meanwhile_asks_for_another(
    hass: HomeAssistant, app: ScriptedApp, setup: Any, until: Any
) -> None:
    await setup()
    app.token = "another" * 8
    await app.drop()
    await until(hass.config_entries.flow.async_progress)
    assert hass.config_entries.flow.async_progress()[0]["context"]["source"] == SOURCE_REAUTH
    assert state(hass) == "unavailable"


@pytest.mark.usefixtures("quick")
async def test_a_link_that_another_took_is_not_taken_back(
    hass: HomeAssistant, app: ScriptedApp, setup: Any, until: Any
) -> None:
    entry = await setup()
    await app.drop(4001)
    await until(lambda: state(hass) == "unavailable")
    await hass.async_block_till_done()
    assert len(app.greetings) == 1
    assert ir.async_get(hass).async_get_issue("wakesmith", f"replaced_{entry.entry_id}")
    await hass.config_entries.async_reload(entry.entry_id)
    assert state(hass) == "idle"
    assert not ir.async_get(hass).async_get_issue("wakesmith", f"replaced_{entry.entry_id}")


@pytest.mark.usefixtures("quick")
async def test_an_app_that_stays_away_is_a_repair(
    hass: HomeAssistant, app: ScriptedApp, setup: Any, until: Any
) -> None:
    entry = await setup()
    port = app.port
    await app.close()
    await until(lambda: state(hass) == "unavailable")
    issues = ir.async_get(hass)
    assert not issues.async_get_issue("wakesmith", f"app_gone_{entry.entry_id}")
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=601))
    await hass.async_block_till_done()
    assert issues.async_get_issue("wakesmith", f"app_gone_{entry.entry_id}")
    await app.open(port)
    await until(lambda: state(hass) == "idle")
    assert not issues.async_get_issue("wakesmith", f"app_gone_{entry.entry_id}")


async def test_what_cannot_be_understood_ends_nothing(
    hass: HomeAssistant, app: ScriptedApp, setup: Any, until: Any, caplog: pytest.LogCaptureFixture
) -> None:
    await setup()
    await app.say_text("no JSON")
    await app.say_text("[1]")
    await app.say({"type": "job", "job": {"id": "j9"}}, {"type": "novelty"}, {"type": "job", "job": job()})
    await until(lambda: state(hass) == "training")
    assert "cannot be understood" in caplog.text


@pytest.mark.usefixtures("quick")
async def test_files_that_were_replaced_ask_for_a_restart(
    hass: HomeAssistant, app: ScriptedApp, setup: Any, until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from custom_components.wakesmith import repairs

    await setup()
    monkeypatch.setattr(repairs, "_version", lambda _path: "0.2.0")
    await app.say({"type": "home", "home": {"integration": {"needs_restart": True}}})
    issue = await until(lambda: ir.async_get(hass).async_get_issue("wakesmith", "restart_needed"))
    assert issue.translation_placeholders == {"loaded": "0.1.0", "installed": "0.2.0"}
    restarts: list[Any] = []
    hass.services.async_register("homeassistant", "restart", restarts.append)
    flow = await repairs.async_create_fix_flow(hass, "restart_needed", None)
    flow.hass, flow.issue_id, flow.handler = hass, "restart_needed", "wakesmith"
    assert (await flow.async_step_init())["type"] == "form"
    assert (await flow.async_step_confirm({}))["type"] == "create_entry"
    await hass.async_block_till_done()
    assert len(restarts) == 1


async def test_a_manifest_that_cannot_be_read_asks_for_nothing(tmp_path: Any) -> None:
    from custom_components.wakesmith.repairs import _version

    (tmp_path / "manifest.json").write_text("{}")
    assert _version(tmp_path / "manifest.json") == _version(tmp_path / "none.json") == ""


async def test_the_app_is_told_that_the_entry_was_removed(hass: HomeAssistant, app: ScriptedApp, setup: Any) -> None:
    entry = await setup()
    await hass.config_entries.async_remove(entry.entry_id)
    assert app.calls == [("DELETE link", None)]


async def test_an_entry_is_removed_without_the_app_too(hass: HomeAssistant, app: ScriptedApp, setup: Any) -> None:
    entry = await setup()
    await app.close()
    await hass.config_entries.async_remove(entry.entry_id)
    assert hass.config_entries.async_entries("wakesmith") == []


async def test_devices_come_and_go_with_their_words(
    hass: HomeAssistant, app: ScriptedApp, setup: Any, until: Any
) -> None:
    app.snapshot |= {"models": [model()]}
    entry = await setup()
    registry = dr.async_get(hass)

    def names() -> set[str | None]:
        return {device.name for device in dr.async_entries_for_config_entry(registry, entry.entry_id)}

    assert names() == {"Wakesmith", "hey jarvis"}
    one, word = (device(hass, entry, ident) for ident in (ID, f"{ID}_hey_jarvis"))
    assert one
    assert word
    assert word.via_device_id == one.id
    await app.say({"type": "model", "model": model("okay_computer_v1")})
    await until(lambda: "okay computer" in names())
    assert state(hass, "sensor.okay_computer_heard") == "97.0"
    await app.say({"type": "gone", "what": "model", "id": "hey_jarvis_v1"})
    await until(lambda: names() == {"Wakesmith", "okay computer"})
    assert state(hass, "sensor.hey_jarvis_heard") == ""
    await app.say({"type": "model", "model": model()})
    await until(lambda: state(hass, "sensor.hey_jarvis_heard") == "97.0")
    assert names() == {"Wakesmith", "hey jarvis", "okay computer"}


async def test_what_went_while_home_assistant_was_off_is_removed(
    hass: HomeAssistant, app: ScriptedApp, entry: Any, setup: Any
) -> None:
    registry = dr.async_get(hass)
    old = {("wakesmith", f"{ID}_forgotten")}
    registry.async_get_or_create(config_entry_id=entry.entry_id, identifiers=old, name="forgotten")
    await setup()
    assert device(hass, entry, f"{ID}_forgotten") is None
    assert device(hass, entry, ID) is not None


async def test_a_device_can_be_deleted_by_hand_when_its_word_is_gone(
    hass: HomeAssistant, app: ScriptedApp, setup: Any
) -> None:
    from custom_components.wakesmith import async_remove_config_entry_device

    app.snapshot |= {"models": [model()]}
    entry = await setup()
    registry = dr.async_get(hass)
    there = device(hass, entry, f"{ID}_hey_jarvis")
    assert not await async_remove_config_entry_device(hass, entry, there)
    gone = registry.async_get_or_create(config_entry_id=entry.entry_id, identifiers={("wakesmith", f"{ID}_gone")})
    assert await async_remove_config_entry_device(hass, entry, gone)
