"""Entities: what they show, and what pressing and installing does."""

import asyncio
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er
from scripted_app import ScriptedApp, deployment, job, model, publication, satellite, target

UPDATE = "update.hey_jarvis_version"


def state(hass: HomeAssistant, entity: str) -> str:
    found = hass.states.get(entity)
    assert found is not None, entity
    return found.state


async def press(hass: HomeAssistant, entity: str) -> None:
    await hass.services.async_call("button", "press", {"entity_id": entity}, blocking=True)


async def test_the_app_shows_what_it_does(hass: HomeAssistant, app: ScriptedApp, setup: Any, until: Any) -> None:
    await setup()
    shown = {name: state(hass, f"sensor.wakesmith_{name}") for name in ("state", "stage", "progress", "queue")}
    assert shown == {"state": "idle", "stage": "unknown", "progress": "unknown", "queue": "0"}
    await app.say({"type": "job", "job": job("j2", state="queued", position=0, phrase="okay computer")})
    await until(lambda: state(hass, "sensor.wakesmith_state") == "queued")
    assert hass.states.get("sensor.wakesmith_queue").attributes["phrases"] == ["okay computer"]
    await app.say({"type": "job", "job": job()})
    await until(lambda: state(hass, "sensor.wakesmith_state") == "training")
    assert state(hass, "sensor.wakesmith_stage") == "training"
    assert state(hass, "sensor.wakesmith_progress") == "25"
    assert float(state(hass, "sensor.wakesmith_time_left_of_the_stage")) == 1.5
    assert hass.states.get("sensor.wakesmith_state").attributes["phrase"] == "hey jarvis"
    await app.say({"type": "job", "job": job(state="cancelling")})
    await until(lambda: state(hass, "sensor.wakesmith_state") == "cancelling")
    await app.say({"type": "job", "job": job(state="cancelled")}, {"type": "gone", "what": "job", "id": "j2"})
    await app.say({"type": "deployment", "deployment": deployment("d1", "running", target())})
    await until(lambda: state(hass, "sensor.wakesmith_state") == "sending")


@pytest.mark.usefixtures("quick")
async def test_figures_move_between_states(hass: HomeAssistant, app: ScriptedApp, setup: Any, until: Any) -> None:
    app.snapshot |= {"jobs": [job()]}
    await setup()
    event = {"kind": "progress", "done": 40, "total": 80, "unit": "steps", "rate": 2.0, "eta_s": 20.0}
    await app.say({"type": "event", "job": "j1", "event": event})
    await until(lambda: state(hass, "sensor.wakesmith_progress") == "50")
    await app.say({"type": "event", "job": "j1", "event": {"kind": "stage", "name": "model", "state": "running"}})
    await until(lambda: state(hass, "sensor.wakesmith_stage") == "model")
    assert state(hass, "sensor.wakesmith_progress") == "unknown"
    await app.say({"type": "event", "job": "j1", "event": {"kind": "metric", "step": 1, "values": {}}})
    await app.say({"type": "event", "job": "unknown", "event": event})
    await app.say({"type": "event", "job": "j1", "event": {"kind": "stage", "name": "new", "state": "running"}})
    await until(lambda: state(hass, "sensor.wakesmith_stage") == "unknown")


async def test_figures_are_shown_once_a_second_at_most(
    hass: HomeAssistant, app: ScriptedApp, setup: Any, until: Any
) -> None:
    app.snapshot |= {"jobs": [job()]}
    entry = await setup()
    seen: list[Any] = []
    hass.bus.async_listen("state_changed", lambda event: seen.append(event.data["entity_id"]))
    for done in range(21, 71):
        event = {"kind": "progress", "done": done, "total": 80, "eta_s": 20.0}
        await app.say({"type": "event", "job": "j1", "event": event})
    await until(lambda: entry.runtime_data.data.jobs["j1"].done == 70)
    assert seen.count("sensor.wakesmith_progress") == 0
    await app.say({"type": "job", "job": job(state="done", done=80)})
    await until(lambda: state(hass, "sensor.wakesmith_state") == "idle")
    assert seen.count("sensor.wakesmith_progress") == 1, "what waited was not shown after what is newer"


