"""Diagnostics and system health: what is told, and what never is."""

import json
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from scripted_app import TOKEN, ScriptedApp, deployment, model, satellite, target


async def test_diagnostics_keep_secrets_and_homes(hass: HomeAssistant, app: ScriptedApp, setup: Any) -> None:
    from custom_components.wakesmith.diagnostics import async_get_config_entry_diagnostics

    app.snapshot |= {"models": [model()], "satellites": [satellite(room="Nursery")]}
    app.snapshot |= {"deployments": [deployment("d1", "running", target())]}
    app.snapshot |= {"home": {"link": {"port": 8097, "token": TOKEN}, "supervised": True}}
    entry = await setup()
    told = await async_get_config_entry_diagnostics(hass, entry)
    text = json.dumps(told)
    assert not [word for word in (TOKEN, "Nursery", "aabbccddeeff", "127.0.0.1", "Kitchen") if word in text]
    assert told["connected"] is True
    assert told["state"]["models"]["hey_jarvis_v1"]["recall"] == 0.97
    assert told["state"]["home"]["supervised"] is True


async def test_system_health(hass: HomeAssistant, app: ScriptedApp, setup: Any) -> None:
    from custom_components.wakesmith import system_health

    assert await async_setup_component(hass, "system_health", {})
    registered: list[Any] = []

    class Registration:
        def async_register_info(self, info: Any, url: str | None = None) -> None:
            registered.extend((info, url))

    system_health.async_register(hass, Registration())
    assert await registered[0](hass) == {"connected": False, "app_version": "-", "satellites": 0}
    app.snapshot |= {"satellites": [satellite()]}
    await setup()
    assert await registered[0](hass) == {"connected": True, "app_version": "0.1.0", "satellites": 1}
