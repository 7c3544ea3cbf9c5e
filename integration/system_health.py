"""System health: whether each app is there, and which."""

from typing import Any

from homeassistant.components import system_health
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback

from .const import DOMAIN


@callback
def async_register(hass: HomeAssistant, register: system_health.SystemHealthRegistration) -> None:
    """Have Home Assistant ask us."""
    register.async_register_info(_tell, "/config/integrations/integration/wakesmith")


async def _tell(hass: HomeAssistant) -> dict[str, Any]:
    """Return what is shown; the first app's, of the several that hardly anyone has."""
    entries = hass.config_entries.async_entries(DOMAIN)
    loaded = [entry.runtime_data for entry in entries if entry.state is ConfigEntryState.LOADED]
    first = loaded[0] if loaded else None
    return {
        "connected": bool(first and first.last_update_success),
        "app_version": first.data.version if first else "-",
        "satellites": len(first.data.satellites) if first else 0,
    }
