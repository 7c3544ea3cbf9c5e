"""The satellites of the house, as Home Assistant and the ESPHome dashboard know them."""

import asyncio
from collections.abc import Iterable
from typing import Any

from aiohttp import ClientError
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er

from .asking import Asking
from .esphome import find_configuration, find_dashboard, iterate_entries, offered_words, voice_flags
from .sensitivity import read_sensitivities
from .wake_words import find_selects

_DASHBOARD_S = 10.0
# Programs that load words by themselves; nothing in their features tells it.
_LOADERS = ("linux voice assistant", "linux-voice-assistant", "echolocal")


async def list_satellites(asking: Asking) -> dict[str, Any]:
    """Return every ESPHome device, and what the dashboard alone knows."""
    hass = asking.hass
    configured, reached = await _ask_dashboard(hass)
    found = [device for entry, runtime in iterate_entries(hass) if (device := _describe(hass, entry, runtime))]
    taken = set()
    for device in found:
        row = configured.get(_plain(device.pop("node")))
        if row:
            taken.add(row["configuration"])
            device |= _told_by_dashboard(row)
    alone = [_unknown(row) for row in configured.values() if row["configuration"] not in taken]
    return {"satellites": found + alone, "dashboard": reached}


async def _ask_dashboard(hass: HomeAssistant) -> tuple[dict[str, dict[str, Any]], bool]:
    """Return the dashboard's configurations by the name of their device, and whether it answered.

    Where it is slow or silent, what it last told counts.
    """
    dashboard = find_dashboard(hass)
    if dashboard is None:
        return {}, False
    reached = True
    try:
        async with asyncio.timeout(_DASHBOARD_S):
            rows = (await dashboard.api.get_devices())["configured"]
    except (ClientError, OSError, TimeoutError, KeyError, TypeError):
        rows, reached = list((dashboard.data or {}).values()), False
    known = [row for row in rows or () if isinstance(row, dict) and row.get("name") and row.get("configuration")]
    return {_plain(row["name"]): row for row in known}, reached


def _describe(hass: HomeAssistant, entry: Any, runtime: Any) -> dict[str, Any] | None:
    """Return a device of the registry with what its connection tells; None where the registry has none."""
    device = _main_device(hass, entry)
    if device is None:
        return None
    info = getattr(runtime, "device_info", None)
    area = ar.async_get(hass).async_get_area(device.area_id) if device.area_id else None
    entities = er.async_entries_for_device(er.async_get(hass), device.id)
    satellite = next((e.entity_id for e in entities if e.domain == "assist_satellite"), None)
    project = str(getattr(info, "project_name", "") or "")
    words = _listens_for(hass, satellite, (project, device.manufacturer or "", device.model or ""))
    return {
        "node": str(getattr(info, "name", "") or entry.data.get("device_name") or ""),
        "mac": _mac(device),
        "name": device.name_by_user or device.name or entry.title,
        "room": area.name if area else "",
        "board": str(getattr(info, "model", "") or device.model or ""),
        "version": str(getattr(info, "esphome_version", "") or (device.sw_version or "").partition(" ")[0]),
        "project": project,
        "online": bool(getattr(runtime, "available", False)),
        "address": str(entry.data.get("host") or ""),
        "configuration": None,
        "uses_wake_word": None,
        "voice": satellite is not None or bool(voice_flags(runtime)),
        "entity": satellite,
        **words,
        "selects": find_selects(entities),
        "sensitivities": read_sensitivities(hass, entities, words["active"]),
    }


def _listens_for(hass: HomeAssistant, satellite: str | None, names: Iterable[str]) -> dict[str, Any]:
    configuration = find_configuration(hass, satellite) if satellite else None
    available = [word.id for word in getattr(configuration, "available_wake_words", ())]
    loads = any(loader in name.lower() for name in names for loader in _LOADERS)
    return {
        "external": bool(loads or offered_words(hass).intersection(available)),
        "active": list(getattr(configuration, "active_wake_words", ())),
        "available": available,
        "most_active": getattr(configuration, "max_active_wake_words", 1),
    }


def _main_device(hass: HomeAssistant, entry: Any) -> dr.DeviceEntry | None:
    """Return the device with a MAC address: an ESPHome node may have others below it."""
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    return next((device for device in devices if _mac(device)), None)


def _mac(device: dr.DeviceEntry) -> str:
    return next((value for kind, value in device.connections if kind == dr.CONNECTION_NETWORK_MAC), "")


def _told_by_dashboard(row: dict[str, Any]) -> dict[str, Any]:
    loaded = row.get("loaded_integrations")
    return {
        "configuration": row["configuration"],
        # Nothing is listed before the first compilation: it is then not known.
        "uses_wake_word": "micro_wake_word" in loaded if isinstance(loaded, list) and loaded else None,
    }


def _unknown(row: dict[str, Any]) -> dict[str, Any]:
    """Return what the dashboard alone knows: a device that Home Assistant has not been given."""
    return {
        "mac": "",
        "name": str(row.get("friendly_name") or row["name"]),
        "room": "",
        "board": str(row.get("target_platform") or ""),
        "version": str(row.get("deployed_version") or ""),
        "project": "",
        "online": None,
        "address": str(row.get("address") or ""),
        "voice": False,
        "entity": None,
        "external": False,
        "active": [],
        "available": [],
        "most_active": 1,
        "selects": [],
        "sensitivities": [],
        **_told_by_dashboard(row),
    }


def _plain(name: str) -> str:
    """Return a node's name as it is compared: ESPHome takes `-` and `_` for the same in host names."""
    return name.lower().replace("_", "-")
