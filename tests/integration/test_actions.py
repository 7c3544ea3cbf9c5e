"""Actions: what they ask of the app, what they answer, and why they will not."""

from typing import Any

import pytest
import voluptuous as vol
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized, UnknownUser
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from scripted_app import ScriptedApp, deployment, job, model, satellite


async def act(hass: HomeAssistant, name: str, context: Context | None = None, **data: Any) -> Any:
    return await hass.services.async_call(
        "wakesmith", name, data, blocking=True, return_response=True, context=context
    )


@pytest.fixture(autouse=True)
def _house(app: ScriptedApp) -> None:
    hall = satellite("112233445566", name="Hall", entity=None, delivery="flash")
    app.snapshot |= {"models": [model(), model("hey_jarvis_v2")], "satellites": [satellite(), hall]}
    app.answers |= {
        "POST jobs": (201, job("j7", state="queued")),
        "POST deployments": (201, deployment("d7", "queued")),
        "POST publications/hey_jarvis/rollback": (200, deployment("d8", "queued", model="hey_jarvis_v1")),
        "POST satellites/aabbccddeeff/sensitivity": (204, None),
    }


async def test_train_returns_the_job(hass: HomeAssistant, app: ScriptedApp, setup: Any) -> None:
    await setup()
    assert await act(hass, "train", phrase=" hey robot ") == {"job": "j7", "state": "queued"}
    assert app.calls.pop() == ("POST jobs", {"phrase": "hey robot", "language": "auto", "preset": "standard"})
    await act(hass, "train", phrase="hey robot", satellites=["assist_satellite.kitchen", "hall"], preset="quick")
    assert app.calls.pop()[1]["satellites"] == ["aabbccddeeff", "112233445566"]


async def test_deploy_sends_the_newest_or_the_one_that_is_named(
    hass: HomeAssistant, app: ScriptedApp, setup: Any
) -> None:
    await setup()
    answer = await act(hass, "deploy", word="Hey Jarvis", satellites="assist_satellite.kitchen")
    assert answer == {"deployment": "d7", "model": "hey_jarvis_v2", "state": "queued"}
    assert app.calls.pop() == ("POST deployments", {"model": "hey_jarvis_v2", "satellites": ["aabbccddeeff"]})
    asked = {"word": "hey_jarvis", "model": "hey_jarvis_v1", "satellites": ["112233445566"], "replace": True}
    await act(hass, "deploy", **asked)
    body = {"model": "hey_jarvis_v1", "satellites": ["112233445566"], "replace": True}
    assert app.calls.pop() == ("POST deployments", body)


async def test_rollback_and_sensitivity(hass: HomeAssistant, app: ScriptedApp, setup: Any) -> None:
    await setup()
    answer = await act(hass, "rollback", word="hey jarvis")
    assert answer == {"deployment": "d8", "model": "hey_jarvis_v1", "state": "queued"}
    asked = {"satellite": "Kitchen", "word": "hey jarvis", "option": "high"}
    answer = await act(hass, "set_sensitivity", **asked)
    assert answer == {"satellite": "aabbccddeeff", "word": "hey_jarvis", "option": "high"}
    assert app.calls.pop()[1] == {"word": "hey_jarvis", "option": "high"}


@pytest.mark.parametrize(
    ("name", "data", "key", "allowed"),
    [
        ("rollback", {"word": "x"}, "unknown_word", "hey jarvis"),
        ("train", {"phrase": "x", "satellites": ["attic"]}, "unknown_satellite", "Hall, assist_satellite.kitchen"),
        ("deploy", {"word": "hey jarvis", "satellites": ["Hall"], "model": "x_v1"}, "unknown_model", "hey_jarvis_v1"),
    ],
)
async def test_what_is_not_known_is_named_with_what_is(
    hass: HomeAssistant, setup: Any, name: str, data: dict[str, Any], key: str, allowed: str
) -> None:
    await setup()
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass, name, **data)
    assert caught.value.translation_key == key
    assert allowed in caught.value.translation_placeholders["allowed"]


@pytest.mark.parametrize(
    "data", [{}, {"phrase": " "}, {"phrase": "x" * 101}, {"phrase": "x", "preset": "best"}, {"phrase": "x", "y": 1}]
)
async def test_what_cannot_be_meant_is_refused(hass: HomeAssistant, setup: Any, data: dict[str, Any]) -> None:
    await setup()
    with pytest.raises(vol.Invalid):
        await act(hass, "train", **data)


async def test_the_apps_refusal_is_told(hass: HomeAssistant, app: ScriptedApp, setup: Any) -> None:
    await setup()
    app.answers["POST jobs"] = (422, {"error": {"code": "phrase", "message": "phrase: too short", "hint": "Longer."}})
    with pytest.raises(ServiceValidationError, match="too short"):
        await act(hass, "train", phrase="x")
    await app.close()
    with pytest.raises(HomeAssistantError) as caught:
        await act(hass, "train", phrase="x")
    assert caught.value.translation_key == "cannot_connect"


async def test_which_app_is_meant(hass: HomeAssistant, app: ScriptedApp, setup: Any) -> None:
    entry = await setup()
    other = ScriptedApp()
    other.hello |= {"id": "beef"}
    await other.open()
    data = {**entry.data, "port": other.port}
    second = MockConfigEntry(domain="wakesmith", title="Second", unique_id="beef", data=data)
    second.add_to_hass(hass)
    await hass.config_entries.async_setup(second.entry_id)
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass, "train", phrase="x")
    assert caught.value.translation_key == "several_apps"
    other.answers = app.answers
    await act(hass, "train", phrase="x", config_entry_id=second.entry_id)
    assert app.calls == []
    assert len(other.calls) == 1
    await hass.config_entries.async_unload(second.entry_id)
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass, "train", phrase="x", config_entry_id=second.entry_id)
    assert caught.value.translation_key == "app_not_loaded"
    await other.close()


async def test_actions_are_there_without_an_app(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, "wakesmith", {})
    assert set(hass.services.async_services_for_domain("wakesmith")) == {
        "train",
        "deploy",
        "rollback",
        "set_sensitivity",
    }
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass, "train", phrase="x")
    assert caught.value.translation_key == "no_app"


async def test_who_may_not_administer_may_not_flash(
    hass: HomeAssistant, setup: Any, hass_read_only_user: MockUser, hass_admin_user: MockUser
) -> None:
    await setup()
    with pytest.raises(Unauthorized):
        await act(hass, "train", Context(user_id=hass_read_only_user.id), phrase="x")
    with pytest.raises(UnknownUser):
        await act(hass, "train", Context(user_id="nobody"), phrase="x")
    assert await act(hass, "train", Context(user_id=hass_admin_user.id), phrase="x")