async def test_a_word_shows_the_figures_of_what_is_published(
    hass: HomeAssistant, app: ScriptedApp, setup: Any, until: Any
) -> None:
    app.snapshot |= {"models": [model(), model("hey_jarvis_v2", recall=0.99, false_accepts_high=None)]}
    await setup()
    assert state(hass, "sensor.hey_jarvis_heard") == "99.0"
    assert state(hass, "sensor.hey_jarvis_false_wakes_per_hour_at_most") == "unknown"
    await app.say({"type": "publication", "publication": publication()})
    await until(lambda: state(hass, "sensor.hey_jarvis_heard") == "97.0")
    assert hass.states.get("sensor.hey_jarvis_heard").attributes["lower_bound"] == 94.0
    assert state(hass, "sensor.hey_jarvis_false_wakes_per_hour_at_most") == "0.25"
    assert hass.states.get("sensor.hey_jarvis_false_wakes_per_hour_at_most").attributes["upper_bound"] == 0.25


async def test_a_published_word_without_a_model_is_shown(hass: HomeAssistant, app: ScriptedApp, setup: Any) -> None:
    app.snapshot |= {"publications": [publication(3)]}
    await setup()
    assert state(hass, "sensor.hey_jarvis_heard") == "unknown"
    assert hass.states.get(UPDATE).attributes["installed_version"] == "3"
    assert state(hass, UPDATE) == "off"
    with pytest.raises(HomeAssistantError):
        await hass.services.async_call("update", "install", {"entity_id": UPDATE}, blocking=True)


async def test_events_tell_what_happened(hass: HomeAssistant, app: ScriptedApp, setup: Any, until: Any) -> None:
    app.snapshot |= {"jobs": [job()], "models": [model()], "publications": [publication()]}
    app.snapshot |= {"deployments": [deployment("d1", "running", target())]}
    await setup()
    both = ("event.wakesmith_happening", "event.hey_jarvis_happening")

    def happened(entity: str) -> Any:
        return hass.states.get(entity).attributes

    assert [state(hass, entity) for entity in both] == ["unknown", "unknown"]
    await app.say({"type": "model", "model": model("hey_jarvis_v2")})
    await app.say({"type": "job", "job": job(state="done", model="hey_jarvis_v2")})
    await until(lambda: all(happened(e)["event_type"] == "finished" for e in both))
    assert happened(both[1])["model"] == "hey_jarvis_v2"
    await app.say({"type": "publication", "publication": publication(2, "hey_jarvis_v1")})
    await until(lambda: all(happened(e)["event_type"] == "published" for e in both))
    assert happened(both[1])["replaced"] == "hey_jarvis_v1"
    done = deployment("d1", "done", target("done", None))
    await app.say({"type": "deployment", "deployment": done}, {"type": "deployment", "deployment": done})
    await until(lambda: all(happened(e)["event_type"] == "flashed" for e in both))
    assert happened(both[0])["name"] == "Kitchen"
    await app.say({"type": "job", "job": job("j2", phrase="new phrase", state="running")})
    await app.say({"type": "job", "job": job("j2", phrase="new phrase", state="failed", message="the disk is full")})
    await until(lambda: happened(both[0])["event_type"] == "failed")
    assert happened(both[0])["message"] == "the disk is full"
    assert happened(both[0])["word"] == ""
    assert happened(both[1])["event_type"] == "flashed", "another word's"


async def test_who_asks_for_fresh_figures_has_them_as_long_as_the_link_is_there(
    hass: HomeAssistant, app: ScriptedApp, setup: Any, until: Any
) -> None:
    entry = await setup()
    await entry.runtime_data.async_refresh()
    assert entry.runtime_data.last_update_success
    await app.drop()
    await until(lambda: not entry.runtime_data.last_update_success)
    await entry.runtime_data.async_refresh()
    assert not entry.runtime_data.last_update_success
    await app.close()


@pytest.mark.usefixtures("quick")
async def test_what_happened_while_the_link_was_lost_is_told(
    hass: HomeAssistant, app: ScriptedApp, setup: Any, until: Any
) -> None:
    app.snapshot |= {"jobs": [job()], "models": [model()]}
    await setup()
    app.snapshot |= {"jobs": [job(state="done")]}
    await app.drop()
    await until(lambda: hass.states.get("event.hey_jarvis_happening").attributes.get("event_type") == "finished")


async def test_cancel_ends_what_runs(hass: HomeAssistant, app: ScriptedApp, setup: Any, until: Any) -> None:
    app.snapshot |= {"models": [model()]}
    await setup()
    both = ("button.wakesmith_cancel_training", "button.hey_jarvis_cancel_training")
    assert [state(hass, each) for each in both] == ["unavailable", "unavailable"]
    app.answers["POST jobs/j1/cancel"] = app.answers["POST jobs/j2/cancel"] = (200, job(state="cancelling"))
    await app.say({"type": "job", "job": job()}, {"type": "job", "job": job("j2", state="queued", position=0)})
    await until(lambda: all(state(hass, each) == "unknown" for each in both))
    assert state(hass, "button.hey_jarvis_train_again") == "unavailable"
    for each in both:
        await press(hass, each)
    assert [call for call, _ in app.calls] == ["POST jobs/j1/cancel"] * 2
    await app.say({"type": "job", "job": job(state="cancelled")})
    await until(lambda: state(hass, both[0]) == "unavailable")
    await press(hass, both[1])
    assert app.calls[-1][0] == "POST jobs/j2/cancel"


