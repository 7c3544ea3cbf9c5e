"""Diagnostics: what helps to find a fault, without what is nobody's business."""

import json
from dataclasses import asdict
from typing import Any

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.const import CONF_HOST, CONF_TOKEN
from homeassistant.core import HomeAssistant

from .const import CONF_DISCOVERY
from .coordinator import WakesmithEntry

# The link's token stands in `home` too; addresses, names and rooms say who lives where.
REDACTED = {
    CONF_TOKEN,
    CONF_HOST,
    CONF_DISCOVERY,
    "address",
    "room",
    "name",
    "id",
    "unique_id",
    "satellite",
    "entity",
}


async def async_get_config_entry_diagnostics(hass: HomeAssistant, entry: WakesmithEntry) -> dict[str, Any]:
    """Return the diagnostics of an entry."""
    coordinator = entry.runtime_data
    state = json.loads(json.dumps(asdict(coordinator.data)))  # tuples would not be looked into
    for kind in ("jobs", "satellites", "deployments"):  # keyed by ids, which are MAC addresses in one of them
        state[kind] = list(state[kind].values())
    return {
        "entry": async_redact_data(dict(entry.data), REDACTED),
        "connected": coordinator.last_update_success,
        "last_error": str(coordinator.last_exception) if coordinator.last_exception else None,
        "state": async_redact_data(state, REDACTED),
    }
