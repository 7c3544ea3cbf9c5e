"""Wakesmith: wake words made by the app, published, announced and sent to the satellites of the house."""

from contextlib import suppress

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryAuthFailed, ConfigEntryNotReady
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.typing import ConfigType

from . import repairs
from .const import DOMAIN
from .coordinator import WakesmithCoordinator, WakesmithEntry, make_client
from .devices import register_app, remove_stale
from .errors import InvalidAuth, WakesmithError
from .services import register_actions

PLATFORMS = (Platform.BUTTON, Platform.EVENT, Platform.SENSOR, Platform.UPDATE)
CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register the actions, which are there whether or not an app is."""
    register_actions(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: WakesmithEntry) -> bool:
    """Connect to an app.

    Raises:
        ConfigEntryAuthFailed: the token is not the app's.
        ConfigEntryNotReady: the app cannot be reached, or is not of our time: it is tried again.
    """
    coordinator = WakesmithCoordinator(hass, entry)
    try:
        await coordinator.async_start()
    except InvalidAuth as error:
        raise ConfigEntryAuthFailed(translation_domain=DOMAIN, translation_key="invalid_auth") from error
    except WakesmithError as error:
        raise ConfigEntryNotReady(
            translation_domain=DOMAIN, translation_key="not_ready", translation_placeholders={"message": str(error)}
        ) from error
    entry.runtime_data = coordinator
    register_app(hass, entry)
    remove_stale(hass, entry)
    entry.async_on_unload(coordinator.async_add_listener(lambda: remove_stale(hass, entry)))
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    return True


async def async_unload_entry(hass: HomeAssistant, entry: WakesmithEntry) -> bool:
    """Let go of an app."""
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)


async def async_remove_entry(hass: HomeAssistant, entry: ConfigEntry[WakesmithCoordinator]) -> None:
    """Forget what the user was asked to put right, and tell the app that nobody will connect any more."""
    repairs.forget_all(hass, entry)
    with suppress(WakesmithError):  # where it is gone too, there is nobody to tell
        await make_client(hass, entry.data).delete("link")


async def async_remove_config_entry_device(
    hass: HomeAssistant, entry: WakesmithEntry, device: dr.DeviceEntry
) -> bool:
    """Say whether the user may delete a device: one whose word is gone."""
    state = entry.runtime_data.data
    there = {state.id} | {f"{state.id}_{word}" for word in state.words}
    return not any(domain == DOMAIN and ident in there for domain, ident in device.identifiers)