async def test_train_again_takes_the_choices_of_the_last_time(
    hass: HomeAssistant, app: ScriptedApp, setup: Any, until: Any
) -> None:
    app.snapshot |= {"models": [model()]}
    app.answers["POST jobs"] = (201, job(state="queued"))
    await setup()
    await press(hass, "button.hey_jarvis_train_again")
    assert app.calls.pop() == ("POST jobs", {"phrase": "hey jarvis", "language": "en"})
    await app.say({"type": "job", "job": job("j1", "Hey Jarvis", "done")}, {"type": "job", "job": job("j3", "other")})
    await until(lambda: state(hass, "sensor.wakesmith_state") == "training")
    await press(hass, "button.hey_jarvis_train_again")
    assert app.calls.pop() == ("POST jobs", {"phrase": "Hey Jarvis", "language": "en", "preset": "quick"})


async def test_roll_back_needs_a_version_before(
    hass: HomeAssistant, app: ScriptedApp, setup: Any, until: Any
) -> None:
    app.snapshot |= {"models": [model()], "publications": [publication()]}
    app.answers["POST publications/hey_jarvis/rollback"] = (200, deployment())
    await setup()
    button = "button.hey_jarvis_return_to_the_version_before"
    assert state(hass, button) == "unavailable"
    await app.say({"type": "publication", "publication": publication(2, "hey_jarvis_v1")})
    await until(lambda: state(hass, button) != "unavailable")
    await press(hass, button)
    assert app.calls == [("POST publications/hey_jarvis/rollback", None)]


async def test_what_the_app_will_not_do_is_said_in_its_words(
    hass: HomeAssistant, app: ScriptedApp, setup: Any
) -> None:
    app.snapshot |= {"models": [model()]}
    await setup()
    app.answers["POST jobs"] = (409, {"error": {"code": "full", "message": "the queue is full", "hint": "Wait."}})
    with pytest.raises(ServiceValidationError) as caught:
        await press(hass, "button.hey_jarvis_train_again")
    assert caught.value.translation_placeholders == {"message": "The queue is full", "hint": "Wait."}
    app.answers["POST jobs"] = (503, "no JSON")
    with pytest.raises(HomeAssistantError) as failed:
        await press(hass, "button.hey_jarvis_train_again")
    assert failed.value.translation_key == "failed"
    app.answers["POST jobs"] = (200, "no JSON")
    with pytest.raises(HomeAssistantError) as silent:
        await press(hass, "button.hey_jarvis_train_again")
    assert silent.value.translation_key == "cannot_connect"
    app.token = "another"
    with pytest.raises(HomeAssistantError) as refused:
        await press(hass, "button.hey_jarvis_train_again")
    assert refused.value.translation_key == "invalid_auth"
    await hass.async_block_till_done()
    assert [flow["context"]["source"] for flow in hass.config_entries.flow.async_progress()] == ["reauth"]


async def test_update_publishes_where_no_satellite_listens(
    hass: HomeAssistant, app: ScriptedApp, setup: Any, hass_ws_client: Any
) -> None:
    app.snapshot |= {"models": [model(), model("hey_jarvis_v2", notes="Mine.", recall_low=None)]}
    app.answers["POST models/hey_jarvis_v2/publish"] = (200, publication(2))
    await setup()
    shown = hass.states.get(UPDATE)
    assert shown.state == "on"
    assert [shown.attributes[key] for key in ("installed_version", "latest_version")] == ["0", "2"]
    assert shown.attributes["title"] == "hey jarvis"
    assert shown.attributes["release_summary"] == "Hears you 97 times in 100."
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": "update/release_notes", "entity_id": UPDATE})
    notes = (await client.receive_json())["result"]
    assert notes == "Hears you 97 times in 100.\n\nMine.\n\n- 97.0%\n- ≤ 0.25 / h (95 %)"
    await hass.services.async_call("update", "install", {"entity_id": UPDATE}, blocking=True)
    assert app.calls == [("POST models/hey_jarvis_v2/publish", {})]


