"""Devices: one of the app, one of each word."""

from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from .const import CONF_APP, DOMAIN
from .coordinator import WakesmithEntry

# From 2026.11 a device is named by its own id here; before, by what identifies it.
_VIA_ID = "via_device_id" in dr.DeviceInfo.__annotations__


def describe_app(entry: WakesmithEntry) -> dr.DeviceInfo:
    """Return the app's device."""
    state = entry.runtime_data.data
    app = entry.data.get(CONF_APP)
    # Without Supervisor the panel's address is not known here: what is known is where the app answers us.
    page = f"homeassistant://app/{app}" if app else None
    return dr.DeviceInfo(
        identifiers={(DOMAIN, state.id)},
        entry_type=dr.DeviceEntryType.SERVICE,
        name=state.name,
        manufacturer="Wakesmith",
        model="Wake word workshop",
        sw_version=state.version,
        configuration_url=page,
    )


def describe_word(entry: WakesmithEntry, word: str) -> dr.DeviceInfo:
    """Return a word's device."""
    state = entry.runtime_data.data
    shown = state.shown(word)
    info = dr.DeviceInfo(
        identifiers={(DOMAIN, f"{state.id}_{word}")},
        entry_type=dr.DeviceEntryType.SERVICE,
        name=state.words.get(word, word),
        manufacturer="Wakesmith",
        model="Wake word",
        model_id=word,
        sw_version=str(shown.version) if shown else None,
    )
    device = entry.runtime_data.device
    via: dict[str, Any] = {"via_device_id": device} if _VIA_ID else {"via_device": (DOMAIN, state.id)}
    return dr.DeviceInfo(**{**info, **via})  # type: ignore[typeddict-item, unused-ignore]


@callback
def register_app(hass: HomeAssistant, entry: WakesmithEntry) -> None:
    """Have the app's device there before those of its words, which name it."""
    info: dict[str, Any] = {**describe_app(entry)}
    device = dr.async_get(hass).async_get_or_create(config_entry_id=entry.entry_id, **info)
    entry.runtime_data.device = device.id


@callback
def remove_stale(hass: HomeAssistant, entry: WakesmithEntry) -> None:
    """Remove the devices of words that the app no longer has; their entities go with them."""
    state = entry.runtime_data.data
    there = {(DOMAIN, state.id)} | {(DOMAIN, f"{state.id}_{word}") for word in state.words}
    registry = dr.async_get(hass)
    for device in dr.async_entries_for_config_entry(registry, entry.entry_id):
        if not device.identifiers & there:
            registry.async_remove_device(device.id)
