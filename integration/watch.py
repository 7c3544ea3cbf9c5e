"""Noticing that satellites are not as they were: in the registries, or in what their entities say."""

from collections.abc import Callable

from homeassistant.config_entries import SIGNAL_CONFIG_ENTRY_CHANGED, ConfigEntry, ConfigEntryChange
from homeassistant.const import EVENT_STATE_CHANGED, STATE_UNAVAILABLE
from homeassistant.core import CALLBACK_TYPE, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_call_later

from .asks.sensitivity import find_slot

_PAUSE_S = 2.0  # changes come in crowds, as when Home Assistant starts


class _Crowd:
    """Tells of many changes once."""

    def __init__(self, hass: HomeAssistant, changed: Callable[[], None]) -> None:
        self._hass, self._changed = hass, changed
        self._waiting: CALLBACK_TYPE | None = None

    @callback
    def note(self, *_args: object) -> None:
        """Tell of a change soon."""
        self._waiting = self._waiting or async_call_later(self._hass, _PAUSE_S, self._tell)

    @callback
    def note_entry(self, _change: ConfigEntryChange, entry: ConfigEntry) -> None:
        """Tell of a change if it is one of ESPHome's entries."""
        if entry.domain == "esphome":
            self.note()

    @callback
    def tells(self, data: EventStateChangedData) -> bool:
        """Say whether a state tells something of a satellite: that it came or went, or what it listens for."""
        entity, old, new = data["entity_id"], data["old_state"], data["new_state"]
        before, after = old.state if old else None, new.state if new else None
        if entity.startswith("assist_satellite."):
            return before != after and (None in (before, after) or STATE_UNAVAILABLE in (before, after))
        if not entity.startswith(("select.", "number.")):
            return False
        options = [state.attributes.get("options") if state else None for state in (old, new)]
        known = er.async_get(self._hass).async_get(entity)
        if known is None or known.platform != "esphome" or (before == after and options[0] == options[1]):
            return False
        return known.domain == "select" or find_slot(known) is not None

    @callback
    def stop(self) -> None:
        """Tell nothing more."""
        if self._waiting is not None:
            self._waiting()

    @callback
    def _tell(self, _now: object) -> None:
        self._waiting = None
        self._changed()


@callback
def watch_satellites(hass: HomeAssistant, changed: Callable[[], None]) -> CALLBACK_TYPE:
    """Call `changed` some time after satellites changed; returns how to end it."""
    crowd = _Crowd(hass, changed)
    ends = [
        hass.bus.async_listen(EVENT_STATE_CHANGED, crowd.note, event_filter=crowd.tells),
        hass.bus.async_listen(dr.EVENT_DEVICE_REGISTRY_UPDATED, crowd.note),
        hass.bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, crowd.note, event_filter=_is_satellites),
        hass.bus.async_listen(ar.EVENT_AREA_REGISTRY_UPDATED, crowd.note),
        async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, crowd.note_entry),
        crowd.stop,
    ]

    @callback
    def end() -> None:
        for stop in ends:
            stop()

    return end


@callback
def _is_satellites(data: er.EventEntityRegistryUpdatedData) -> bool:
    return str(data["entity_id"]).startswith(("assist_satellite.", "select."))