async def install(hass: HomeAssistant) -> asyncio.Task[Any]:
    call = hass.services.async_call("update", "install", {"entity_id": UPDATE}, blocking=True)
    return asyncio.create_task(call)  # not Home Assistant's own, which the tests wait for


async def test_update_sends_to_those_that_listen(
    hass: HomeAssistant, app: ScriptedApp, setup: Any, until: Any
) -> None:
    flashed = satellite("112233445566", name="Hall", delivery="flash", active=["wakesmith_hey_jarvis"])
    without = [satellite("1", active=["okay_nabu"]), satellite("2", delivery="none")]
    app.snapshot |= {"models": [model(), model("hey_jarvis_v2")], "publications": [publication()]}
    app.snapshot |= {"satellites": [satellite(), flashed, *without]}
    app.answers["POST deployments"] = (201, deployment("d1", "queued", target("waiting", None)))
    await setup()
    task = await install(hass)
    await until(lambda: app.calls)
    assert app.calls == [
        ("POST deployments", {"model": "hey_jarvis_v2", "satellites": ["aabbccddeeff", "112233445566"]})
    ]
    running = deployment("d1", "running", target("done", None), target("compiling", 50, satellite="112233445566"))
    await app.say({"type": "deployment", "deployment": running})
    await until(lambda: hass.states.get(UPDATE).attributes["update_percentage"] == 75)
    assert hass.states.get(UPDATE).attributes["in_progress"] is True
    assert not task.done()
    await app.say({"type": "publication", "publication": publication(2, "hey_jarvis_v1")})
    await app.say({"type": "deployment", "deployment": deployment("d1", "done", target("done"), target("done"))})
    await task
    await until(lambda: state(hass, UPDATE) == "off")
    assert hass.states.get(UPDATE).attributes["in_progress"] is False


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (deployment("d1", "failed", target("failed", message="the device is gone")), "the device is gone"),
        (deployment("d1", "cancelled"), "cancelled"),
    ],
)
async def test_update_says_why_it_was_not_sent(
    hass: HomeAssistant, app: ScriptedApp, setup: Any, until: Any, end: dict[str, Any], words: str
) -> None:
    app.snapshot |= {"models": [model("hey_jarvis_v2")], "satellites": [satellite()]}
    app.answers["POST deployments"] = (201, deployment("d1", "queued"))
    await setup()
    task = await install(hass)
    await until(lambda: app.calls)
    await app.say({"type": "deployment", "deployment": deployment("d1", "running")})
    await until(lambda: hass.states.get(UPDATE).attributes["in_progress"])
    assert hass.states.get(UPDATE).attributes["update_percentage"] is None
    await app.say({"type": "deployment", "deployment": end})
    with pytest.raises(HomeAssistantError) as caught:
        await task
    assert caught.value.translation_key == "not_sent"
    assert caught.value.translation_placeholders["message"] == words


async def test_update_says_why_the_app_will_not(hass: HomeAssistant, app: ScriptedApp, setup: Any) -> None:
    app.snapshot |= {"models": [model("hey_jarvis_v2", summary="", recall=None, false_accepts_high=None)]}
    error = {"code": "quality", "message": "it wakes too often", "hint": "Train longer.", "values": {"rate": 3}}
    app.answers["POST models/hey_jarvis_v2/publish"] = (409, {"error": error})
    await setup()
    with pytest.raises(ServiceValidationError, match="It wakes too often"):
        await hass.services.async_call("update", "install", {"entity_id": UPDATE}, blocking=True)
    assert hass.states.get(UPDATE).attributes["release_summary"] is None


async def test_what_only_few_need_is_off_at_first(hass: HomeAssistant, app: ScriptedApp, setup: Any) -> None:
    app.snapshot |= {"satellites": [satellite()]}
    entry = await setup()
    registry = er.async_get(hass)
    row = registry.async_get("sensor.wakesmith_satellites")
    assert row.disabled_by is er.RegistryEntryDisabler.INTEGRATION
    registry.async_update_entity(row.entity_id, disabled_by=None)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert state(hass, "sensor.wakesmith_satellites") == "1"
    assert hass.states.get("sensor.wakesmith_satellites").attributes["names"] == ["Kitchen"]


async def test_every_entity_has_a_name_of_its_own_in_the_translations(
    hass: HomeAssistant, app: ScriptedApp, setup: Any
) -> None:
    app.snapshot |= {"models": [model()]}
    entry = await setup()
    rows = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    assert len(rows) == 6 + 1 + 1 + 2 + 1 + 3 + 1
    assert all(row.has_entity_name and row.translation_key for row in rows)
    assert len({row.unique_id for row in rows}) == len(rows)
