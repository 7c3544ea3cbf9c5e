"""What we use of ESPHome's inside in core. It is nobody's promise: where it is not there, we say so in words."""

from collections.abc import Callable, Iterator
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from ..errors import Refused

ESPHOME = "esphome"
_HINT = "Restart Home Assistant; if that does not help, this version of Home Assistant is not known here yet."
_CACHE = "wake_word_cache"


def get_dashboard(hass: HomeAssistant) -> Any:
    """Return the ESPHome dashboard's coordinator (`data`, `api`).

    Raises:
        Refused: `no_dashboard`: ESPHome or its dashboard is not set up, or core has changed.
    """
    dashboard = find_dashboard(hass)
    if dashboard is None:
        raise Refused(
            "Home Assistant knows of no ESPHome dashboard",
            "Install the ESPHome Device Builder app, open it once, and restart Home Assistant.",
            "no_dashboard",
        )
    if not callable(getattr(getattr(dashboard, "api", None), "compile", None)):
        raise Refused("Home Assistant's ESPHome dashboard is not as it was", _HINT, "core_changed")
    return dashboard


def find_dashboard(hass: HomeAssistant) -> Any | None:
    """Return it, or None where there is none."""
    if ESPHOME not in hass.config.components:
        return None
    try:
        from homeassistant.components.esphome.dashboard import async_get_dashboard
    except ImportError:
        return None
    return async_get_dashboard(hass)


def iterate_entries(hass: HomeAssistant) -> Iterator[tuple[ConfigEntry[Any], Any]]:
    """Yield every ESPHome entry with its runtime data, which is None where it is not loaded."""
    for entry in hass.config_entries.async_entries(ESPHOME):
        loaded = entry.state is ConfigEntryState.LOADED
        yield entry, getattr(entry, "runtime_data", None) if loaded else None


def voice_flags(runtime: Any) -> int:
    """Return the features of a device's voice assistant; 0 where it has none, or tells none."""
    device, version = getattr(runtime, "device_info", None), getattr(runtime, "api_version", None)
    compat: Callable[[Any], int] | None = getattr(device, "voice_assistant_feature_flags_compat", None)
    if compat is not None and version is not None:
        return int(compat(version))
    return int(getattr(device, "voice_assistant_feature_flags", 0) or 0)


def offered_words(hass: HomeAssistant) -> set[str]:
    """Return the ids of custom wake words that Home Assistant offers to satellites, as it has cached them."""
    words = hass.data.get(_CACHE)
    return set(words) if isinstance(words, dict) else set()


async def reread_words(hass: HomeAssistant) -> set[str]:
    """Have Home Assistant look again into `custom_wake_words/`; return the ids that it then offers.

    Raises:
        Refused: `core_changed`: it caches them in another way than we know.
    """
    try:
        from homeassistant.components.esphome import assist_satellite

        forget = assist_satellite._get_custom_wake_words.cache_clear  # type: ignore[attr-defined]
        read = assist_satellite.async_get_custom_wake_words
    except (ImportError, AttributeError) as error:
        raise Refused(
            "this Home Assistant takes no custom wake words that we know of", _HINT, "core_changed"
        ) from error
    hass.data.pop(_CACHE, None)
    forget()
    return set(await read(hass))


def find_satellite(hass: HomeAssistant, entity: str) -> Any | None:
    """Return the object of an assist satellite's entity, or None where it is not there."""
    component: Any = hass.data.get("assist_satellite")
    get = getattr(component, "get_entity", None)
    return get(entity) if get else None


def find_configuration(hass: HomeAssistant, entity: str) -> Any | None:
    """Return what a satellite says of its words (`active_wake_words`, ...), or None where it says nothing."""
    get = getattr(find_satellite(hass, entity), "async_get_configuration", None)
    try:
        return get() if get else None
    except Exception:  # an integration of someone's own may not have one
        return None


def find_entry(hass: HomeAssistant, entity: str) -> ConfigEntry[Any] | None:
    """Return the ESPHome entry of an entity."""
    known = er.async_get(hass).async_get(entity)
    if known is None or known.config_entry_id is None:
        return None
    entry = hass.config_entries.async_get_entry(known.config_entry_id)
    return entry if entry and entry.domain == ESPHOME else None
