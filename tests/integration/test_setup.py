"""Connecting, losing the connection, and what is said of it."""

from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from scripted_app import ScriptedApp, job, model, publication


async def test_greets_with_versions_and_shows_the_snapshot(hass: HomeAssistant, app: ScriptedApp, setup: Any) -> None:
    app.snapshot = {"type": "snapshot", "jobs": [job()], "models": [model()], "publications": [publication()]}
    entry = await setup()
    assert entry.state is ConfigEntryState.LOADED
    assert app.greetings[0]["type"] == "hello"
    assert app.greetings[0]["version"] == "0.1.0"
    assert hass.states.get("sensor.wakesmith_state").state == "training"
    assert hass.states.get("sensor.hey_jarvis_heard").state == "97.0"
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert hass.states.get("sensor.wakesmith_state").state == "unavailable"
