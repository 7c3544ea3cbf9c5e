"""What Home Assistant knows of its satellites, as the integration tells it: read with care."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from addon.fleet import Sensitivity
from addon.satellites.text import clean, clean_file, clean_ids, clean_mac

MOST = 512  # devices that are read
_MOST_SLOTS = 8


@dataclass(frozen=True)
class Told:
    """One device as Home Assistant and ESPHome's dashboard have it; docs/satellites.md lists the fields."""

    mac: str
    name: str
    room: str = ""
    board: str = ""
    version: str = ""
    project: str = ""
    online: bool | None = None
    address: str = ""
    configuration: str | None = None
    uses_wake_word: bool | None = None
    voice: bool = False
    entity: str | None = None
    external: bool = False
    active: tuple[str, ...] = ()
    available: tuple[str, ...] = ()
    most_active: int = 1
    sensitivities: tuple[Sensitivity, ...] = ()


def read_answer(answer: Mapping[str, Any]) -> tuple[tuple[Told, ...], bool]:
    """Return the devices of an answer to `satellites`, and whether ESPHome's dashboard is there."""
    rows = answer.get("satellites")
    devices = tuple(_read(row) for row in rows[:MOST] if isinstance(row, Mapping)) if isinstance(rows, list) else ()
    return tuple(device for device in devices if device.mac or device.name), answer.get("dashboard") is True


def _read(row: Mapping[str, Any]) -> Told:
    slots = row.get("most_active")
    return Told(
        mac=clean_mac(row.get("mac")),
        name=clean(row.get("name")),
        room=clean(row.get("room")),
        board=clean(row.get("board")),
        version=clean(row.get("version"), 24),
        project=clean(row.get("project")),
        online=_flag(row.get("online")),
        address=clean(row.get("address"), 255),
        configuration=clean_file(row.get("configuration")),
        uses_wake_word=_flag(row.get("uses_wake_word")),
        voice=row.get("voice") is True,
        entity=clean(row.get("entity"), 255) or None,
        external=row.get("external") is True,
        active=clean_ids(row.get("active")),
        available=clean_ids(row.get("available")),
        most_active=min(max(slots, 1), _MOST_SLOTS) if isinstance(slots, int) else 1,
        sensitivities=_sensitivities(row.get("sensitivities")),
    )


def _sensitivities(value: Any) -> tuple[Sensitivity, ...]:
    rows = [row for row in value[:_MOST_SLOTS] if isinstance(row, Mapping)] if isinstance(value, list) else []
    found = (
        Sensitivity(
            entity=clean(row.get("entity"), 255),
            word=clean(row.get("word")),
            options=clean_ids(row.get("options")),
            option=clean(row.get("option")),
            low=_number(row.get("low")),
            high=_number(row.get("high")),
            step=_number(row.get("step")),
        )
        for row in rows
    )
    return tuple(one for one in found if one.entity and (one.options or None not in (one.low, one.high)))


def _number(value: Any) -> float | None:
    known = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if known else None


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None
